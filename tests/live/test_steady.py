"""Functions that are taken for steady are, and what differs from row to row is not."""

from __future__ import annotations

import databases
import pytest
from gen_migration.plan.forms import STEADY, is_volatile
from gen_migration.scratch import databases as scratch


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_the_catalog_says_the_same(version: int) -> None:
    with databases.database(version) as url, scratch.connect(url) as connection:
        rows = connection.execute(
            "SELECT proname, bool_or(provolatile = 'v') FROM pg_proc"
            " WHERE pronamespace = 'pg_catalog'::regnamespace GROUP BY proname"
        ).fetchall()
    volatile = dict(rows)
    assert {name: volatile.get(name) for name in STEADY} == dict.fromkeys(STEADY, False)


@pytest.mark.parametrize(
    ("default", "differs"),
    [
        ("random()", True),
        ("clock_timestamp()", True),
        ("timeofday()", True),
        ("gen_random_uuid()", True),
        ("nextval('s')", True),
        ("app.now()", True),
        ("to_char(clock_timestamp(), 'HH24')", True),
        ("now() - random() * '1 day'::interval", True),
        ("now()", False),
        ("statement_timestamp()", False),
        ("to_char(now(), 'HH24')", False),
        ("lower('A')", False),
        ("'x'::text", False),
    ],
)
def test_what_differs_from_row_to_row(default: str, differs: bool) -> None:
    assert is_volatile(default) == differs
