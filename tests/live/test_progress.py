"""What is said while revisions run: each step, and how far a long one is.

Nothing of it is needed for the statements to run, and nothing of it is left.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pty
import re
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import databases
import psycopg
import pytest
from busy import OLD, alembic, project_of
from crashes import until
from environment import as_superuser, clean_environment
from forks import Fork
from gen_migration.base import progress
from gen_migration.base.errors import Error
from gen_migration.history import migrate
from gen_migration.history.directory import OutputDirectory
from gen_migration.history.migrate import with_driver
from gen_migration.postgres import urls
from gen_migration.scratch import databases as scratch
from gen_migration.workflows.generate import generate
from pages import blocks, edited, page
from sqlalchemy import create_engine, pool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from environment import Environment

    Said = Callable[[], list[str]]

INDEX = OLD + "    indexes: [[team]]\n"
FILL = (
    "safety: {batch_rows: 1, batch_pause: 400ms}\n"
    + OLD
    + "      note: {type: text, backfill: x}\n"
)
BUILD = "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_users_team ON users (team)"
RUNS = " runs for "
BACKENDS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
END = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND %s
"""
THREAD = "progress"


class Shop:
    """A database with users, a directory of revisions, and what is said of them."""

    def __init__(self, url: str, path: Path, said: Said) -> None:
        self.url, self.spec, self.said = url, path / "shop.yaml", said
        self.directory = OutputDirectory(path / "output")
        self.edit(OLD)
        self.upgrade()

    def edit(self, text: str) -> None:
        self.spec.write_text(text, encoding="utf-8")
        generate(self.spec, self.directory)

    def upgrade(self) -> None:
        migrate.upgrade(self.url, self.directory)

    @contextlib.contextmanager
    def busy(self, meanwhile: Callable[[Any], object] | None = None) -> Iterator[None]:
        """Keep the build of an index waiting until it is said, and then let something happen.

        Afterwards, no thread and no connection is left that was not there.
        """
        with (
            scratch.connect(self.url) as holder,
            scratch.connect(as_superuser(self.url)) as watcher,
        ):
            before = {pid for (pid,) in watcher.execute(BACKENDS).fetchall()}
            holder.execute("SET application_name = 'report'")
            holder.execute("BEGIN")
            holder.execute("INSERT INTO users DEFAULT VALUES")

            def release() -> None:
                for _ in until(30):
                    if any(RUNS in one for one in self.said()):
                        break
                with contextlib.closing(holder):
                    if meanwhile is not None:
                        meanwhile(watcher)
                        time.sleep(1.5)  # time to look once more
                    holder.execute("COMMIT")

            def others() -> list[int]:
                found = {pid for (pid,) in watcher.execute(BACKENDS).fetchall()}
                return sorted(found - before)

            thread = threading.Thread(target=release)
            thread.start()
            try:
                yield
            finally:
                thread.join()
            threads = [one.name for one in threading.enumerate()]
            assert not [one for one in threads if THREAD in one]
            for _ in until(5):
                if not others():
                    break
            assert others() == []


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Said:
    name = "alembic.gen_migration"
    caplog.set_level(logging.INFO, name)
    return lambda: [one.getMessage() for one in caplog.records if one.name == name]


@pytest.fixture
def shop(
    database: str, tmp_path: Path, said: Said, monkeypatch: pytest.MonkeyPatch
) -> Shop:
    made = engine(database, "psycopg")
    monkeypatch.setattr(migrate, "engine_of", lambda _: made)
    return Shop(database, tmp_path, said)


def engine(url: str, kind: str) -> Any:
    """Return an engine as an env.py may make it."""
    url = with_driver(url)
    match kind:
        case "psycopg2":
            url = url.replace("+psycopg", "+psycopg2")
            return create_engine(url, poolclass=pool.NullPool)
        case "a pool of one":
            return create_engine(url, pool_size=1, max_overflow=0)
        case "a connection that env.py opened":
            opened = psycopg.connect(urls.for_libpq(url))
            return create_engine(
                "postgresql+psycopg://",
                creator=lambda: opened,
                poolclass=pool.StaticPool,
            )
    return create_engine(url, poolclass=pool.NullPool)


