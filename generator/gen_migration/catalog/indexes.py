"""The indexes of a catalog, those of constraints too. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.model.schema import Element, Index
from gen_migration.postgres.names import Name
from gen_migration.postgres.parser import parse
from gen_migration.sql.simplify import readable
from gen_migration.sql.tree import index_element

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gen_migration.catalog.rows import Reading
    from gen_migration.postgres.types import Type


def index(reading: Reading, row: Any) -> Index:
    """Return the index of a row of `indexes.sql`."""
    return Index(
        elements=elements(reading, row),
        unique=row.unique,
        nulls_not_distinct=row.nulls_not_distinct,
        method=row.method,
        where=where(reading, row),
        include=included(reading, row),
        storage_parameters=parameters(row.parameters),
        tablespace=row.tablespace,
        comment=row.comment,
    )


def where(reading: Reading, row: Any) -> str | None:
    if row.where is None:
        return None
    return readable(row.where, reading.types[row.table_oid])


@lru_cache(maxsize=10_000)
def numbers(text: str) -> tuple[int, ...]:
    """Return the numbers of a vector of `pg_index`: `1 2`."""
    return tuple(map(int, text.split()))


def included(reading: Reading, row: Any) -> tuple[str, ...]:
    """Return the columns that an index carries along."""
    found = numbers(row.columns)
    if len(found) == row.key_columns:
        return ()
    return reading.column_names(row.table_oid, found[row.key_columns :])


def elements(reading: Reading, row: Any) -> tuple[Element, ...]:
    """Return the elements of an index's key."""
    if row.definition is not None:
        types = reading.types[row.table_oid]
        return tuple([readable_element(one, types) for one in parsed(key_of(row))])
    keys = zip(
        numbers(row.columns),  # perhaps with more than the key's
        numbers(row.options),
        numbers(row.opclasses),
        numbers(row.collations),
        strict=False,
    )
    given = row.opclass_parameters or {}
    found = []
    for position, (number, option, opclass_oid, collation_oid) in enumerate(keys, 1):
        column = reading.numbers[row.table_oid, number]
        options = tuple(given[str(position)]) if str(position) in given else None
        collation = None
        if collation_oid != column.collation_oid:
            collation = reading.collations.get(collation_oid)
        named = opclass(reading, opclass_oid, column.type_oid, options)
        found.append(element(column.name, collation, named, options, option))
    return tuple(found)


@lru_cache(maxsize=10_000)
def element(
    column: str,
    collation: Name | None,
    opclass: Name | None,
    options: tuple[str, ...] | None,
    flags: int,
) -> Element:
    """Return an element; those of many indexes are alike. `flags` are of `pg_index.indoption`."""
    return Element(
        column=column,
        collation=collation,
        opclass=opclass,
        opclass_parameters=parameters(options),
        descending=bool(flags & 1),
        nulls_first=bool(flags & 2),
    )


def opclass(
    reading: Reading, oid: int, type_oid: int, options: tuple[str, ...] | None
) -> Name | None:
    """Return the operator class of a column; None for the standard one, as pg_get_indexdef."""
    row = reading.opclasses[oid]
    if row.standard and options is None:
        # The type may have none of its own, and takes that of one that it can be read as.
        if row.type_oid == type_oid:
            return None
        if (row.method_oid, type_oid) not in reading.standards:
            return None
    return Name(row.schema, row.name)


def key_of(row: Any) -> str:
    """Return the definition of an index without what its key does not depend on.

    So those of many tables are the same text, and are parsed once.
    """
    text: str = row.definition
    if row.where is not None:
        text = text.removesuffix(f" WHERE {row.where}")
    _, using, rest = text.partition(" USING ")
    # A name may hold that word.
    return text if using in rest else f"CREATE INDEX ON t{using}{rest}"


@lru_cache(maxsize=10_000)
def parsed(definition: str) -> tuple[Element, ...]:
    """Return the elements of an index with expressions, from its definition.

    Whether an expression's collation is its own or the index's, only the definition tells.
    """
    statement = parse("", definition).stmts[0].stmt.index_stmt
    return tuple(index_element(node) for node in statement.index_params)


def readable_element(found: Element, types: Mapping[str, Type]) -> Element:
    """Return an element with its expression as a person would write it."""
    if found.expression is None:
        return found
    return replace(found, expression=readable(found.expression, types))


def parameters(options: Iterable[str] | None, prefix: str = "") -> dict[str, str]:
    """Return `name=value` options by name."""
    if not options:
        return {}
    pairs = (option.partition("=") for option in options)
    return {f"{prefix}{name}": value for name, _, value in pairs}
