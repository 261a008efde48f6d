"""Names that a spec gives or leaves open: of NOT NULLs, and of what partitions have of indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog import rows
from catalog_queries import options
from columns_of_tables import columns_of
from gen_migration.model.partitions import is_only
from gen_migration.model.schema import (
    NotNullState,
)

if TYPE_CHECKING:
    from gen_migration.model.schema import (
        Schema,
    )


# The name of a NOT NULL, and what it is beside that: NO INHERIT, NOT VALID, its comment.
Forbidding = tuple[str, bool, bool, str | None]


def all_not_null(connection: Any) -> dict[tuple[str, str, str], Forbidding]:
    """Return each NOT NULL by schema, table and column; nothing before PostgreSQL 18."""
    found = rows(
        connection,
        """
        SELECT n.nspname AS schema, t.relname AS table, a.attname AS column, c.conname AS name,
            c.connoinherit AS kept, NOT c.convalidated AS put_off,
            obj_description(c.oid, 'pg_constraint') AS comment
        FROM pg_constraint AS c JOIN pg_class AS t ON t.oid = c.conrelid
        JOIN pg_namespace AS n ON n.oid = t.relnamespace
        JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'n' AND c.oid >= 16384
        """,
        (),
    )
    return {
        (one["schema"], one["table"], one["column"]): (
            *(one["name"], one["kept"], one["put_off"], one["comment"]),
        )
        for one in found
    }


def not_null_given(
    schema: Schema, home: str = "public"
) -> dict[tuple[str, str, str], Forbidding]:
    """Return each NOT NULL that a schema names; partitions have those of their parents."""
    result = {}
    for name in schema.tables:
        for key, column in columns_of(schema, name).items():
            if column.not_null is not None:
                state = column.not_null_state or NotNullState()
                result[name.schema or home, name.name, key] = (
                    *(column.not_null, state.no_inherit, state.not_valid),
                    state.comment,
                )
    return result


def misnamed(schema: Schema, connection: Any) -> dict[tuple[str, str, str], Any]:
    """Return each NOT NULL of a schema and of a database that the other has otherwise, from 18 on.

    Of those that a schema does not name, only what is plain is right.
    """
    if connection.info.server_version < 180000:
        return {}
    found, given = all_not_null(connection), not_null_given(schema)
    odd = {
        key: one
        for key, one in found.items()
        if key not in given and one[1:] != (False, False, None)
    }
    return odd | {key: one for key, one in given.items() if found.get(key) != one}


def parts_of_wholes(connection: Any) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Return what partitions have of indexes and constraints, by schema, table and the whole."""
    found = rows(connection, PARTS, ())
    keys = ("schema", "table", "whole")
    return {tuple(one.pop(key) for key in keys): one for one in found}


def parts_given(
    schema: Schema, home: str = "public"
) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Return what partitions are to have of indexes and constraints of the tables above them."""
    result = {}
    for name, table in schema.tables.items():
        place = table.partition_of
        while place is not None:
            whole = schema.tables[place.parent]
            for key, value in (*whole.constraints.items(), *whole.indexes.items()):
                if is_only(value):
                    continue  # some partitions have no part of it
                own = table.inherited.get(key)
                options = getattr(value, "storage_parameters", {})
                if own is not None and own.storage_parameters is not None:
                    options = own.storage_parameters
                result[name.schema or home, name.name, key] = {
                    "name": own and own.name,
                    "options": dict(options),
                    "comment": own and own.comment,
                }
            place = whole.partition_of
    return result


def other_parts(schema: Schema, connection: Any) -> dict[tuple[str, str, str], Any]:
    """Return what partitions are to have of what is above them, and have otherwise."""
    found = parts_of_wholes(connection)
    result = {}
    for key, given in parts_given(schema).items():
        there = found.get(key)
        if there is not None and given["name"] is None:
            given["name"] = there["name"]  # PostgreSQL has chosen it
        if there != given:
            result[key] = (there, given)
    return result


PARTS = f"""
    SELECT n.nspname AS schema, t.relname AS table, whole.relname AS whole, x.relname AS name,
        {options("x.reloptions")} AS options,
        CASE WHEN c.oid IS NULL THEN obj_description(x.oid, 'pg_class')
            ELSE obj_description(c.oid, 'pg_constraint') END AS comment
    FROM pg_inherits AS h JOIN pg_index AS i ON i.indexrelid = h.inhrelid
    JOIN pg_class AS x ON x.oid = i.indexrelid
    JOIN pg_class AS whole ON whole.oid = pg_partition_root(x.oid)
    JOIN pg_class AS t ON t.oid = i.indrelid JOIN pg_namespace AS n ON n.oid = t.relnamespace
    LEFT JOIN pg_constraint AS c ON c.conindid = x.oid AND c.contype IN ('p', 'u', 'x')
    UNION ALL
    SELECT n.nspname, t.relname, c.conname, c.conname, '{{}}',
        obj_description(c.oid, 'pg_constraint')
    FROM pg_constraint AS c JOIN pg_class AS t ON t.oid = c.conrelid
    JOIN pg_namespace AS n ON n.oid = t.relnamespace
    WHERE t.relispartition AND c.contype IN ('c', 'f') AND (c.conparentid <> 0 OR NOT c.conislocal)
"""
