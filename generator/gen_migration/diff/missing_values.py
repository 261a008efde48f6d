"""Columns that become NOT NULL, and whose rows may lack a value. Pure.

A new column without a value fails on the first row (PostgreSQL manual, ALTER TABLE, Notes), so
the command stops. One that may hold NULL today fails on such rows alone, which may be none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import Problem
from gen_migration.diff.refused_identities import PARTITIONS, is_refused
from gen_migration.model.given import ancestry
from gen_migration.model.not_null_names import is_put_off
from gen_migration.model.places import spec_path
from gen_migration.operations import columns as col
from gen_migration.operations.base import CreateTable, only_builds
from gen_migration.operations.inheritance import Inherit
from gen_migration.operations.rows import Backfill
from gen_migration.operations.tables import AttachPartition

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gen_migration.model.schema import Column, Spec
    from gen_migration.operations.base import Operation
    from gen_migration.postgres.names import Name

WAYS = (
    "write default: or backfill: (a value, or {sql: …}) or nullable: true at this column; where"
    " the table is known to be empty, backfill: {rows: none}"
)
# A virtual column becomes a plain one: PostgreSQL can only drop it and add another.
IN_ITS_PLACE = (
    "write default: or nullable: true at this column; or add a column of another name, with"
    " backfill: {sql: …}, and drop this one; where the table is known to be empty,"
    " backfill: {rows: none}"
)
# The rows of those that have the column from its table are numbered by nobody.
NUMBERED = (
    "let it be without identity: in this edit, with backfill: (a value, or {sql: …}) or"
    " nullable: true, and write identity: in a later one; where the table is known to be empty,"
    " backfill: {rows: none}"
)
LATER = f"postgresql: {PARTITIONS}"

# A default of its own is for rows to come: a row gets that of the parent.
BELOW = (
    "write backfill: (a value, or {sql: …}) at this column, or let it hold NULL there; where the"
    " table is known to be empty, backfill: {rows: none}"
)
FILLED = (
    "write backfill: at this column, with what they get instead; where no row holds NULL,"
    " backfill: {rows: none}"
)


def lacking(operations: Sequence[Operation], spec: Spec) -> list[Problem]:
    """Return the new columns that no row has a value for, where it may have rows."""
    if only_builds(operations):
        return []
    below = (one for one, new in of_new_columns(operations, spec) if not new.has_value)
    problems = [
        not_numbered(one, spec)
        for one in unnumbered(operations, spec)
        if not spec.hints.no_rows.get((one.table, one.name))
    ]
    return problems + [
        Problem(
            message="this column is new and NOT NULL, and the rows of its table have no value for"
            " it: the upgrade fails at the first",
            path=spec_path(spec, one.table, "columns", one.name),
            hint=hint_of(one),
        )
        for one in (*valueless(operations), *below)
        if not spec.hints.no_rows.get((one.table, one.name))
    ]


def unnumbered(operations: Sequence[Operation], spec: Spec) -> Iterator[col.AddColumn]:
    """Yield the new identities of tables from which others have had columns before."""
    found = [one for one in operations if isinstance(one, col.AddColumn)]
    new = {one.name for one in operations if isinstance(one, CreateTable)}
    new |= {
        one.table for one in operations if isinstance(one, Inherit | AttachPartition)
    }
    for one in found:
        if one.table not in new and is_refused(spec.schema, one, spec.postgresql, new):
            yield one


def not_numbered(operation: col.AddColumn, spec: Spec) -> Problem:
    """Return what to tell of an identity that PostgreSQL does not fill rows with."""
    is_parent = spec.schema.tables[operation.table].partition_by is None
    has = "children" if is_parent else f"partitions, before {PARTITIONS}"
    return Problem(
        message=f"PostgreSQL adds no identity to a table that has {has}: no row has a value for"
        " this column",
        path=spec_path(spec, operation.table, "columns", operation.name),
        hint=NUMBERED if is_parent else f"{NUMBERED}; or write {LATER} in the spec",
    )


def hint_of(operation: Any) -> str:
    """Return what to write where a column has no value."""
    match operation:
        case col.AddColumn():
            return WAYS
        case col.SetColumnGenerated():
            return IN_ITS_PLACE
    return BELOW


def of_new_columns(
    operations: Sequence[Operation], spec: Spec
) -> Iterator[tuple[col.SetColumnNullable, Column]]:
    """Yield what forbids NULL where nothing fills a column that a table above has got as well."""
    added = {
        (one.table, one.name): one.new
        for one in operations
        if isinstance(one, col.AddColumn)
    }
    filled = filled_columns(operations)
    for one in forbidding(operations) if added else ():
        lineage = (one.table, *ancestry(spec.schema, one.table))
        places = [(name, one.name) for name in lineage]
        for new in [added[place] for place in places if place in added][:1]:
            if filled.isdisjoint(places):
                yield one, new


def filled_columns(operations: Sequence[Operation]) -> set[tuple[Name, str]]:
    """Return the columns whose rows are filled."""
    return {(one.table, one.name) for one in operations if isinstance(one, Backfill)}


def forbidding(operations: Sequence[Operation]) -> Iterator[col.SetColumnNullable]:
    """Yield what forbids NULL in the rows that are there."""
    for one in operations:
        if isinstance(one, col.SetColumnNullable) and not one.new:
            yield from () if is_put_off(one.state) else (one,)


def valueless(
    operations: Sequence[Operation],
) -> Iterator[col.AddColumn | col.SetColumnGenerated]:
    """Yield what adds a NOT NULL column without a value to a table that was there."""
    created = {one.name for one in operations if isinstance(one, CreateTable)}
    for one in operations:
        match one:
            case col.AddColumn(table=table, new=column):
                valued = column.nullable or column.has_value
                if table not in created and not (
                    valued or is_put_off(column.not_null_state)
                ):
                    yield one
            case col.SetColumnGenerated(old=old, new=column):
                # PostgreSQL keeps what it has stored.
                kept = old.generated is not None and old.generated.stored
                if not (kept or column.nullable or column.has_value):
                    yield one


def nulls(operations: Sequence[Operation], spec: Spec) -> list[Problem]:
    """Return the columns that may hold NULL today, and are given no value where they do."""
    if only_builds(operations):
        return []
    filled = filled_columns(operations)
    filled |= {(one.table, one.name) for one, _ in of_new_columns(operations, spec)}
    return [
        Problem(
            message="NOT NULL fails on rows that hold NULL",
            path=spec_path(spec, one.table, "columns", one.name),
            hint=FILLED,
        )
        for one in forbidding(operations)
        if (one.table, one.name) not in filled
        and not spec.hints.no_rows.get((one.table, one.name))
    ]
