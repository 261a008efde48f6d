"""Names of NOT NULL that PostgreSQL has chosen, and that are other ones than it would choose now.

It keeps the name when a table or a column is renamed, so that what comes next under the old name
finds its own taken. Only a history or a database knows; a schema is the same with and without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.model.not_null_names import called, default_name, free_name

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name


def noted(schema: Schema, table: Name, column: str) -> Schema:
    """Return a schema that knows the name of a NOT NULL that has just come, changed or gone."""
    if not schema.kept:
        return schema
    rest = {key: one for key, one in schema.kept.items() if key != (table, column)}
    schema = replace(schema, kept=rest)
    held = schema.tables[table].columns.get(column)
    if held is None or held.nullable or held.not_null:
        return schema
    found = free_name(schema, table, column)
    if found == default_name(table.name, column):
        return schema
    return replace(schema, kept={**rest, (table, column): found})


def without(schema: Schema, tables: Collection[Name]) -> Schema:
    """Return a schema that knows nothing of tables that are dropped."""
    rest = {key: one for key, one in schema.kept.items() if key[0] not in tables}
    return schema if len(rest) == len(schema.kept) else replace(schema, kept=rest)


def of_renamed_column(
    before: Schema, after: Schema, table: Name, old: str, new: str
) -> Schema:
    """Return a schema after the rename of a column, whose NOT NULL is called as before."""
    return renamed(before, after, {(table, old): (table, new)})


def of_renamed_tables(
    before: Schema, after: Schema, tables: Mapping[Name, Name]
) -> Schema:
    """Return a schema after renames of tables, in which each NOT NULL is called as before."""
    columns = {
        (old, key): (new, key)
        for old, new in tables.items()
        if old in before.tables
        for key in before.tables[old].columns
    }
    return renamed(before, after, columns)


def renamed(
    before: Schema,
    after: Schema,
    columns: Mapping[tuple[Name, str], tuple[Name, str]],
) -> Schema:
    """Return a schema after renames of columns, by table and name."""
    kept = {key: one for key, one in before.kept.items() if key not in columns}
    for (table, key), (new_table, new) in columns.items():
        column = before.tables[table].columns[key]
        if column.nullable or column.not_null:
            continue
        name = called(before, table, key, column)
        if name != default_name(new_table.name, new):
            kept[new_table, new] = name
    return after if kept == after.kept else replace(after, kept=kept)
