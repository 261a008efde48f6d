"""What new children have otherwise of columns that they declare, and no `CREATE TABLE` can say.

A column that says no default, storage or compression has that of its parents (MergeAttributes in
tablecmds.c). Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.model.given import VALUES, given_column
from gen_migration.operations import every as op
from gen_migration.render.create import own_after, own_of_child

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gen_migration.model.schema import Schema


def on_children(
    operations: Sequence[op.Operation], start: Schema
) -> Iterator[list[str]]:
    """Yield for each operation, from a schema on, what takes from its new child what it has not."""
    has_children = any(map(is_child, operations))
    for one in operations:
        yield [*unsaid(start, one)] if isinstance(one, op.CreateTable) else []
        if has_children:
            start = one.apply(start)


def is_child(operation: op.Operation) -> bool:
    """Tell whether an operation creates a child."""
    return isinstance(operation, op.CreateTable) and bool(operation.new.inherits)


def unsaid(schema: Schema, operation: op.CreateTable) -> Iterator[str]:
    """Yield the statements after which a child has nothing that its columns do not say."""
    table = operation.new
    if not table.inherits:
        return
    for key, column in table.columns.items():
        given = given_column(schema, table, key)
        if given is None:
            continue
        own = {
            field: None
            for field in VALUES
            if getattr(column, field) is None and getattr(given, field) is not None
        }
        if column.has_value:
            own.pop("default", None)
        yield from own_of_child(operation.name, key, own)
        yield from own_after(operation.name, key, own)
