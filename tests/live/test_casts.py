"""The tables of casts are PostgreSQL's, and a cast that is chosen is accepted."""

from __future__ import annotations

from typing import Any

import databases
import pytest
from gen_migration.model.casts import (
    ASSIGNED,
    KEPT,
    TEXTS,
    WRITTEN,
    backward,
    conversion,
)
from gen_migration.postgres.type_names import ALIASES, BUILTIN
from gen_migration.postgres.types import parse_type
from gen_migration.scratch import databases as scratch
from servers import each_nth

ENUMS = frozenset({(None, "mood", "enum"), (None, "taste", "enum")})
SCALARS = """
smallint integer bigint numeric numeric(10,2) real;double precision;money boolean uuid date time
timetz timestamp timestamptz timestamp(3) interval inet cidr macaddr json jsonb bytea text
varchar(40) char(3) bit(3) varbit int4range daterange tsvector point mood taste oid xml
"""
TYPES = [
    name
    for part in SCALARS.split(";")
    for name in (part.split() if "double" not in part else [part.strip()])
]
ARRAYS = ["integer[]", "bigint[]", "text[]", "mood[]", "taste[]", "uuid[]"]


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_the_table_is_the_catalog(version: int) -> None:
    with databases.database(version) as url, scratch.connect(url) as connection:
        rows = connection.execute(
            "SELECT format_type(castsource, NULL), format_type(casttarget, NULL) FROM pg_cast"
            " WHERE castcontext IN ('i', 'a') AND castsource <> casttarget"
        ).fetchall()
    words = {**ALIASES, "character": "bpchar", "character varying": "varchar"}
    found: dict[str, set[str]] = {}
    for source, target in rows:
        one, other = words.get(source, source), words.get(target, target)
        if one in BUILTIN and other in BUILTIN and other not in TEXTS:
            found.setdefault(one, set()).add(other)
    assert found == {key: set(targets) for key, targets in ASSIGNED.items()}


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_casts_that_have_to_be_written_are_there(version: int) -> None:
    with databases.database(version) as url, scratch.connect(url) as connection:
        rows = connection.execute(
            "SELECT format_type(castsource, NULL), format_type(casttarget, NULL) FROM pg_cast"
            " WHERE castcontext = 'e'"
        ).fetchall()
    pairs = {(old, new) for old, targets in WRITTEN.items() for new in targets}
    assert pairs - {(ALIASES.get(a, a), ALIASES.get(b, b)) for a, b in rows} == set()
    assert pairs >= KEPT


def test_a_way_back_keeps_what_it_can(database: str) -> None:
    """A flag that became a number comes back, and a number that became a flag as 0 and 1."""
    flag, number = parse_type("boolean", ENUMS), parse_type("integer", ENUMS)
    with scratch.connect(database) as connection:
        connection.execute("CREATE TABLE t (c integer)")
        connection.execute("INSERT INTO t VALUES (0), (1), (7), (NULL)")
        for old, new in ((number, flag), (flag, number)):
            using = backward(old, new, "c")
            connection.execute(
                f"ALTER TABLE t ALTER COLUMN c TYPE {new.sql} USING {using}"
            )
        rows = connection.execute("SELECT c FROM t ORDER BY c").fetchall()
    assert rows == [(0,), (1,), (1,), (None,)]


def accepts(connection: Any, old: str, new: str, using: str | None) -> str:
    import psycopg

    clause = "" if using is None else f" USING {using}"
    try:
        connection.execute(f"""
            CREATE TABLE t (c {old});
            ALTER TABLE t ALTER COLUMN c TYPE {new}{clause};
            DROP TABLE t;
        """)
    except psycopg.Error as error:
        return str(error)
    return ""


@pytest.mark.parametrize("old", each_nth(2, TYPES + ARRAYS))
def test_each_pair_of_types(old: str, database: str) -> None:
    problems = []
    with scratch.connect(database) as connection:
        connection.execute(
            "CREATE TYPE mood AS ENUM ('a'); CREATE TYPE taste AS ENUM ('a')"
        )
        for new in TYPES + ARRAYS:
            one, other = parse_type(old, ENUMS), parse_type(new, ENUMS)
            found = conversion(one, other, "c")
            refused = accepts(connection, one.sql, other.sql, found.using)
            if bool(refused) != found.asked:
                problems.append(f"{old} to {new}: {found}: {refused}")
            back = backward(one, other, "c")
            if refused := accepts(connection, one.sql, other.sql, back):
                problems.append(f"{old} back to {new}: {refused}")
    assert problems == []
