"""The name that a convention gives a constraint, of its value alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.model.schema import ForeignKey, PrimaryKey, Unique

if TYPE_CHECKING:
    from gen_migration.model.convention import Convention
    from gen_migration.model.schema import Constraint


def conventional(naming: Convention, table: str, value: Constraint) -> str | None:
    """Return the name of a constraint that its columns alone give; None for others."""
    match value:
        case PrimaryKey():
            return naming.primary_key_name(table)
        case Unique(columns=columns):
            return naming.unique_name(table, columns)
        case ForeignKey(columns=columns, referred_table=referred):
            return naming.foreign_key_name(table, columns, referred.name)
        case _:
            return None
