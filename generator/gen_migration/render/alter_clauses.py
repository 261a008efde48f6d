"""ALTER TABLE, and its actions on a column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.postgres.names import Name, quote_name
from gen_migration.sql import ddl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gen_migration.operations import every as op


def alter_table(table: Name, *actions: str) -> str:
    return f"ALTER TABLE {table.sql} {', '.join(actions)}"


def alter_column(operation: op.SetColumn, action: str) -> str:
    only = "ONLY " if operation.is_alone else ""
    table, name = operation.table.sql, quote_name(operation.name)
    return f"ALTER TABLE {only}{table} ALTER COLUMN {name} {action}"


def default_action(default: str | None) -> str:
    """Return the action that sets a default of a column, or drops it."""
    return "DROP DEFAULT" if default is None else f"SET DEFAULT {ddl.default(default)}"


def type_action(operation: op.SetColumnType, sql: str) -> str:
    """Return the action that changes the type of a column to one that is written as SQL."""
    collation, using = operation.new.collation, operation.using
    collate = f" COLLATE {collation.sql}" if collation is not None else ""
    return f"TYPE {sql}{collate}" + (f" USING {using}" if using is not None else "")


def change_types(operations: Sequence[op.SetColumnType]) -> str:
    """Return the statement that changes the types of columns of one table in one pass."""
    actions = (
        f"ALTER COLUMN {quote_name(one.name)} {type_action(one, one.new.type.sql)}"
        for one in operations
    )
    return alter_table(operations[0].table, *actions)
