"""What `present.sql` says that there is: a query that it leaves out would have found nothing.

So it is with the oracle's own (`catalog`).
"""

from __future__ import annotations

from typing import Any

import catalog
import databases
import pytest
from coverage import ROWS
from environment import as_superuser
from gen_migration.catalog import reader
from gen_migration.scratch.databases import VERSIONS
from present import present
from statements import undone, unnoticed

ALWAYS = """
schemas extensions collation_names opclasses owners grants other_grants
""".split()
# What pg_dump's own test has none of.
MORE = (
    "CREATE TABLE t (a integer); CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING;",
    "CREATE TABLE t (a integer PRIMARY KEY REFERENCES t); ALTER TABLE t DISABLE TRIGGER ALL;",
    (
        "CREATE TABLE t (a integer); CREATE INDEX i ON t ((a + 1));"
        " ALTER INDEX i ALTER COLUMN 1 SET STATISTICS 0;"
    ),
    (
        "CREATE TABLE t (a integer GENERATED ALWAYS AS IDENTITY);"
        " COMMENT ON SEQUENCE t_a_seq IS 'of t';"
    ),
    "CREATE TABLE t (a integer GENERATED ALWAYS AS IDENTITY); ALTER SEQUENCE t_a_seq SET UNLOGGED;",
    (
        "CREATE UNLOGGED TABLE t (a integer GENERATED ALWAYS AS IDENTITY);"
        " ALTER SEQUENCE t_a_seq SET LOGGED;"
    ),
    (
        "CREATE TABLE t (a integer NOT NULL); CREATE TABLE u () INHERITS (t);"
        " COMMENT ON CONSTRAINT t_a_not_null ON u IS 'of t';"
    ),
    (
        "CREATE TABLE t (a integer NOT NULL NO INHERIT); CREATE TABLE u () INHERITS (t);"
        " ALTER TABLE u ADD CONSTRAINT n NOT NULL a NOT VALID;"
    ),
    (
        "CREATE TABLE t (a integer) PARTITION BY LIST (a);"
        " ALTER TABLE t ADD CONSTRAINT n NOT NULL a NOT VALID;"
    ),
)


def told(connection: Any) -> dict[str, bool]:
    """Return what may find something, by the names of queries."""
    version = connection.info.server_version // 10_000
    cursor = connection.execute(reader.query("present", version))
    names = [one.name for one in cursor.description or ()]
    return dict(zip(names, cursor.fetchone() or (), strict=True))


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_is_asked_of_a_new_database_but_what_each_has(version: int) -> None:
    with databases.database(version) as url:
        found = told(databases.connection(as_superuser(url)))
    assert set(found) == set(reader.QUERIES) - set(ALWAYS)
    # That of `scratch.roles` makes roles there.
    assert [name for name, is_there in found.items() if is_there] == ["functions"]


ORACLE = [f"oracle: {word}" for queries in catalog.QUERIES for word in queries]


def test_each_query_is_asked_where_it_finds_something() -> None:
    """So it is in the databases of pg_dump's own test, where each finds something somewhere."""
    found: set[str] = set()
    with databases.database(18) as url:
        connection = databases.connection(as_superuser(url))
        for sql in (*(row.sql for row in ROWS), *MORE):
            with undone(connection):
                unnoticed(connection, sql)
                asked, rows = told(connection), answers(connection)
                of_oracle = {
                    word
                    for queries in catalog.QUERIES
                    for word, query in queries.items()
                    if connection.execute(query.sql).fetchall()
                }
                assert of_oracle <= present(connection, catalog.QUERIES), sql
            left_out = {key for key, is_asked in asked.items() if not is_asked}
            assert not [key for key in left_out if rows[key]], sql
            found |= {key for key in asked if rows[key]}
            found |= {f"oracle: {word}" for word in of_oracle}
    assert found >= {*asked, *ORACLE}


def answers(connection: Any) -> dict[str, list[Any]]:
    """Return what each query finds, whether it may be left out or not."""
    found: dict[str, list[Any]] = {}
    for name in reader.QUERIES:
        given = None
        if name == "types":
            given = ([23], [-1]) if found["columns"] else ([], [])
        found[name] = connection.execute(reader.query(name, 18), given).fetchall()
    return found
