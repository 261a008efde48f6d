"""Waits for locks as `alembic upgrade` meets them: tried again, or given up with who has it."""

from __future__ import annotations

import contextlib
import re
import threading
import time
from typing import TYPE_CHECKING, Any

import databases
import pytest
from alembic.runtime.environment import EnvironmentContext
from busy import COLUMN, OLD, alembic, project_of
from cases import helper
from environment import environment
from gen_migration.base.errors import Error
from gen_migration.history import offline_sql
from gen_migration.render import helpers
from gen_migration.scratch import databases as scratch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from environment import Environment

# Autocommit: NOT VALID, and its validation.
CHECK = OLD + "    checks: {ck_users_email: \"email <> ''\"}\n"
WAITING = """
SELECT FROM pg_stat_activity
WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0
"""
SHORT = "safety: {lock_timeout: 100ms, lock_retries: %d}\n"
LINES = 40  # of the helper, as ruff formats it


@pytest.fixture
def shop(tmp_path: Path, database: str) -> Environment:
    return project_of(tmp_path / "project", database)


@contextlib.contextmanager
def held(database: str, sql: str, *, seconds: float | None = None) -> Iterator[None]:
    """Hold locks of a statement: to the end, or until somebody has waited so long."""
    with scratch.connect(database) as holder, scratch.connect(database) as watcher:
        holder.execute("SET application_name = 'report'")
        holder.execute("BEGIN")
        holder.execute(sql)

        def release() -> None:
            while watcher.execute(WAITING).fetchone() is None:
                time.sleep(0.01)
            time.sleep(seconds or 0)
            holder.execute("COMMIT")

        thread = threading.Thread(target=release, daemon=True)
        if seconds is not None:
            thread.start()
        yield
        if seconds is not None:
            thread.join()


@pytest.mark.parametrize(
    ("template", "driver"),
    [("generic", "psycopg"), ("generic", "psycopg2"), ("async", "asyncpg")],
)
@pytest.mark.parametrize("spec", [COLUMN, CHECK], ids=["transaction", "autocommit"])
def test_a_lock_that_is_released_is_waited_for(
    spec: str, template: str, driver: str, tmp_path: Path, database: str
) -> None:
    project = project_of(tmp_path / "project", database, template, driver)
    assert project.generate(spec=SHORT % 4 + spec).status == 0
    with held(database, "INSERT INTO users DEFAULT VALUES", seconds=0.3):
        done = alembic(project, "upgrade", "head")
    assert done.status == 0, done
    assert re.search(
        r"INFO  \[alembic\.gen_migration\] \w{12}: 1 of [12] is tried again in \d s: ALTER TABLE"
        r" users .*ADD .*, held by pid \d+, gm_\w+, report, idle in transaction, 00:00:0\d old,"
        r" INSERT INTO users DEFAULT VALUES\n",
        done.stderr,
    )
    assert project.generate("--check", spec=SHORT % 4 + spec).status == 0


@pytest.mark.parametrize("spec", [COLUMN, CHECK], ids=["transaction", "autocommit"])
def test_a_row_of_the_catalog_that_others_change_at_once_is_tried_again(
    spec: str, shop: Environment, database: str
) -> None:
    """PostgreSQL waits for who changes it, and then gives up: "tuple concurrently updated"."""
    granted = "schemas: {public: {grants: {pg_monitor: [create]}}}\n"
    assert shop.generate(spec=spec + granted).status == 0
    with held(database, "GRANT USAGE ON SCHEMA public TO pg_monitor", seconds=0):
        done = alembic(shop, "upgrade", "head")
    assert done.status == 0, done
    assert re.search(r"\d of \d is tried again in 0 s: GRANT CREATE", done.stderr)
    with scratch.connect(database) as connection:
        acl = "SELECT nspacl::text FROM pg_namespace WHERE nspname = 'public'"
        (found,) = connection.execute(acl).fetchone() or ("",)
    assert "pg_monitor=UC/" in found


