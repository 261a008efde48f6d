"""The sequences that PostgreSQL makes for columns by itself, in operations. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.model.automatic_names import column_sequence, sequence_name
from gen_migration.operations import every as op
from gen_migration.postgres.names import is_aside

if TYPE_CHECKING:
    from gen_migration.model.schema import Table
    from gen_migration.postgres.names import Name


def sequences(operation: Any) -> tuple[set[Name], set[Name]]:
    """Return the sequences that go with columns by themselves, and those that come with them.

    They are no nodes, but have their names among the relations.
    """
    old, new = (
        set() if value is None else sequences_of(operation, value)
        for value in (getattr(operation, side, None) for side in ("old", "new"))
    )
    return old - new, new - old


def sequences_of(operation: Any, value: Any) -> set[Name]:
    """Return the sequences that columns bring where an operation has this value."""
    match operation:
        case op.CreateTable(name=table) | op.DropTable(name=table):
            return brought(table, value)
        case (
            op.AddColumn(table=table, name=name)
            | op.DropColumn(table=table, name=name)
            | op.SetColumnGenerated(table=table, name=name)
        ):
            named = column_sequence(table, name, value)
            return {named} if value.has_sequence else set()
        case op.SetColumnType(table=table, name=name):
            return {sequence_name(table, name)} if value.type.is_serial else set()
        case op.SetColumnIdentity(table=table, name=name):
            given = value.sequence or sequence_name(table, name).name
            # One that is set aside goes on at once: nothing else has that name.
            return set() if is_aside(given) else {table._replace(name=given)}
    return set()


def brought(name: Name, table: Table) -> set[Name]:
    """Return the sequences that come with the columns of a table."""
    columns = table.columns.items()
    return {column_sequence(name, key, one) for key, one in columns if one.has_sequence}
