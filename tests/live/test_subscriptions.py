"""Subscriptions: whose connection string is a secret, in every way out of a revision."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

import databases
import pytest
from dumps import dump
from environment import as_superuser
from gen_migration.base.errors import Error
from gen_migration.history import migrate, offline_sql
from gen_migration.history.drafts import first_revision
from gen_migration.scratch import databases as scratch
from gen_migration.scratch import subscriptions
from gen_migration.spec.load import load
from round_trips import imported
from statements import execute

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """\
name: shop
subscriptions:
  s: {connection: {env: SHOP_SOURCE}, publications: [p], comment: It.}
tables: {}
"""
BUILT = """
CREATE SUBSCRIPTION s CONNECTION 'dbname=x password=hidden' PUBLICATION q, p
    WITH (connect = false, slot_name = 'other', streaming = on, binary);
CREATE SUBSCRIPTION "T 1" CONNECTION '' PUBLICATION p WITH (connect = false, slot_name = NONE);
COMMENT ON SUBSCRIPTION s IS 'It.';
"""
IMPORTED = """\
subscriptions:
  T 1: {connection: {env: SUBSCRIPTION_T_1}, publications: [p], slot_name: none}
  s:
    connection: {env: SUBSCRIPTION_S}
    publications: [q, p]
    slot_name: other
    binary: true
    streaming: on
    comment: It.
"""
TOLD = """\
note: a secret of subscription T 1 is not written: a revision reads it from SUBSCRIPTION_T_1
note: a secret of subscription s is not written: a revision reads it from SUBSCRIPTION_S
"""
STRING = """
SELECT subname::text, subconninfo FROM pg_subscription JOIN pg_database AS d ON d.oid = subdbid
WHERE d.datname = current_database()
"""


@pytest.fixture
def revision(tmp_path: Path) -> Path:
    draft = first_revision(load(SPEC, "spec.yaml"))
    text = draft.text(draft.header)
    (tmp_path / "revision.py").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let secrets be those of the environment, as they are for `alembic upgrade`."""
    monkeypatch.setattr(migrate, "Placeholders", lambda: os.environ)


def drop_all(url: str) -> None:
    """Drop subscriptions, which would keep a test's database."""
    with scratch.connect(url) as connection:
        subscriptions.drop(connection, url, connection.info.dbname, scratch.connect)


@pytest.mark.usefixtures("_environment")
@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_the_environment_holds_the_value(
    version: int,
    revision: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    value = r"host='no where' password=it\'s:un\spoken%s"
    monkeypatch.setenv("SHOP_SOURCE", value)
    with databases.database(version) as own, caplog.at_level(logging.DEBUG):
        url = as_superuser(own)
        offline_sql.upgrade(url, revision)
        with scratch.connect(url) as connection:
            assert connection.execute(STRING).fetchall() == [("s", value)]
        offline_sql.downgrade(url, revision)
        with scratch.connect(url) as connection:
            assert connection.execute(STRING).fetchall() == []
    assert "spoken" not in caplog.text


@pytest.mark.usefixtures("_environment")
def test_no_error_says_the_value(
    database: str, revision: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = as_superuser(database)
    monkeypatch.delenv("SHOP_SOURCE", raising=False)
    with pytest.raises(Error, match="the environment variable SHOP_SOURCE is not set"):
        offline_sql.upgrade(url, revision)
    monkeypatch.setenv("SHOP_SOURCE", "hidden hidden")
    with pytest.raises(Error) as error:
        offline_sql.upgrade(url, revision)
    said = str(error.value)
    assert "42601" in said
    assert "CONNECTION '{env: SHOP_SOURCE}'" in said
    assert "hidden" not in said


def test_a_scratch_database_has_a_placeholder(database: str, revision: Path) -> None:
    url = as_superuser(database)
    offline_sql.upgrade(url, revision)
    with scratch.connect(url) as connection:
        (found,) = connection.execute(STRING).fetchall()
    assert found == ("s", "dbname=SHOP_SOURCE password=SHOP_SOURCE")
    offline_sql.downgrade(url, revision)


def test_offline_the_place_stays() -> None:
    draft = first_revision(load(SPEC, "spec.yaml"))
    sql = offline_sql.both_ways([draft.text(draft.header)], [draft.header])
    assert "CONNECTION '{env: SHOP_SOURCE}'" in sql


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_what_is_imported_builds_it_again(version: int, tmp_path: Path) -> None:
    with databases.database(version) as one, databases.database(version) as two:
        url, other = as_superuser(one), as_superuser(two)
        execute(url, BUILT)
        found = imported(url, "--name", "shop", "--strict")
        assert (found.exit_code, found.stderr) == (0, TOLD)
        assert IMPORTED in found.stdout
        assert "hidden" not in found.stdout
        wanted = dump(url)
        drop_all(url)
        draft = first_revision(load(found.stdout, "spec.yaml"))
        text = draft.text(draft.header)
        (tmp_path / "revision.py").write_text(text, encoding="utf-8")
        offline_sql.upgrade(other, tmp_path)
        execute(other, "DROP TABLE alembic_version")
        assert without_strings(dump(other)) == without_strings(wanted)
        drop_all(other)


def without_strings(text: str) -> list[str]:
    """Return the lines of a dump with no connection strings."""
    return [
        line.partition(" CONNECTION ")[0] + line.partition(" PUBLICATION ")[2]
        if line.startswith("CREATE SUBSCRIPTION ")
        else line
        for line in text.splitlines()
    ]