@pytest.mark.parametrize("version", scratch.VERSIONS)
@pytest.mark.parametrize("spec", [COLUMN, CHECK], ids=["transaction", "autocommit"])
def test_who_holds_a_lock_is_told(spec: str, version: int, tmp_path: Path) -> None:
    with databases.database(version) as database:
        shop = project_of(tmp_path / "project", database)
        holder_is_told(shop, database, spec)


def holder_is_told(shop: Environment, database: str, spec: str) -> None:
    assert shop.generate(spec=SHORT % 1 + spec).status == 0
    with held(database, "UPDATE users SET team = 'secret' WHERE id > 4711"):
        done = alembic(shop, "upgrade", "head")
    said = " ".join(done.stderr.split()) + " ".join(done.stdout.split())
    assert done.status != 0
    assert "Traceback" not in said
    assert re.search(r"FAILED: revision [0-9a-f]{12}: .*lock timeout", said)
    assert re.search(
        r"-- ALTER TABLE users .*ADD .* -- held by pid \d+, gm_\w+, report,", said
    )
    assert "idle in transaction, 00:00:0" in said
    assert "UPDATE users SET team = …" in said
    assert "secret" not in said
    assert "4711" not in said
    with scratch.connect(database) as connection:
        left = "SELECT FROM pg_attribute WHERE attrelid = 'users'::regclass AND attname = 'name'"
        assert connection.execute(left).fetchone() is None


def test_what_a_statement_says_is_no_sql_of_the_question_who_holds_the_lock(
    shop: Environment, database: str
) -> None:
    """A DO block is in dollar quotes, and so may a text of a spec be."""
    hostile = "$gm$, 'x'))) END); COMMIT; CREATE TABLE evil (); --"
    column = "      team_id: {type: bigint, nullable: true}\n"
    key = "    foreign_keys: [{columns: [team_id], references: users.id}]\n"
    assert shop.generate(spec=OLD + column).status == 0
    assert alembic(shop, "upgrade", "head").status == 0
    named = f'{OLD}{column}      name: {{type: text, default: "{hostile}"}}\n'
    for spec in (named, named + key):
        assert shop.generate(spec=SHORT % 0 + spec).status == 0
        with held(database, "LOCK TABLE users"):
            done = alembic(shop, "upgrade", "head")
        said = " ".join(done.stderr.split()) + " ".join(done.stdout.split())
        assert done.status != 0
        assert "lock timeout" in said
        assert "held by pid" in said
        assert "Traceback" not in said
        with scratch.connect(database) as connection:
            assert connection.execute("SELECT to_regclass('evil')").fetchone() == (
                None,
            )
        assert alembic(shop, "upgrade", "head").status == 0


TWO = """\
name: shop
tables:
  users: {columns: {id: {type: bigint, primary_key: true}%s}}
  orders: {columns: {id: {type: bigint, primary_key: true}%s}}
"""


