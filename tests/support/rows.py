"""Rows for random schemas, and what has to become of them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from gen_migration.model.given import columns_of
from gen_migration.operations.base import DropTable
from gen_migration.operations.columns import SetColumnType
from gen_migration.postgres.type_names import SERIAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Column, Schema, Spec
    from gen_migration.postgres.names import Name
    from transitions import Transition

ONE = "'11111111-1111-4111-8111-111111111111'"
# A value of each type, which the next wider type can read.
VALUES = {
    "uuid": ONE,
    "text": "'12'",
    "varchar": "'12'",
    "char": "'ab'",
    "integer": "7",
    "bigint": "7",
    "smallint": "7",
    "numeric": "7",
    "double precision": "7",
    "boolean": "true",
    "jsonb": "'{\"a\": 1}'",
    "json": "'{\"a\": 1}'",
    "date": "'2026-01-31'",
    "timestamptz": "'2026-01-31 12:00+00'",
    "timestamp": "'2026-01-31 12:00'",
    "time": "'12:30'",
    "interval": "'1 day'",
    "bytea": "'\\x00ff'",
    "inet": "'10.0.0.1'",
    "bit": "B'101'",
    "int4range": "'[1,5)'",
    "tsvector": "'a b'",
    "point": "'(1,2)'",
    "money": "5",
    "macaddr": "'08:00:2b:01:02:03'",
}


# Puts triggers and rules that fire on a replica aside, and back; those of partitions as well.
REPLICA = """
SELECT format('ALTER TABLE ONLY %1$s DISABLE %2$s %3$I', relation, word, name),
    format('ALTER TABLE ONLY %1$s ENABLE %4$s %2$s %3$I', relation, word, name,
        CASE state WHEN 'R' THEN 'REPLICA' ELSE 'ALWAYS' END)
FROM (
    SELECT tgrelid, 'TRIGGER', tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL
    SELECT ev_class, 'RULE', rulename, ev_enabled FROM pg_rewrite
) AS found (oid, word, name, state)
CROSS JOIN LATERAL (SELECT found.oid::regclass AS relation) AS named
JOIN pg_class USING (oid)
WHERE relkind IN ('r', 'p') AND state IN ('R', 'A') ORDER BY 1
"""


@contextlib.contextmanager
def nothing_fires(connection: Any) -> Iterator[None]:
    """Let rows in without a look at keys, triggers and rules."""
    found = connection.execute(REPLICA).fetchall()
    connection.execute("SET session_replication_role = replica")
    for aside, _ in found:
        connection.execute(aside)
    yield
    for _, back in found:
        connection.execute(back)
    connection.execute("RESET session_replication_role")


def value(column: Column, old: Schema, new: Schema) -> str | None:
    """Return a value as SQL; None where there is none that both schemas know."""
    if column.type.array:
        return "'{}'"
    if column.type.kind == "enum":
        name = next(
            n
            for n in old.enums
            if (n.schema, n.name) == (column.type.schema, column.type.name)
        )
        later = {value for enum in new.enums.values() for value in enum.values}
        for label in old.enums[name].values:
            if label in later:
                return "'" + label.replace("'", "''") + "'"
        return None
    if (column.type.schema, column.type.name) in old.of("domain"):
        return "'a'"
    return VALUES.get(column.type.name)


def insert(connection: Any, old: Spec, new: Spec) -> set[Name]:
    """Put a row into each table where that is possible, and return these tables.

    The connection is the administrator's, from whom policies keep nothing.
    """
    with nothing_fires(connection):
        return set(inserted(connection, old, new))


def inserted(connection: Any, old: Spec, new: Spec) -> Iterator[Name]:
    import psycopg

    for name, table in old.schema.tables.items():
        if table.partition_by is not None:
            continue
        given = {}
        for key, column in columns_of(old.schema, name).items():
            counted = column.identity is not None or column.type.name in SERIAL
            if column.generated is None and not counted:
                given[key] = value(column, old.schema, new.schema)
        if any(
            one is None and not columns_of(old.schema, name)[key].nullable
            for key, one in given.items()
        ):
            continue
        names = ", ".join('"' + key.replace('"', '""') + '"' for key in given)
        values = ", ".join(one or "NULL" for one in given.values())
        try:
            connection.execute(f"INSERT INTO {name.sql} ({names}) VALUES ({values})")
        except psycopg.errors.CheckViolation:
            continue
        yield name


def kept(change: Transition, filled: set[Name]) -> dict[Name, list[str]]:
    """Return tables and columns that a change does not touch."""
    old, new = change.old, change.new
    dropped = {one.name for one in change.plan.upgrade if isinstance(one, DropTable)}
    # How a value becomes one of a type that is made anew, `transition` answers with NULL.
    emptied = {
        (one.table, one.name)
        for one in change.plan.upgrade
        if isinstance(one, SetColumnType) and (one.using or "").startswith("NULL::")
    }
    found = {}
    for name in filled:
        one, other = old.schema.tables[name], new.schema.tables.get(name)
        if (
            other is None
            or name in dropped
            or name in new.hints.of("table")
            or name in new.hints.of("table").values()
        ):
            continue
        renamed = {new.hints.columns.get((name, key)) for key in other.columns}
        same = [
            key
            for key, column in one.columns.items()
            if other.columns.get(key) is not None
            and other.columns[key].type == column.type
            and column.type.kind != "enum"
            and column.generated is None
            and other.columns[key].generated is None
            and (name, key) not in new.hints.columns
            and (name, key) not in emptied
            and key not in renamed
        ]
        found[name] = same
    return found


def rows(connection: Any, tables: dict[Name, list[str]]) -> dict[str, Any]:
    """Return the rows of tables, and how many there are; the connection is as `insert` wants it."""
    found: dict[str, Any] = {}
    for name, columns in tables.items():
        listed = "".join(
            f', "{c.replace(chr(34), chr(34) * 2)}"::text' for c in columns
        )
        query = f"SELECT 1{listed} FROM {name.sql}"
        found[str(name)] = sorted(
            # A plan that is kept would know the columns of before.
            connection.execute(query, prepare=False).fetchall(),
            key=str,
        )
    return found