@pytest.mark.parametrize(
    ("kind", "version"),
    [
        ("psycopg", 18),
        ("psycopg", 16),
        ("psycopg2", 18),
        ("a pool of one", 18),
        ("a connection that env.py opened", 18),
    ],
)
def test_the_build_of_an_index(
    kind: str,
    version: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    said: Said,
) -> None:
    with databases.database(version) as url:
        shop = Shop(url, tmp_path, said)
        shop.edit(INDEX)
        made = engine(url, kind)
        monkeypatch.setattr(migrate, "engine_of", lambda _: made)
        with shop.busy():
            shop.upgrade()
            made.dispose()
    # On a slow machine, it is said more than once that it runs.
    drop, runs, *_, took = (one.partition(": ")[2] for one in said())
    assert re.fullmatch(
        r"1 of 2 took \d\.\d s: DROP INDEX CONCURRENTLY .*ix_users_team", drop
    )
    assert re.fullmatch(
        rf"2 of 2 runs for \d s: {re.escape(BUILD)}, waiting for writers before build,"
        r" held by pid \d+, gm_\w+, report, idle in transaction, 00:00:0\d old,"
        r" INSERT INTO users DEFAULT VALUES",
        runs,
    )
    assert re.fullmatch(rf"2 of 2 took \d\.\d s: {re.escape(BUILD)}", took)


def test_a_backfill(shop: Shop, said: Said) -> None:
    with scratch.connect(shop.url) as connection:
        for _ in range(6):
            connection.execute("INSERT INTO users DEFAULT VALUES")
    shop.edit(FILL)
    shop.upgrade()
    with scratch.connect(shop.url) as connection:
        assert connection.execute("SELECT DISTINCT note FROM users").fetchall() == [
            ("x",)
        ]
    told = re.compile(
        r"\w+: 1 of \d runs for \d s: UPDATE users SET note = 'x' WHERE note IS NULL,"
        r" [1-6] rows filled, [1-3] a second, 00:00:0[0-2] left"
    )
    assert any(map(told.fullmatch, said())), said()


NOBODY_LOOKS = {
    "refused": "ALTER ROLE {role} CONNECTION LIMIT 0",
    "no rights": "REVOKE SELECT ON pg_stat_activity FROM PUBLIC",
    "no rights for locks": "REVOKE SELECT ON pg_locks FROM PUBLIC",
}


@pytest.mark.parametrize("why", NOBODY_LOOKS)
def test_where_nobody_may_look(why: str, tmp_path: Path, said: Said) -> None:
    with databases.database() as url, scratch.connect(as_superuser(url)) as owner:
        shop = Shop(url, tmp_path, said)
        shop.edit(INDEX)
        role = urls.parse(url).user
        now_without = NOBODY_LOOKS[why].format(role=role)
        try:
            with (
                shop.busy(),
                progress.heard_by(lambda _: owner.execute(now_without)),
            ):
                shop.upgrade()
        finally:
            owner.execute(f"ALTER ROLE {role} CONNECTION LIMIT -1")
            owner.execute("GRANT SELECT ON pg_stat_activity, pg_locks TO PUBLIC")
    (runs,) = (one for one in said() if " runs for " in one)
    assert BUILD in runs
    assert "held by" not in runs
    assert " 2 of 2 took " in said()[-1]


def test_the_second_connection_is_lost(shop: Shop, said: Said) -> None:
    shop.edit(INDEX)
    with shop.busy(lambda watcher: watcher.execute(END % "query ~ 'pg_stat_progress'")):
        shop.upgrade()
    assert " 2 of 2 took " in said()[-1]


