"""The indexes of a catalog, those of constraints too. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gen_migration.expressions import parse
from gen_migration.readable import readable
from gen_migration.schema import Element, Index
from gen_migration.sql import Name
from gen_migration.sql_values import index_element

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.catalog_reading import Reading


def index(reading: Reading, oid: int) -> Index:
    """Return an index."""
    rows = reading.indexes[oid]
    first = rows[0]
    return Index(
        elements=elements(reading, oid),
        unique=first.unique,
        nulls_not_distinct=first.nulls_not_distinct,
        method=first.method,
        where=where(reading, first),
        include=included(reading, oid),
        storage_parameters=parameters(first.parameters),
        tablespace=first.tablespace,
        comment=first.comment,
    )


def where(reading: Reading, row: Any) -> str | None:
    if row.where is None:
        return None
    return readable(row.where, reading.types[row.table_oid])


def included(reading: Reading, oid: int) -> tuple[str, ...]:
    """Return the columns that an index carries along."""
    return tuple(
        row.column for row in reading.indexes[oid] if row.position > row.key_columns
    )


def elements(reading: Reading, oid: int) -> tuple[Element, ...]:
    """Return the elements of an index's key."""
    rows = reading.indexes[oid]
    keys = [row for row in rows if row.position <= row.key_columns]
    if rows[0].definition is not None:
        return parsed(rows[0].definition, reading, rows[0].table_oid)
    return tuple(
        Element(
            column=row.column,
            collation=None if row.collation is None else Name(*row.collation),
            opclass=None if row.opclass is None else Name(*row.opclass),
            opclass_parameters=parameters(row.opclass_parameters),
            descending=row.descending,
            nulls_first=row.nulls_first,
        )
        for row in keys
    )


def parsed(definition: str, reading: Reading, table: int) -> tuple[Element, ...]:
    """Return the elements of an index with expressions, from its definition.

    Whether an expression's collation is its own or the index's, only the definition tells.
    """
    statement = parse("", definition).stmts[0].stmt.index_stmt
    return tuple(
        readable_element(index_element(node), reading, table)
        for node in statement.index_params
    )


def readable_element(found: Element, reading: Reading, table: int) -> Element:
    """Return an element with its expression as a person would write it."""
    if found.expression is None:
        return found
    return replace(found, expression=readable(found.expression, reading.types[table]))


def parameters(options: Iterable[str] | None, prefix: str = "") -> dict[str, str]:
    """Return `name=value` options by name."""
    pairs = (option.partition("=") for option in options or ())
    return {f"{prefix}{name}": value for name, _, value in pairs}
