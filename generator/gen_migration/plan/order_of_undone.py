"""The order of statements of a spec whose effects an operation sets back. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.diff.undone import set_back
from gen_migration.kinds import BY_WORD
from gen_migration.operations import every as op

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gen_migration.kinds.graph import Graph


def of_undone(
    operations: Sequence[op.Operation], old: Graph, new: Graph
) -> Iterator[tuple[int, int]]:
    """Yield pairs of positions: statements go before that, and come after it."""
    written = [
        (position, one)
        for position, one in enumerate(operations)
        if isinstance(one, op.DropObject | op.CreateObject)
        and one.kind in BY_WORD
        and BY_WORD[one.kind].is_as_written
    ]
    if not written:
        return
    for other, one in enumerate(operations):
        for graph, kind in ((old, op.DropObject), (new, op.CreateObject)):
            standing = {*graph.standing_on({*set_back(one, graph.schema)})}
            for position, statement in written:
                is_one = isinstance(statement, kind)
                if is_one and (statement.kind, statement.name) in standing:
                    is_drop = kind is op.DropObject
                    yield (position, other) if is_drop else (other, position)