def test_the_first_connection_is_lost(shop: Shop) -> None:
    shop.edit(INDEX)
    with (
        shop.busy(lambda watcher: watcher.execute(END % "query ~ 'CREATE INDEX'")),
        pytest.raises(Error, match="connection"),
    ):
        shop.upgrade()


def test_ctrl_c(shop: Shop) -> None:
    shop.edit(INDEX)
    with (
        shop.busy(lambda _: os.kill(os.getpid(), signal.SIGINT)),
        pytest.raises(KeyboardInterrupt) as raised,
    ):
        shop.upgrade()
    # What Alembic's own command prints.
    said = str(raised.value.__context__)
    assert said.endswith(f": interrupted -- {BUILD} -- run the same command again")
    shop.upgrade()


def test_on_a_terminal_where_no_log_is_configured(
    database: str, tmp_path: Path
) -> None:
    """Alembic's own lines, which are for a log, do not come there."""
    project = project_of(tmp_path / "project", database)
    env = project.root / "migrations" / "env.py"
    project.edit(env, "    fileConfig(config.config_file_name)", "    pass")
    assert project.generate(spec=INDEX).status == 0
    assert alembic(project, "upgrade", "head").stderr == ""
    assert alembic(project, "downgrade", "-1").stderr == ""
    ours, theirs = pty.openpty()
    assert upgrading(project, theirs).wait().status == 0
    os.close(theirs)
    lines = os.read(ours, 10_000).decode().splitlines()
    os.close(ours)
    assert [re.sub(r"^\w+: |\d\.\d", "", one) for one in lines] == [
        "1 of 2 took  s: DROP INDEX CONCURRENTLY IF EXISTS public.ix_users_team",
        f"2 of 2 took  s: {BUILD}",
    ]


def upgrading(project: Environment, err: int) -> Fork:
    """Return a run of Alembic that says what it says to somebody."""
    command, environ = ["alembic", "upgrade", "head"], clean_environment()
    return Fork(command, project.root, environ, out=err, err=err)


# What is so for each run alone: seconds, ages, a process, a role.
VARYING = re.compile(r"[0-9.:]+ (?=s:|s |old)|pid [0-9]+, [a-z0-9_]+")


def test_the_terminal_that_a_page_shows(database: str, tmp_path: Path) -> None:
    shown = next(blocks(page("docs/how-to/watch.md"))).text
    readme = [*blocks(page("README.md"))]
    first = next(block.text for block in readme if block.language == "yaml")
    diff = [block.text for block in readme if block.language == "diff"][1]
    with scratch.connect(database) as connection:
        connection.execute("CREATE TABLE users (id uuid PRIMARY KEY)")
        connection.execute("CREATE TABLE invoices ()")
    project = project_of(tmp_path / "project", database, spec=first)
    assert project.generate(spec=edited(first, diff)).status == 0
    lines = []
    with (
        scratch.connect(database) as report,
        scratch.connect(database) as backup,
    ):
        report.execute("SET application_name = 'report'")
        report.execute("BEGIN")
        report.execute("SELECT count(*) FROM notifications WHERE status = 'unread'")
        backup.execute("SET application_name = 'backup'")
        backup.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        backup.execute("SELECT * FROM invoices")
        reading, writing = os.pipe()
        running = upgrading(project, writing)
        os.close(writing)
        with os.fdopen(reading) as stderr:
            for line in stderr:
                # A slow machine is seen to build an index of no rows.
                lines += (
                    []
                    if " index: " in line or " index validation: " in line
                    else [line]
                )
                if "is tried again" in line:
                    report.execute("ROLLBACK")
                if "waiting for old snapshots" in line:
                    backup.execute("ROLLBACK")
    assert running.wait().status == 0
    found = "".join(["$ alembic upgrade head\n", *lines[2:]])
    expected, actual = (
        VARYING.sub("", " ".join(one.split())) for one in (shown, found)
    )
    assert expected == actual, found
