"""Changes that an edit makes to rows: other names, and the values that it touches.

Pure. Names of the home schema stand alone, as in a catalog.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.kinds.scope import at_home_name
from gen_migration.model.given import ancestry
from gen_migration.model.partitions import root
from gen_migration.operations import columns as col
from gen_migration.operations import renames
from gen_migration.operations.base import DropTable
from gen_migration.operations.rows import Backfill
from gen_migration.verify.rows import Rows, TableRows, restricted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.model.schema import Schema
    from gen_migration.operations.base import Operation
    from gen_migration.postgres.names import Name


@dataclass(slots=True)
class DataChanges:
    """The names before by those after, and what is touched, by its name before.

    Columns are those of the table that is partitioned, not of its partitions.
    """

    schemas: dict[str | None, str] = field(default_factory=dict)
    tables: dict[Name, Name] = field(default_factory=dict)
    columns: dict[tuple[Name, str], str] = field(default_factory=dict)
    gone: set[Name] = field(default_factory=set)
    touched: set[tuple[Name, str]] = field(default_factory=set)

    def table(self, name: Name) -> Name:
        """Return what a table was called before."""
        if name in self.tables:
            return self.tables[name]
        return name._replace(schema=self.schemas.get(name.schema, name.schema))

    def column(self, table: Name, name: str) -> tuple[Name, str]:
        """Return what a column was called before, with its table."""
        before = self.table(table)
        return before, self.columns.get((before, name), name)


def data_changes(operations: Iterable[Operation], home: str) -> DataChanges:
    """Return what operations do to rows."""
    found = DataChanges()
    for one in operations:
        match one:
            case renames.RenameObject(kind="schema", old=old, new=new):
                found.schemas[new] = found.schemas.pop(old, old)
            case (
                renames.RenameTable(old=old, new=new)
                | renames.MoveTable(old=old, new=new)
            ):
                before = found.table(at_home_name(old, home))
                found.tables.pop(at_home_name(old, home), None)
                found.tables[at_home_name(new, home)] = before
            case renames.RenameColumn(table=table, old=old, new=new):
                before, was = found.column(at_home_name(table, home), old)
                found.columns.pop((before, old), None)
                found.columns[before, new] = was
            case DropTable(name=name):
                found.gone.add(found.table(at_home_name(name, home)))
            case (
                col.DropColumn(table=table, name=name)
                | Backfill(table=table, name=name)
                | col.SetColumnType(table=table, name=name)
                | col.SetColumnGenerated(table=table, name=name)
            ):
                found.touched.add(found.column(at_home_name(table, home), name))
    return found


def as_before(rows: Rows, schema: Schema, changes: DataChanges) -> Rows:
    """Return rows of a schema after a change under the names of before."""
    return Rows(
        {
            changes.table(name): TableRows(
                tuple(
                    changes.column(root(schema, name), one)[1] for one in table.columns
                ),
                table.rows,
            )
            for name, table in rows.tables.items()
        }
    )


def untouched(rows: Rows, schema: Schema, changes: DataChanges) -> Rows:
    """Return those rows of before that a change has no business with.

    What happens to a column happens to those that partitions and children have of it.
    """
    kept: dict[Name, list[str]] = {}
    for name, table in rows.tables.items():
        whole = (name, *ancestry(schema, name))
        if changes.gone.isdisjoint((name, root(schema, name))):
            kept[name] = [
                one
                for one in table.columns
                if changes.touched.isdisjoint((each, one) for each in whole)
            ]
    return restricted(rows, kept)


def observe(changes: DataChanges, before: Rows, after: Rows, schema: Schema) -> None:
    """Add what was seen to change, as revisions that were edited by hand may do."""
    for name, one in before.tables.items():
        other = after.tables[name]
        if len(one.rows) != len(other.rows):
            changes.gone.add(name)
            continue
        for column in one.columns:
            pair = {name: [column]}
            if restricted(before, pair) != restricted(after, pair):
                changes.touched.add((root(schema, name), column))
