"""The order of what changes in tables that are detached or attached. Pure."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from gen_migration.model.own_columns import partitions
from gen_migration.operations import every as op

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gen_migration.diff.moving import Renames
    from gen_migration.model.schema import Schema
    from gen_migration.plan.effects import Effect

    Pairs = Iterator[tuple[int, int]]


# Nodes of a property of something, whose own node follows.
WRAPPED = frozenset(("comment", "access"))


def with_renames(
    operations: Iterable[op.Operation], detached: Renames
) -> Iterator[op.Operation]:
    """Yield operations, and after each table that is detached what it renames then.

    What others rename that are attached comes after all of those.
    """
    left = dict(detached)
    every = [*operations]
    moves = [n for n, one in enumerate(every) if isinstance(one, op.DetachPartition)]
    last = max(moves, default=-1) + 1
    for one in every[:last]:
        yield one
        if isinstance(one, op.DetachPartition):
            yield from left.pop(one.table, ())
    for renames in left.values():
        yield from renames
    yield from every[last:]


def of_moves(effects: Sequence[Effect]) -> Pairs:
    """Yield pairs of positions for what changes in a partition: while it is a table of its own."""
    moves = [(n, one) for n, one in enumerate(effects) if one.node[0] == "attached"]
    if not moves:
        return
    inside: dict[Any, list[int]] = defaultdict(list)
    for position, one in enumerate(effects):
        word, name, *_ = one.node[1:] if one.node[0] in WRAPPED else one.node
        if word not in {"attached", "own"}:
            inside[getattr(name, "holder", name)].append(position)
    for position, one in moves:
        for other in inside[one.node[1]]:
            yield (position, other) if one.new is None else (other, position)


def of_moves_within(operations: Sequence[op.Operation]) -> Pairs:
    """Yield pairs of positions: a partition of a partition goes before it, and comes after it."""
    gone, come = (
        {
            one.table: (n, one)
            for n, one in enumerate(operations)
            if isinstance(one, kind)
        }
        for kind in (op.DetachPartition, op.AttachPartition)
    )
    for position, detach in gone.values():
        if detach.old.parent in gone:
            yield position, gone[detach.old.parent][0]
    for position, attach in come.values():
        if attach.new.parent in come:
            yield come[attach.new.parent][0], position


def of_allowed(operations: Sequence[op.Operation], new: Schema) -> Pairs:
    """Yield pairs of positions for columns that allow NULL once their table has moved.

    No partition of it does so while the table does not.
    """
    moves = {one.table for one in operations if isinstance(one, op.DetachPartition)}
    allowed = {
        (one.table, one.name): position
        for position, one in enumerate(operations if moves else ())
        if isinstance(one, op.SetColumnNullable) and one.new
    }
    for (table, name), position in allowed.items():
        for part in partitions(new, table) if table in moves else ():
            if (part, name) in allowed:
                yield position, allowed[part, name]
