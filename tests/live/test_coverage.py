"""Every object of pg_dump's own test: held, so that a dump comes back; or not, and why."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import databases
import pytest
from coverage import PAGE, ROWS, Row, page
from dumps import dump
from gen_migration.history import offline_sql
from gen_migration.history.drafts import first_revision
from gen_migration.scratch import subscriptions
from gen_migration.scratch.databases import connect
from gen_migration.spec.load import load
from round_trips import imported
from servers import each_nth
from statements import execute

if TYPE_CHECKING:
    from pathlib import Path

BUILT = [one for one in ROWS if one.sql]


def test_the_page_says_what_the_rows_say(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update"):
        PAGE.write_text(page(), encoding="utf-8")
    command = "pytest tests/live/test_coverage.py --update"
    assert PAGE.read_text(encoding="utf-8") == page(), f"accept with: {command}"


@pytest.mark.parametrize("row", each_nth(8, BUILT), ids=lambda row: row.what)
def test_what_is_held_comes_back(row: Row, tmp_path: Path) -> None:
    with (
        databases.database(18, is_superuser=True) as url,
        databases.database(18, is_superuser=True) as other,
    ):
        execute(url, row.sql)
        found = imported(url, "--name", "all", "--strict", "--verbose", *row.options)
        is_held = bool(row.held)
        if found.exit_code:  # something is left out
            assert not is_held, found.stderr
            return
        wanted = parts(dump(url))
        drop_subscriptions(url)
        draft = first_revision(load(found.stdout, "spec.yaml"))
        text = draft.text(draft.header)
        (tmp_path / "revision.py").write_text(text, encoding="utf-8")
        offline_sql.upgrade(other, tmp_path)
        execute(other, "DROP TABLE alembic_version")
        built = parts(dump(other))
        drop_subscriptions(other)
        assert (built == wanted) == is_held, found.stdout


def parts(text: str) -> list[str]:
    """Return the entries of a dump, whatever their order."""
    return sorted(re.split(r"\n--\n-- (?=Name: )", text))


def drop_subscriptions(url: str) -> None:
    """Drop subscriptions, which would keep a test's database."""
    with connect(url) as connection:
        subscriptions.drop(connection, url, connection.info.dbname, connect)
