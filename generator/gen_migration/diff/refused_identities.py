"""Columns that PostgreSQL does not add with their identity. Pure.

`ADD COLUMN … AS IDENTITY` is refused where a table has children, and before PostgreSQL 17 where it
has partitions; `ALTER COLUMN … ADD GENERATED` is not. Source: `ATExecAddColumn` in tablecmds.c;
tried on 16 and 18.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.model.given import heirs
from gen_migration.operations.columns import AddColumn, SetColumnIdentity

if TYPE_CHECKING:
    from collections.abc import Collection

    from gen_migration.model.schema import Schema
    from gen_migration.operations.base import Operation
    from gen_migration.postgres.names import Name

PARTITIONS = 17  # the first version that adds one to those as well


def is_identity(operation: Operation) -> bool:
    """Tell whether an operation adds a column with an identity."""
    return isinstance(operation, AddColumn) and operation.new.identity is not None


def is_refused(
    schema: Schema, operation: AddColumn, postgresql: int, new: Collection[Name] = ()
) -> bool:
    """Tell whether PostgreSQL, of this version or later, may refuse to add a column so.

    `new` are tables that have nothing from its table yet.
    """
    return is_identity(operation) and any(
        postgresql < PARTITIONS or schema.tables[name].partition_of is None
        for name in heirs(schema, operation.table)
        if name not in new
    )


def apart(operation: AddColumn) -> tuple[AddColumn, SetColumnIdentity]:
    """Return what adds a column without its identity, and what gives it that."""
    column = operation.new
    given = SetColumnIdentity(
        table=operation.table,
        name=operation.name,
        type=column.type.name,
        old=None,
        new=column.identity,
    )
    return replace(operation, new=replace(column, identity=None)), given
