"""Queries for the rows that stand in the way of a constraint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.model.schema import Check
from gen_migration.postgres.names import quote_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.model.schema import Element, ForeignKey, Index
    from gen_migration.postgres.names import Name


@dataclass(frozen=True, slots=True)
class Offending:
    """A query for the rows that stop a statement.

    It is the one that speaks of both `table` and `name`, an index or a constraint, as SQL has them.
    """

    table: str
    name: str
    query: str


def of_index(table: Name, name: str, value: Index) -> Offending:
    """Return a query for the values of a unique index that several rows have."""
    keys = [key_of(one) for one in value.elements]
    listed = ", ".join(keys)
    conditions = [f"({value.where})"] if value.where is not None else []
    if not value.nulls_not_distinct:
        conditions += [f"{key} IS NOT NULL" for key in keys]
    query = (
        f"SELECT {listed}, count(*) FROM {table.sql}{where(conditions)}"  # noqa: S608 - quoted, parsed
        f" GROUP BY {listed} HAVING count(*) > 1"
    )
    return Offending(table.sql, quote_name(name), query)


def key_of(element: Element) -> str:
    if element.column is not None:
        return quote_name(element.column)
    return f"({element.expression})"


def where(conditions: Iterable[str]) -> str:
    listed = " AND ".join(conditions)
    return f" WHERE {listed}" if listed else ""


def of_constraint(table: Name, name: str, value: Check | ForeignKey) -> Offending:
    """Return a query for the rows that a check or a foreign key refuses."""
    if isinstance(value, Check):
        query = f"SELECT * FROM {table.sql} WHERE NOT ({value.expression})"  # noqa: S608 - parsed
    else:
        query = unreferred(table, value)
    return Offending(table.sql, quote_name(name), query)


def unreferred(table: Name, value: ForeignKey) -> str:
    """Return a query for the rows that refer to nothing."""
    pairs = zip(value.referred_columns, value.columns, strict=True)
    same = " AND ".join(
        f"referred.{quote_name(key)} = referring.{quote_name(column)}"
        for key, column in pairs
    )
    held = [f"referring.{quote_name(one)} IS NOT NULL" for one in value.columns]
    return (
        f"SELECT * FROM {table.sql} AS referring{where(held)} AND NOT EXISTS"  # noqa: S608 - quoted
        f" (SELECT FROM {value.referred_table.sql} AS referred WHERE {same})"
    )


def of_nulls(table: Name, name: str, column: str) -> Offending:
    """Return a query for the rows that hold NULL in a column, which a constraint forbids."""
    query = f"SELECT * FROM {table.sql} WHERE {quote_name(column)} IS NULL"  # noqa: S608 - quoted
    return Offending(table.sql, quote_name(name), query)
