"""Properties of their own that the columns of a partition have. Pure.

Source: the PostgreSQL manual, CREATE TABLE (PARTITION OF), ALTER TABLE (ONLY, ATTACH PARTITION),
and for what a change of the parent reaches, `ATPrepCmd` in tablecmds.c.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gen_migration.model.partitions import (
    VALUES,
    inherited_column,
    own_of,
    partition_column,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.model.schema import Column, Own, Schema, Table
    from gen_migration.postgres.names import Name

# What a change of the parent sets anew in all partitions, but for ALTER TABLE ONLY.
SPREAD = ("default", "storage")


def columns_of(schema: Schema, name: Name) -> Mapping[str, Column]:
    """Return the columns of a table; those of a partition with what is its own."""
    table = schema.tables[name]
    parent = table.parent
    if parent is None or parent not in schema.tables:
        return table.columns
    return {
        key: partition_column(table, parent, key, one)
        for key, one in columns_of(schema, parent).items()
    }


def column_of(schema: Schema, name: Name, column: str) -> Column:
    """Return a column of a table or of a partition. KeyError where there is none."""
    table = schema.tables[name]
    if table.parent is None:
        return table.columns[column]
    held = column_of(schema, table.parent, column)
    return partition_column(table, table.parent, column, held)


def with_column(schema: Schema, name: Name, column: str, value: Column) -> Schema:
    """Return a schema in which a table, or a partition, has this column."""
    table = schema.tables[name]
    if table.parent is None:
        changed = replace(table, columns={**table.columns, column: value})
    else:
        held = column_of(schema, table.parent, column)
        given = inherited_column(table.parent, column, held)
        says = "nullable" in table.own.get(column, {})
        changed = put(table, column, own_of(value, given, says=says))
    return replace(schema, tables={**schema.tables, name: changed})


def put(table: Table, column: str, own: Own) -> Table:
    """Return a partition whose column has this of its own."""
    rest = {key: one for key, one in table.own.items() if key != column}
    return replace(table, own={**rest, column: own} if own else rest)


def changed(
    schema: Schema, name: Name, column: str, values: Mapping[str, Any], *, only: bool
) -> Schema:
    """Return a schema in which a column of a table has other values, by their fields.

    Partitions get them too, but for those that PostgreSQL leaves alone: with `only`, all.
    """
    before = schema
    value = replace(column_of(schema, name, column), **values)
    schema = with_column(schema, name, column, value)
    if schema.tables[name].partition_by is None:
        return schema
    spread = [field for field in SPREAD if field in values and not only]
    left = [field for field in VALUES if field in values and field not in spread]
    if spread:
        schema = without(schema, name, column, spread)
    for part in children(schema, name) if left else ():
        held = column_of(before, part, column)
        kept = {field: getattr(held, field) for field in left}
        after = replace(column_of(schema, part, column), **kept)
        schema = with_column(schema, part, column, after)
    return schema


def without(schema: Schema, name: Name, column: str, fields: list[str]) -> Schema:
    """Return a schema in which no partition of a table has these fields of its own."""
    tables = dict(schema.tables)
    for part in children(schema, name):
        table = tables[part]
        own = {k: v for k, v in table.own.get(column, {}).items() if k not in fields}
        tables[part] = put(table, column, own)
        deeper = replace(schema, tables=tables)
        tables = dict(without(deeper, part, column, fields).tables)
    return replace(schema, tables=tables)


def children(schema: Schema, name: Name) -> Iterator[Name]:
    """Yield the partitions of a table, without theirs."""
    if schema.tables[name].partition_by is None:
        return
    for key, table in schema.tables.items():
        if table.parent == name:
            yield key


def partitions(schema: Schema, of: Name) -> list[Name]:
    """Return the partitions of a table, and theirs; a table that has none is told at once."""
    if of in schema.tables and schema.tables[of].partition_by is None:
        return []
    found = [name for name, value in schema.tables.items() if value.parent == of]
    return [deeper for name in found for deeper in (name, *partitions(schema, name))]


def own_parts(schema: Schema, name: Name, column: str) -> dict[Name, Own]:
    """Return what the partitions of a table have of their own of a column."""
    return {
        part: schema.tables[part].own[column]
        for part in partitions(schema, name)
        if column in schema.tables[part].own
    }


def saying(schema: Schema, name: Name, column: str) -> tuple[Name, ...]:
    """Return the partitions of a table that say NOT NULL of a column themselves, and theirs."""
    return tuple(
        part
        for part in partitions(schema, name)
        if "nullable" in schema.tables[part].own.get(column, {})
    )


def says_all(schema: Schema, name: Name) -> bool:
    """Tell whether a partition was attached: it says each NOT NULL of its parent itself."""
    table = schema.tables[name]
    assert table.parent is not None  # noqa: S101 - it is a partition
    above = columns_of(schema, table.parent)
    shared = [key for key, one in above.items() if not one.nullable]
    return bool(shared) and all("nullable" in table.own.get(key, {}) for key in shared)


def own_of_new(schema: Schema, name: Name, column: Column) -> dict[Name, Own]:
    """Return what partitions have of their own of a new column.

    Those that were attached say its NOT NULL, too; which of the two names it gets means nothing.
    """
    if column.nullable:
        return {}
    return {
        part: {"nullable": False}
        for part in partitions(schema, name)
        if says_all(schema, part)
    }
