"""Texts of functions that change together with the values of enums, which they may name. Pure.

PostgreSQL reads such a text when the function is called: by an index that it builds with the rows
of a table, it may be as it was before, with a value that is gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.kinds import BY_WORD
from gen_migration.operations import every as op
from gen_migration.plan.dependents import called

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gen_migration.kinds.nodes import Node
    from gen_migration.model.schema import Schema
    from gen_migration.plan.dependents import OffObject


def names_types(operation: op.Operation) -> bool:
    """Tell whether an operation alters a text that may name types, before or after."""
    if not isinstance(operation, op.AlterObject):
        return False
    kind = BY_WORD[operation.kind]
    found = kind.wishes(operation.old) | kind.wishes(operation.new)
    return any(space == "types" for space, *_ in found)


def parted(
    operations: Iterable[op.Operation], objects: Iterable[OffObject]
) -> tuple[list[op.AlterObject], list[op.AlterObject], list[op.Operation]]:
    """Return the alterations of objects that are dropped, and of others, and other operations."""
    away = {(one.kind, one.name) for one in objects if isinstance(one, op.DropObject)}
    gone: list[op.AlterObject] = []
    texts: list[op.AlterObject] = []
    rest: list[op.Operation] = []
    for one in operations:
        if isinstance(one, op.AlterObject):
            (gone if (one.kind, one.name) in away else texts).append(one)
        else:
            rest.append(one)
    return gone, texts, rest


def as_wanted(
    operations: Iterable[op.Operation],
    schema: Schema,
    alterations: Sequence[op.AlterObject],
) -> Iterator[op.Operation]:
    """Yield operations in which objects of a schema come back as alterations want them."""
    after = op.apply(schema, alterations)
    wanted: set[Node] = {(one.kind, one.name) for one in alterations}
    for one in operations:
        if isinstance(one, op.CreateObject) and (one.kind, one.name) in wanted:
            yield replace(one, new=after.of(one.kind)[one.name])
        else:
            yield one


def with_texts(
    schema: Schema, steps: list[op.Operation], texts: Iterable[op.AlterObject]
) -> list[op.Operation]:
    """Return the steps of changes of types with alterations of texts.

    What an index calls is altered when the new type is there and no row has been written yet.
    """
    first: list[op.Operation] = []
    last: list[op.Operation] = []
    for one in texts:
        (first if is_indexed(schema, one) else last).append(one)
    at = next(
        (n for n, one in enumerate(steps) if isinstance(one, op.SetColumnType)),
        len(steps),
    )
    return [*steps[:at], *first, *steps[at:], *last]


def is_indexed(schema: Schema, operation: op.AlterObject) -> bool:
    """Tell whether an index calls a function, that of a constraint too."""
    found = called(schema, [operation])
    return any(word in {"index", "constraint"} for word, *_ in found)