@pytest.mark.parametrize("locked", ["users", "orders"])
def test_who_holds_a_strong_lock_does_not_wait_with_it(
    locked: str, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`orders` comes first, and is free or not; then a second wait would keep everybody out."""
    project = environment(tmp_path / "project")
    assert project.generate(spec=TWO % ("", "")).status == 0
    offline_sql.upgrade(database, project.versions)
    added = ", note: {type: text, nullable: true}"
    spec = "online: false\n" + SHORT % 2 + TWO % (added, added)
    assert project.generate(spec=spec).status == 0
    (path,) = (one for one in project.versions.glob("*.py") if "add_" in one.name)
    first = path.read_text("utf-8").partition("op.add_column(")[2].split('"')[1]
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    with (
        held(database, f"LOCK TABLE {locked} IN ACCESS SHARE MODE"),
        pytest.raises(Error, match="lock timeout"),
    ):
        offline_sql.upgrade(database, project.versions)
    assert len(waits) == (2 if locked == first else 0)


def test_settings_are_back_after_an_error(shop: Environment, database: str) -> None:
    shop.edit(
        shop.root / "migrations" / "env.py",
        "            context.run_migrations()",
        "            set_ = connection.exec_driver_sql\n"
        "            set_(\"SET lock_timeout = '7s'\")\n"
        "            try:\n"
        "                context.run_migrations()\n"
        "            finally:\n"
        "                print(set_('SHOW lock_timeout').scalar(),"
        " set_('SHOW statement_timeout').scalar())",
    )
    assert shop.generate(spec=SHORT % 0 + CHECK).status == 0
    with held(database, "INSERT INTO users DEFAULT VALUES"):
        done = alembic(shop, "upgrade", "head")
    assert done.status != 0
    assert done.stdout.split()[:2] == ["7s", "1min"]


def test_what_went_before_is_committed_first(shop: Environment, database: str) -> None:
    """With Alembic's default, one transaction for all revisions of an upgrade."""
    assert shop.generate(spec=SHORT % 0 + COLUMN).status == 0
    later = COLUMN + "      other: {type: text, nullable: true}\n"
    assert shop.generate(spec=SHORT % 0 + later).status == 0
    stop = "with at_once("
    (last,) = (one for one in shop.versions.glob("*.py") if "other" in one.name)
    shop.edit(last, stop, "raise SystemExit(3)\n    " + stop)
    text = last.read_text("utf-8")
    body = text.replace("raise SystemExit(3)\n    ", "", 1)
    last.write_text(
        body.replace(
            "        op.add_column(",
            "        raise SystemExit(3)\n        op.add_column(",
            1,
        ),
        encoding="utf-8",
    )
    assert alembic(shop, "upgrade", "head").status == 3
    with scratch.connect(database) as connection:
        found = connection.execute("SELECT name FROM users").fetchall()
    assert found == []


def test_a_transaction_of_env_py_is_refused_readably(shop: Environment) -> None:
    env = shop.root / "migrations" / "env.py"
    shop.edit(env, "with connectable.connect() as", "with connectable.begin() as")
    assert shop.generate(spec=SHORT % 2 + CHECK).status == 0
    done = alembic(shop, "upgrade", "head")
    assert done.status != 0
    assert "Traceback" not in done.stderr
    assert "use connect(), not begin(), in env.py" in " ".join(done.stderr.split())


def test_one_transaction_goes_on_in_that_of_env_py(
    shop: Environment, database: str
) -> None:
    env = shop.root / "migrations" / "env.py"
    shop.edit(env, "with connectable.connect() as", "with connectable.begin() as")
    assert shop.generate(spec=SHORT % 4 + COLUMN).status == 0
    with held(database, "INSERT INTO users DEFAULT VALUES", seconds=0.3):
        assert alembic(shop, "upgrade", "head").status == 0


def test_offline_it_only_sets_limits(shop: Environment) -> None:
    index = CHECK + "    indexes: [[team]]\n"
    assert shop.generate(spec=index).status == 0
    done = alembic(shop, "upgrade", "head", "--sql")
    sql = done.stdout
    statements = [one.strip() for one in sql.split(";")]
    (at,) = (
        n
        for n, one in enumerate(statements)
        if one.startswith("CREATE INDEX CONCURRENTLY")
    )
    limits = [one for one in statements[:at] if one.startswith("SET lock_timeout")]
    assert limits[-1] == "SET lock_timeout = '0s'"
    (at,) = (n for n, one in enumerate(statements) if "VALIDATE" in one)
    limits = [one for one in statements[:at] if one.startswith("SET lock_timeout")]
    assert limits[-1] == "SET lock_timeout = '3s'"
    assert "SAVEPOINT" not in sql
    assert "pg_locks" not in sql
    assert "gen_migration" not in done.stderr


def test_verify_tries_both_settings_of_transactions(
    shop: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure: Any = EnvironmentContext.configure
    tried = []

    def configured(environment: Any, **options: Any) -> None:
        tried.append(options["transaction_per_migration"])
        configure(environment, **options)

    monkeypatch.setattr(EnvironmentContext, "configure", configured)
    assert shop.generate("--verify", spec=CHECK).status == 0
    # The history, the upgrade, the downgrade, and the upgrade again.
    assert tried[-4:] == [True, True, True, False]


@pytest.mark.parametrize("name", helpers.NAMES)
def test_a_helper_is_short(name: str) -> None:
    assert len(helper(name).splitlines()) <= LINES
