"""Publications as values, and what a rename makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass, replace
from gen_migration.model.access import Owned
from gen_migration.model.expression_edits import ColumnEdit, TableEdit, edited
from gen_migration.model.mapped import hold
from gen_migration.model.renaming import with_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.postgres.names import Name

# In PostgreSQL's order.
ACTIONS = ("insert", "update", "delete", "truncate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A table of a publication; `columns` are in the order of their names, and none are all."""

    table: Name
    columns: tuple[str, ...] = ()
    where: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication(Owned):
    """`CREATE PUBLICATION`; tables and schemas are in the order of their names."""

    tables: tuple[Published, ...] = ()
    schemas: tuple[str, ...] = ()
    all_tables: bool = False
    publish: tuple[str, ...] = ACTIONS
    publish_via_partition_root: bool = False
    publish_generated_columns: str = "none"
    comment: str | None = None

    @property
    def names(self) -> dict[Name, Published]:
        """What is published of each table."""
        return {one.table: one for one in self.tables}


hold(Publication, tables=(Published,))


def in_order(tables: Iterable[Published]) -> tuple[Published, ...]:
    """Return what is published in the order of the names of its tables."""
    return tuple(
        sorted(tables, key=lambda one: (one.table.schema or "", one.table.name))
    )


def filtered(value: Published) -> set[str]:
    """Return the columns that a row filter names."""
    from gen_migration.postgres.expressions import parse_expression

    if value.where is None:
        return set()
    return {one.parts[-1] for one in parse_expression(value.where).references}


def table_renamed(value: Published, old: Name, new: Name) -> Published:
    """Return what is published of a table that may have another name."""
    if value.table != old:
        return value
    where = value.where and edited(value.where, TableEdit(old.name, new.name))
    return replace(value, table=new, where=where)


def column_renamed(value: Published, old: str, new: str) -> Published:
    """Return what is published of a table of which a column has another name."""
    edit = ColumnEdit(old, new, value.table.name)
    where = value.where and edited(value.where, edit)
    columns = tuple(sorted(with_name(value.columns, old, new)))
    return replace(value, columns=columns, where=where)
