"""The columns that tables of a spec have, with those of their parents and of their types."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gen_migration.model.schema import (
    Column,
)

if TYPE_CHECKING:
    from gen_migration.model.schema import (
        Schema,
        Table,
    )
    from gen_migration.postgres.names import Name


def columns_of(schema: Schema, name: Name) -> dict[str, Column]:
    """Return the columns of a table, with those that it has from others."""
    table = schema.tables[name]
    found = given_columns(schema, table)
    for key, own in table.own.items():
        held = found[key]
        if "nullable" in own:
            held = replace(held, not_null=None)
        if "default" in own and held.type.is_serial:
            held = replace(held, type=held.type.plain)
        found[key] = replace(held, **own)
    for key, column in table.columns.items():
        forbidden = key in found and not found[key].nullable
        found[key] = replace(column, nullable=column.nullable and not forbidden)
    return found


def given_columns(schema: Schema, table: Table) -> dict[str, Column]:
    """Return the columns that a table has from others, before what it has otherwise."""
    found = dict(attributes(schema, table))
    for parent in parents_of(table):
        for key, column in columns_of(schema, parent).items():
            alone = (
                *("not_null_state", "comment", "statistics_target"),
                *("n_distinct", "n_distinct_inherited"),
            )
            given: dict[str, Any] = dict.fromkeys(alone)
            if table.inherits:
                given["identity"] = None
            if column.not_null_state and column.not_null_state.no_inherit:
                given |= {"nullable": True, "not_null": None}
            held = replace(column, **given)
            forbidden = key in found and not found[key].nullable
            found.setdefault(key, held)
            if forbidden or not held.nullable:
                found[key] = replace(found[key], nullable=False)
            if found[key].default is None:
                found[key] = replace(found[key], default=held.default)
    return found


def parents_of(table: Table) -> tuple[Name, ...]:
    """Return the tables that a table has columns from."""
    return (table.partition_of.parent,) if table.partition_of else table.inherits


def attributes(schema: Schema, table: Table) -> dict[str, Column]:
    """Return the columns that a typed table has from its type."""
    of = schema.of("composite type").get(table.of_type)
    return {
        key: Column(type=one.type, collation=one.collation, nullable=True)
        for key, one in (of.attributes if of else {}).items()
    }
