"""Proof that a new constraint holds for all rows of its table already. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from gen_migration.model.constraints import keys_of
from gen_migration.model.given import Same
from gen_migration.model.schema import Check, ForeignKey, Index, PrimaryKey, Unique
from gen_migration.operations import every as op

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Constraint, Table
    from gen_migration.plan.link import Plan
    from gen_migration.postgres.names import Name


def holds(operation: op.CreateConstraint | op.CreateIndex, made: Plan) -> bool:
    """Tell whether no row can violate what an operation creates.

    Another constraint of before forbids the same, or new columns, which are NULL in every row and
    unknown to running code, make it true. Names are those of before: after a rename, no.
    """
    before = made.links[0].upgrade.start.tables.get(operation.table)
    empty = nulls(operation.table, made)
    match operation.new:
        case PrimaryKey(columns=columns):
            return is_unique(before, {*columns}, strict=False)
        case Unique(columns=columns, nulls_not_distinct=strict):
            is_null = not strict and not empty.isdisjoint(columns)
            return is_null or is_unique(before, {*columns}, strict=strict)
        case Index(elements=elements, nulls_not_distinct=strict):
            names = {one.column for one in elements}
            is_null = not strict and not empty.isdisjoint(names)
            return is_null or is_unique(before, names, strict=strict)
        case ForeignKey(columns=columns, match_full=full):
            found = [column in empty for column in columns]
            return (
                all(found)
                or (not full and any(found))
                or is_there(before, operation.new)
            )
        case Check(expression=expression):
            return is_unknown(expression, empty) or is_there(before, operation.new)
    return False


def nulls(table: Name, made: Plan) -> set[str | None]:
    """Return the new columns of a table that no row has a value in."""
    return all_nulls(Same(made.operations)).get(table, set())


@lru_cache(maxsize=1)
def all_nulls(operations: Same) -> dict[Name, set[str | None]]:
    """Return those of each table that some operations give columns, which are asked one by one."""
    added: dict[Name, set[str | None]] = defaultdict(set)
    for one in operations.value:
        if (
            isinstance(one, op.AddColumn)
            and one.new.nullable
            and not (one.new.default or one.new.generated or one.new.identity)
        ):
            added[one.table].add(one.name)
    for one in operations.value:
        if isinstance(one, op.Backfill | op.SetColumnDefault) and one.table in added:
            added[one.table].discard(one.name)
    return added


def is_unique(table: Table | None, columns: set[str | None], *, strict: bool) -> bool:
    """Tell whether a table has a key among some columns; a strict one takes NULL for a value."""
    return table is not None and any(
        columns >= set(key)
        and not (strict and any(table.columns[str(one)].nullable for one in key))
        for key in unique_keys(table)
    )


def unique_keys(table: Table) -> Iterator[tuple[str | None, ...]]:
    """Yield the columns of what makes all rows of a table unique."""
    for _, key in keys_of(table):
        yield key.columns
    for index in table.indexes.values():
        if index.unique and index.where is None:
            yield tuple(one.column for one in index.elements)


def is_there(table: Table | None, wanted: Constraint) -> bool:
    """Tell whether a table has a valid constraint that forbids what another one does."""
    held = () if table is None else table.constraints.values()
    return any(forbids(one) == forbids(wanted) for one in held)


def forbids(constraint: Constraint) -> object:
    """Return what a constraint forbids; of one that is not valid, or not enforced, itself."""
    match constraint:
        case Check(expression=expression, not_valid=False, not_enforced=False):
            return expression
        case ForeignKey(not_valid=False, not_enforced=False):
            return (
                constraint.columns,
                constraint.referred_table,
                constraint.referred_columns,
                constraint.match_full,
            )
    return constraint


# What makes something else of NULL than NULL.
KNOWING = re.compile(
    r"\b(IS|CASE|COALESCE|NULLIF|GREATEST|LEAST|OR|AND)\b", re.IGNORECASE
)


def is_unknown(expression: str, empty: set[str | None]) -> bool:
    """Tell whether a check is NULL, which it takes for true, as its columns are."""
    from gen_migration.postgres.names_in import names_in

    found = names_in(expression)
    names = found.columns
    outside = re.sub(r"'(?:[^']|'')*'", "", expression)
    simple = not found.functions and not KNOWING.search(outside)
    return bool(names) and names <= empty and simple
