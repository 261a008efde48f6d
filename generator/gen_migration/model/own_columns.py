"""Changes of columns, and what of them reaches tables that have those columns from others. Pure.

Source: the PostgreSQL manual, CREATE TABLE (PARTITION OF, INHERITS), ALTER TABLE (ONLY, ATTACH
PARTITION), and for what a change of the parent reaches, `ATPrepCmd` in tablecmds.c.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.model.given import (
    ALONE,
    VALUES,
    attributes,
    both,
    column_of,
    columns_of,
    given_column,
    heirs,
    held_column,
    own_of,
    typed_tables,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from gen_migration.model.schema import Column, Own, Schema, Table
    from gen_migration.postgres.names import Name

# What a change of the parent sets anew in all that have the column, but for ALTER TABLE ONLY.
SPREAD = ("default", "storage")
FORBIDDING = ("nullable", "not_null", "not_null_state")


def with_column(schema: Schema, name: Name, column: str, value: Column) -> Schema:
    """Return a schema in which a table has this column: it declares it, or has it otherwise."""
    changed = with_value(schema, schema.tables[name], column, value)
    return replace(schema, tables={**schema.tables, name: changed})


def with_value(schema: Schema, table: Table, column: str, value: Column) -> Table:
    """Return a table that has this column, as the database is to hold it."""
    given = given_column(schema, table, column) if table.has_given else None
    if given is None:
        return replace(table, columns={**table.columns, column: value})
    declared = table.columns.get(column)
    if declared is None:
        says = "nullable" in table.own.get(column, {})
        return put(table, column, own_of(value, given, says=says))
    if declared.nullable and both(declared, given).nullable == value.nullable:
        # It does not say NOT NULL itself.
        value = replace(value, nullable=True, not_null=None, not_null_state=None)
    return replace(table, columns={**table.columns, column: value})


def saying_not_null(table: Table, column: str, forbids: Own) -> Table:
    """Return a table that says NOT NULL of a column itself, or says nothing of it."""
    declared = table.columns.get(column)
    if declared is not None:
        values = {"nullable": True, **dict.fromkeys(("not_null", "not_null_state"))}
        value = replace(declared, **{**values, **forbids})
        return replace(table, columns={**table.columns, column: value})
    held = table.own.get(column, {})
    rest = {k: v for k, v in held.items() if k not in FORBIDDING}
    said = {k: v for k, v in forbids.items() if v is not None}
    return put(table, column, {**rest, **said})


def says(table: Table, column: str) -> bool:
    """Tell whether a table says NOT NULL of a column itself, whatever others do."""
    declared = table.columns.get(column)
    if declared is not None:
        return not declared.nullable
    return "nullable" in table.own.get(column, {})


def forbids(table: Table, column: str) -> Own:
    """Return what a table says of the NOT NULL of a column."""
    declared = table.columns.get(column)
    if declared is None:
        return table.own.get(column, {})
    return {key: getattr(declared, key) for key in FORBIDDING}


def said(table: Table, column: str) -> tuple[bool, str | None]:
    """Return whether a table says NOT NULL of a column itself, and the name that it gives."""
    declared = table.columns.get(column)
    if declared is not None:
        return not declared.nullable, declared.not_null
    own = table.own.get(column, {})
    return "nullable" in own, own.get("not_null")


def put(table: Table, column: str, own: Own) -> Table:
    """Return a table with a column that is given, and that has this of its own."""
    rest = {key: one for key, one in table.own.items() if key != column}
    return replace(table, own={**rest, column: own} if own else rest)


def changed(
    schema: Schema, name: Name, column: str, values: Mapping[str, Any], *, only: bool
) -> Schema:
    """Return a schema in which a column of a table has other values, by their fields.

    Partitions and children get them too, but for those that PostgreSQL leaves alone: with `only`,
    all.
    """
    before = schema
    value = replace(column_of(schema, name, column), **values)
    schema = with_column(schema, name, column, value)
    spread = {k: v for k, v in values.items() if k in SPREAD and not only}
    left = [field for field in VALUES if field in values and field not in spread]
    # What a table has by being given it needs no word.
    follows = {
        k: v for k, v in values.items() if k not in {*VALUES, *ALONE, *FORBIDDING}
    }
    for part in heirs(schema, name):
        table = schema.tables[part]
        held = held_column(before, part, column)
        now = held_column(schema, part, column)
        if held is None or now is None:
            continue
        if column in table.columns:
            given = {**inherited_values(follows), **spread}
            table = replace(
                table,
                columns={
                    **table.columns,
                    column: replace(table.columns[column], **given),
                },
            )
        else:
            kept = {field: getattr(held, field) for field in left}
            after = replace(now, **spread, **kept)
            if after == now and column not in table.own:
                continue
            table = with_value(schema, table, column, after)
        schema = replace(schema, tables={**schema.tables, part: table})
    return schema


def with_attributes(schema: Schema, of: Name, changed: Collection[str]) -> Schema:
    """Return a schema in which children of typed tables declare columns as their type has them.

    `changed` are the attributes that have got another type: with CASCADE, the columns have, too.
    """
    given = attributes(schema, of)
    tables = dict(schema.tables)
    for name in typed_tables(schema, of) if changed else ():
        declared = tables[name].columns
        mine = {
            key: replace(
                declared[key], type=given[key].type, collation=given[key].collation
            )
            for key in changed
            if key in declared
        }
        tables[name] = replace(tables[name], columns={**declared, **mine})
    return replace(schema, tables=tables)


def inherited_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what comes of values of a column to children that declare it, too."""
    found = {key: one for key, one in values.items() if key != "identity"}
    if "type" in found:
        found["type"] = found["type"].plain
    return found


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
    """Return what those that have a column from a table have of their own of it.

    Those that have it from elsewhere as well are among them, if they have nothing.
    """
    below = heirs(schema, name)
    family = {name, *below}
    found = {}
    for part in below:
        table = schema.tables[part]
        others = [one for one in table.parents if one not in family]
        if column in table.own or any(
            held_column(schema, one, column) is not None for one in others
        ):
            found[part] = table.own.get(column, {})
    return found


def is_split(schema: Schema, name: Name, column: str) -> bool:
    """Tell whether heirs of a table may have another default for a column than the table."""
    return any(
        "default" in table.own.get(column, {}) or column in table.columns
        for table in map(schema.tables.__getitem__, heirs(schema, name))
    )


def saying(schema: Schema, name: Name, column: str) -> tuple[Name, ...]:
    """Return those below a table that say NOT NULL of a column themselves."""
    return tuple(
        part for part in heirs(schema, name) if says(schema.tables[part], column)
    )


def all_say(schema: Schema, name: Name, column: str) -> bool:
    """Tell whether all below a table that have a column say NOT NULL of it themselves."""
    return all(
        says(schema.tables[part], column)
        for part in heirs(schema, name)
        if held_column(schema, part, column) is not None
    )


def is_said_by_children(schema: Schema, name: Name, column: str) -> bool:
    """Tell whether children of a table say NOT NULL of a column, under any name."""
    return any(schema.tables[one].inherits for one in saying(schema, name, column))


def says_all(schema: Schema, name: Name) -> bool:
    """Tell whether a partition was attached: it says each NOT NULL of its parent itself."""
    table = schema.tables[name]
    if table.parent is None:
        return False
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
