"""The columns that PostgreSQL makes anew where they stand, with what is built on them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.operations import every as op
from gen_migration.plan.enum_swaps import swap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name


def rebuilt(schema: Schema, operation: op.Operation) -> Iterator[tuple[Name, str]]:
    """Yield the columns that an operation makes anew, but for those that heirs have of them."""
    if isinstance(operation, op.SetColumnType | op.SetColumnGenerated):
        yield operation.table, operation.name
    if isinstance(operation, op.SetEnumValues):
        for one in swap(schema, operation):
            yield from rebuilt(schema, one)
    if isinstance(operation, op.AlterObject) and operation.has_heirs:
        before, after = operation.old.attributes, operation.new.attributes
        for key in before.keys() & after.keys():
            if before[key].type != after[key].type:
                for name, table in schema.tables.items():
                    if table.of_type == operation.name:
                        yield name, key
