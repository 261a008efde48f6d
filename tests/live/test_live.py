"""Every golden case does on PostgreSQL what its spec says: up, down without a trace, up again.

What is built is also compared, imported and filled, by the commands that do so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import databases
import pytest
from cases import Case, all_cases, name_of, spec_of
from edges import missing
from gen_migration.catalog import reader
from gen_migration.scratch import databases as scratch
from gen_migration.verify.fill.fill import fill
from gen_migration.verify.rows import differences, rows
from round_trips import (
    Built,
    build,
    comes_back,
    round_trip,
    unequal,
)
from servers import with_servers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


CASES = [
    case
    for case in all_cases()
    if "revision.py" in case.sections and "offline" not in case.sections
]
# What no row can satisfy, or not on the embedded server.
EMPTY = {
    "check/sql": {"t": "ck_t_"},  # a key of its JSON is 1 and ':b' at once
    "partition/list_by_expression": {"a_null": "no row led"},  # of a column that is not
    "trigger/all": {"app.notes": "on update"},  # its trigger is for updates alone
    "types/bits_and_bytes": {"t": "XML"},  # the server is built without it
}


# The tests of a case run one after the other, on what its revision has built once. That of the
# round trip is the last, since it takes down what the others look at.


@pytest.fixture(
    scope="module",
    params=with_servers(CASES),
    ids=lambda both: f"{both[0]}-{name_of(both[1])}",
)
def golden(request: pytest.FixtureRequest) -> tuple[int, Case]:
    version, case = request.param
    return version, case


@pytest.fixture(scope="module")
def built(
    golden: tuple[int, Case], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Built]:
    version, case = golden
    spec, before = spec_of(case), case.sections.get("before.sql", "")
    if spec.postgresql > version:
        pytest.skip(f"the spec is for PostgreSQL {spec.postgresql}")
    versions = tmp_path_factory.mktemp("versions")
    with databases.database(version) as url:
        yield build(url, spec, case.sections["revision.py"], versions, before)


def test_no_false_difference(
    built: Built, golden: tuple[int, Case], tmp_path: Path
) -> None:
    _, case = golden
    assert unequal(case.spec, built.url, built.before, tmp_path) == ""


def test_it_comes_back(built: Built, golden: tuple[int, Case], tmp_path: Path) -> None:
    if golden[0] < max(scratch.VERSIONS):
        pytest.skip("what is imported is built on the newest version")
    comes_back(built, tmp_path)


def test_13_the_graph_holds_every_edge(built: Built) -> None:
    connection = databases.connection(built.url)
    assert missing(built.spec.schema, connection) == []


def test_rows_come_in(built: Built, golden: tuple[int, Case]) -> None:
    _, case = golden
    schema = reader.read(databases.connection(built.url)).schema
    with scratch.connect(built.url) as connection:
        empty = {str(one.table): one.why for one in fill(connection, schema)}
        reasons = EMPTY.get(name_of(case), {})
        assert set(empty) == set(reasons)
        assert all(reasons[name] in why for name, why in empty.items())
        held = rows(connection, schema)
        assert set(held.tables) <= set(schema.tables)
        assert differences(held, rows(connection, schema)) == []


def test_round_trip(built: Built) -> None:
    round_trip(built)
