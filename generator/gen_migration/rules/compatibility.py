"""Rules about what an edit asks of code of the version before, where nothing goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.diff.data_loss import spec_path
from gen_migration.diff.missing_values import valueless
from gen_migration.model.schema import Index, PrimaryKey, Unique
from gen_migration.operations.alterations import AddEnumValue
from gen_migration.operations.base import (
    CreateConstraint,
    CreateIndex,
    DropConstraint,
    DropIndex,
)
from gen_migration.operations.columns import (
    AddColumn,
    SetColumnDefault,
    SetColumnIdentity,
    SetColumnNullable,
)
from gen_migration.rules.constraint_proof import holds, unique_keys
from gen_migration.rules.finding import Severity
from gen_migration.rules.rule import Edit, Hit, enum_path, part_path, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Column, Spec
    from gen_migration.postgres.names import Name


@rule(
    "GM121",
    Severity.WARNING,
    breaks=True,
    instead="deploy code that always writes a value first; what rows get that hold NULL is"
    " backfill: at the column",
)
def not_null_set(edit: Edit) -> Iterator[Hit]:
    """A column that is there becomes NOT NULL.

    Running code that writes NULL, or leaves the column out where it has no default, fails. Rows
    that hold NULL stop the upgrade where nothing fills them.
    """
    match edit.operation:
        case SetColumnNullable(table=table, name=name, new=False):
            if (table, name) not in added(edit) and table not in edit.unused:
                yield Hit(
                    f"column {name} of table {table} becomes NOT NULL",
                    spec_path(edit.spec, table, "columns", name),
                )


@rule(
    "GM122",
    Severity.DANGER,
    breaks=True,
    instead="give it a default; or add it with nullable: true, deploy code that writes it, and"
    " make it NOT NULL in a later edit",
)
def required_column(edit: Edit) -> Iterator[Hit]:
    """A new column is NOT NULL and has no default.

    Every INSERT of running code, which does not know it, fails. Without a backfill, the upgrade
    itself fails on a table with rows.
    """
    match edit.operation:
        case AddColumn(table=table, name=name, new=new) if not new.nullable:
            pass
        case SetColumnNullable(table=table, name=name, new=False) if (
            table,
            name,
        ) in added(edit):
            pass
        case _:
            return
    column = column_of(edit.spec, table, name)
    if table in edit.unused or column is None or column.has_value:
        return
    what = "new, NOT NULL, and without a default"
    empty = edit.spec.hints.no_rows.get((table, name), False)
    if not empty and any(valueless([edit.operation])):
        what = "a new NOT NULL column without a default fails on a table with rows"
    yield Hit(
        f"column {name} of table {table}: {what}",
        spec_path(edit.spec, table, "columns", name),
    )


@rule(
    "GM123",
    Severity.WARNING,
    breaks=True,
    instead="deploy code that writes the column first",
)
def default_dropped(edit: Edit) -> Iterator[Hit]:
    """A column that is NOT NULL loses its default.

    An INSERT of running code that leaves the column out fails.
    """
    match edit.operation:
        case SetColumnDefault(table=table, name=name, new=None):
            column = column_of(edit.spec, table, name)
            if column is not None and not (column.nullable or column.has_value):
                yield Hit(
                    f"column {name} of table {table} loses its default",
                    spec_path(edit.spec, table, "columns", name),
                )


@rule(
    "GM124",
    Severity.WARNING,
    breaks=True,
    instead='write identity: "by default"',
)
def identity_always(edit: Edit) -> Iterator[Hit]:
    """An identity column that is there takes no values from outside any more.

    With GENERATED ALWAYS, an INSERT that gives a value of its own fails.
    """
    match edit.operation:
        case SetColumnIdentity(table=table, name=name, old=old, new=new):
            if new is not None and new.always and not (old and old.always):
                yield Hit(
                    f"column {name} of table {table} becomes GENERATED ALWAYS",
                    spec_path(edit.spec, table, "columns", name),
                )


@rule(
    "GM125",
    Severity.WARNING,
    breaks=True,
    instead="deploy code that does not need it first",
)
def unique_dropped(edit: Edit) -> Iterator[Hit]:
    """What made rows unique goes.

    Running code with INSERT … ON CONFLICT over these columns fails, since PostgreSQL finds no
    constraint for it; everything else may write duplicates from then on.
    """
    match edit.operation:
        case DropConstraint(table=table, old=PrimaryKey() | Unique() as key):
            columns: tuple[str | None, ...] = key.columns
        case DropIndex(table=table, old=Index(unique=True) as index):
            columns = tuple(one.column for one in index.elements)
        case _:
            return
    value = edit.spec.schema.tables.get(table)
    if value is None or table in edit.unused:
        return
    kept = {frozenset(key) for key in unique_keys(value.constraints, value.indexes)}
    if frozenset(columns) not in kept:
        yield Hit(edit.operation.summary, spec_path(edit.spec, table))


@rule(
    "GM126",
    Severity.NOTE,
    instead="look for rows that violate it first, and deploy code that keeps it",
)
def constraint_added(edit: Edit) -> Iterator[Hit]:
    """A table that is there gets a constraint, or a unique index.

    Rows that violate it stop the upgrade (with `not_valid: true`, only new ones are checked), and
    running code that writes such rows fails. Where no row can violate it, as another one was there
    that forbids the same, or the columns are new and NULL, it is no finding.
    """
    match edit.operation:
        case CreateConstraint(table=table, name=name, new=new):
            if getattr(new, "not_enforced", False):
                return
        case CreateIndex(table=table, name=name, new=Index(unique=True)):
            pass
        case _:
            return
    if table not in edit.unused and not holds(edit.operation, edit.made):
        yield Hit(edit.operation.summary, part_path(edit.spec, table, name))


@rule(
    "GM127",
    Severity.NOTE,
    instead="add values that you are sure of: a value is quickly added, and slowly removed",
)
def enum_value_added(edit: Edit) -> Iterator[Hit]:
    """An enum gets a value.

    Code of the version before may read a value that it does not know. The way back makes the type
    anew, and writes the tables that use it, while readers and writers wait.
    """
    match edit.operation:
        case AddEnumValue(name=name):
            yield Hit(edit.operation.summary, enum_path(edit.spec, name))


def added(edit: Edit) -> set[tuple[Name, str]]:
    """Return the columns that are new."""
    return {
        (one.table, one.name)
        for one in edit.made.operations
        if isinstance(one, AddColumn)
    }


def column_of(spec: Spec, table: Name, name: str) -> Column | None:
    """Return a column as the spec wants it."""
    found = spec.schema.tables.get(table)
    return None if found is None else found.columns.get(name)
