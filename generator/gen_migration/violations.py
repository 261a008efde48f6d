"""Queries for the rows that stand in the way of a constraint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.schema import Check
from gen_migration.sql import quote_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.schema import Element, ForeignKey, Index
    from gen_migration.sql import Name


def of_index(table: Name, value: Index) -> str:
    """Return a query for the values of a unique index that several rows have."""
    keys = [key_of(one) for one in value.elements]
    listed = ", ".join(keys)
    conditions = [f"({value.where})"] if value.where is not None else []
    if not value.nulls_not_distinct:
        conditions += [f"{key} IS NOT NULL" for key in keys]
    return (
        f"SELECT {listed}, count(*) FROM {table.sql}{where(conditions)}"  # noqa: S608 - quoted, parsed
        f" GROUP BY {listed} HAVING count(*) > 1"
    )


def key_of(element: Element) -> str:
    if element.column is not None:
        return quote_name(element.column)
    return f"({element.expression})"


def where(conditions: Iterable[str]) -> str:
    listed = " AND ".join(conditions)
    return f" WHERE {listed}" if listed else ""


def of_constraint(table: Name, value: Check | ForeignKey) -> str:
    """Return a query for the rows that a check or a foreign key refuses."""
    if isinstance(value, Check):
        return f"SELECT * FROM {table.sql} WHERE NOT ({value.expression})"  # noqa: S608 - quoted, parsed
    pairs = zip(value.referred_columns, value.columns, strict=True)
    same = " AND ".join(
        f"referred.{quote_name(one)} = referring.{quote_name(other)}"
        for one, other in pairs
    )
    held = [f"referring.{quote_name(one)} IS NOT NULL" for one in value.columns]
    return (
        f"SELECT * FROM {table.sql} AS referring{where(held)} AND NOT EXISTS"  # noqa: S608 - quoted
        f" (SELECT FROM {value.referred_table.sql} AS referred WHERE {same})"
    )


def of_nulls(table: Name, column: str) -> str:
    """Return a query for the rows that hold NULL in a column."""
    return f"SELECT * FROM {table.sql} WHERE {quote_name(column)} IS NULL"  # noqa: S608 - quoted
