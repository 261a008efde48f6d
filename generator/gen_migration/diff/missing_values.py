"""Columns that become NOT NULL, and whose rows may lack a value. Pure.

A new column without a value fails on the first row (PostgreSQL manual, ALTER TABLE, Notes), so
the command stops. One that may hold NULL today fails on such rows alone, which may be none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.errors import Problem
from gen_migration.diff.data_loss import spec_path
from gen_migration.model.not_null_names import is_put_off
from gen_migration.operations import columns as col
from gen_migration.operations.base import CreateTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gen_migration.model.schema import Spec
    from gen_migration.operations.base import Operation

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


def lacking(operations: Sequence[Operation], spec: Spec) -> list[Problem]:
    """Return the new columns that no row has a value for, where it may have rows."""
    return [
        Problem(
            message="this column is new and NOT NULL, and the rows of its table have no value for"
            " it: the upgrade fails at the first",
            path=spec_path(spec, one.table, "columns", one.name),
            hint=WAYS if isinstance(one, col.AddColumn) else IN_ITS_PLACE,
        )
        for one in valueless(operations)
        if not spec.hints.no_rows.get((one.table, one.name))
    ]


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
    filled = {
        (one.table, one.name) for one in operations if isinstance(one, col.Backfill)
    }
    return [
        Problem(
            message="NOT NULL fails on rows that hold NULL",
            path=spec_path(spec, one.table, "columns", one.name),
            hint="write backfill: at this column, with what they get instead; where no row holds"
            " NULL, backfill: {rows: none}",
        )
        for one in operations
        if isinstance(one, col.SetColumnNullable)
        and not (one.new or is_put_off(one.state))
        and (one.table, one.name) not in filled
        and not spec.hints.no_rows.get((one.table, one.name))
    ]
