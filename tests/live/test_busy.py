"""An edit of tables that are in use, as its users meet it: a chain, a lock, rows in the way."""

from __future__ import annotations

import re
import threading
import time
from typing import TYPE_CHECKING

import psycopg
import pytest
from busy import COLUMN, OLD
from cases import without_helpers
from environment import Done, Environment, environment, forked, refused
from gen_migration.base.errors import Error
from gen_migration.history import offline_sql
from gen_migration.history.directory import OutputDirectory
from gen_migration.postgres.settings import milliseconds
from gen_migration.scratch import databases
from gen_migration.workflows.generate import generate

if TYPE_CHECKING:
    from pathlib import Path

INDEX = OLD + "    indexes: {ix_users_team: [team]}\n"
UNIQUE = OLD + "    uniques: {uq_users_email: [email]}\n"
CHAIN = (
    OLD.replace("      team: {type: text, nullable: true}\n", "")
    + "      name: {type: text, default: x}\n    indexes: {ix_users_name: [name]}\n"
)
MANY = "INSERT INTO users (email, team) SELECT 'a', 't' FROM generate_series(1, 5)"


@pytest.fixture
def shop(tmp_path: Path, database: str) -> Environment:
    """Return a project whose database has the old tables, with rows."""
    project = environment(tmp_path / "project")
    url = database.replace("postgresql://", "postgresql+psycopg://")
    given = "sqlalchemy.url = driver://user:pass@localhost/dbname"
    project.edit(project.ini, given, f"sqlalchemy.url = {url.replace('%', '%%')}")
    assert project.generate(spec=OLD).status == 0
    assert alembic(project, "upgrade", "head").status == 0
    with databases.connect(database) as connection:
        connection.execute(MANY)
    return project


def alembic(project: Environment, *arguments: str) -> Done:
    return forked(["alembic", *arguments], project.root)


def paths(done: Done) -> list[str]:
    assert done.status == 0, done
    return done.stdout.splitlines()


def parts(project: Environment, done: Done) -> list[str]:
    """Return how the files of an edit are numbered."""
    texts = [(project.root / one).read_text("utf-8") for one in paths(done)]
    return [found[1] for text in texts for found in re.finditer(r" part=(\S+)", text)]


def test_a_chain_is_one_edit(shop: Environment, database: str) -> None:
    allow = "--allow-data-loss"
    check = shop.generate("--check", spec=CHAIN)
    assert check.status == 1
    assert check.stdout.splitlines() == [
        "add column name to table users",
        "drop column team of table users",
        "create index ix_users_name on table users",
    ]
    dry = shop.generate("--dry-run", allow, spec=CHAIN)
    sql = shop.generate("--sql", allow, spec=CHAIN)
    up, _, down = sql.stdout.partition("-- downgrade\n")
    order = ["ADD COLUMN name", "CREATE INDEX CONCURRENTLY", "DROP COLUMN team"]
    assert sorted(order, key=up.index) == order
    order = ["ADD COLUMN team", "DROP INDEX CONCURRENTLY", "DROP COLUMN name"]
    assert sorted(order, key=down.index) == order
    done = shop.generate(allow, spec=CHAIN)
    assert parts(shop, done) == ["1/3", "2/3", "3/3"]
    texts = [(shop.root / one).read_text("utf-8") for one in paths(done)]
    assert dry.stdout == "\n\n".join(texts)
    assert ["Part 2 of 3 of one edit" in text for text in texts] == [False, True, False]
    assert shop.generate("--check", spec=CHAIN).status == 0
    offline = shop.alembic("upgrade", "--sql", "head")
    assert "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_users_name" in offline
    assert alembic(shop, "upgrade", "head").status == 0
    assert alembic(shop, "downgrade", "-3").status == 0
    with databases.connect(database) as connection:
        assert connection.execute("SELECT count(team) FROM users").fetchone() == (0,)


def test_amend_takes_a_chain_as_one(shop: Environment) -> None:
    first = paths(shop.generate(spec=INDEX))
    grown = shop.generate("--amend", "--allow-data-loss", spec=CHAIN)
    assert parts(shop, grown) == ["1/3", "2/3", "3/3"]
    (was,), (now, *_) = first, paths(grown)
    assert now.partition("_")[0] == was.partition("_")[0]
    assert not (shop.root / was).exists()  # it says something else by now
    files = shop.files()
    assert len(files) == 4
    edited = shop.root / paths(grown)[1]
    text = edited.read_text("utf-8")
    shop.edit(edited, '"ix_users_name"', '"ix_by_hand"')
    refused(shop.generate("--amend", spec=INDEX), "was edited by hand")
    edited.write_text(text, encoding="utf-8")
    fewer = shop.generate("--amend", spec=INDEX)
    assert paths(fewer) == first
    assert len(shop.files()) == 2
    assert shop.generate("--check", spec=INDEX).status == 0
    refused(shop.generate("--amend", spec=OLD), "back to where it was")
    assert shop.generate("--amend", "--force", spec=OLD).status == 0
    assert len(shop.files()) == 1


def test_one_that_cannot_be_written_leaves_none(shop: Environment) -> None:
    before = shop.files()
    (shop.versions / "taken").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        from gen_migration.history.alembic_plain import PlainDirectory

        write = PlainDirectory.write
        written: list[object] = []

        def once(self: PlainDirectory, draft: object) -> Path:
            if written:
                raise Error("the disk is full")
            written.append(draft)
            return write(self, draft)  # type: ignore[arg-type]

        patch.setattr(PlainDirectory, "write", once)
        refused(shop.generate("--allow-data-loss", spec=CHAIN), "the disk is full")
    assert written
    assert shop.files() == before


def test_rows_in_the_way_are_named_and_the_rest_follows(
    shop: Environment, database: str
) -> None:
    (path,) = paths(shop.generate(spec=UNIQUE))
    failed = alembic(shop, "upgrade", "head")
    assert failed.status != 0
    said = " ".join((failed.stdout + failed.stderr).split())
    query = re.search(r"find the rows: (SELECT .+? > 1)", said)
    assert query is not None, said
    assert f"revision {path.rpartition('/')[2].partition('_')[0]}" in said
    with databases.connect(database) as connection:
        assert connection.execute(query[1]).fetchall() == [("a", 5)]
        connection.execute("UPDATE users SET email = id::text")
    assert alembic(shop, "upgrade", "head").status == 0
    with databases.connect(database) as connection:
        left = "SELECT count(*) FROM pg_index WHERE NOT indisvalid"
        assert connection.execute(left).fetchone() == (0,)


def test_a_lock_that_is_held_stops_the_upgrade(
    shop: Environment, database: str
) -> None:
    safety = "safety: {lock_timeout: 200ms, lock_retries: 0}\n"
    assert shop.generate(spec=safety + COLUMN).status == 0
    with databases.connect(database) as connection, connection.transaction():
        connection.execute("UPDATE users SET team = 'u'")
        with pytest.raises(Error, match="lock timeout") as caught:
            offline_sql.upgrade(database, shop.versions)
    assert "holds a lock" in caught.value.hint
    offline_sql.upgrade(database, shop.versions)


@pytest.mark.parametrize("spec", [COLUMN, INDEX], ids=["transaction", "autocommit"])
def test_settings_are_as_before(spec: str, shop: Environment) -> None:
    """Also those that an env.py has made, and for what runs in the same transaction."""
    env = shop.root / "migrations" / "env.py"
    shop.edit(
        env,
        "            context.run_migrations()",
        "            set_ = connection.exec_driver_sql\n"
        "            set_(\"SET lock_timeout = '7s'\")\n"
        "            context.run_migrations()\n"
        "            print(set_('SHOW lock_timeout').scalar(),"
        " set_('SHOW statement_timeout').scalar())",
    )
    assert shop.generate(spec=spec).status == 0
    done = alembic(shop, "upgrade", "head")
    assert done.status == 0, done
    assert done.stdout.split() == ["7s", "1min"]


def test_a_backfill_goes_in_batches_and_says_what_it_does(
    shop: Environment, database: str
) -> None:
    safety = "safety: {batch_rows: 2, batch_pause: 1ms}\n"
    column = "      name: {type: text, backfill: {sql: email || id}}\n"
    (_, path) = paths(shop.generate(spec=safety + OLD + column))
    done = alembic(shop, "upgrade", "head")
    assert done.status == 0, done
    assert re.search(
        r"INFO  \[alembic\.gen_migration\] \w{12}: 1 of \d took 0\.\d s: UPDATE users SET name ="
        r" email \|\| id WHERE name IS NULL\n",
        done.stderr,
    )
    # One way is enough; without Alembic, psql shows what the block itself says.
    assert "[sqlalchemy." not in done.stderr
    assert "pg_sleep(0.001)" in (shop.root / path).read_text("utf-8")
    with databases.connect(database) as connection:
        transactions = "SELECT count(DISTINCT xmin::text) FROM users"
        assert connection.execute(transactions).fetchone() == (3,)


WRITE = "INSERT INTO users (id, email) OVERRIDING SYSTEM VALUE VALUES (%s, 'b')"


@pytest.mark.parametrize("postgresql", [14, 18])
def test_a_backfill_beside_old_code_that_writes(
    postgresql: int, shop: Environment, database: str
) -> None:
    """Rows before the first batch and between batches, until NOT NULL refuses them."""
    head = f"postgresql: {postgresql}\nsafety: {{batch_rows: 1, batch_pause: 10ms}}\n"
    column = "      name: {type: text, backfill: {sql: email || id}}\n"
    assert shop.generate(spec=head + OLD + column).status == 0
    written: list[int] = []

    def write() -> None:
        with databases.connect(database) as connection:
            try:
                for number in range(1, 100_000):
                    connection.execute(WRITE, [-number])
                    written.append(number)
                    time.sleep(0.002)  # each row is a batch of the last fill
            except (psycopg.errors.NotNullViolation, psycopg.errors.CheckViolation):
                return

    writer = threading.Thread(target=write)
    writer.start()
    offline_sql.upgrade(database, shop.versions)
    writer.join()
    with databases.connect(database) as connection:
        wrong = "SELECT count(*) FROM users WHERE name IS DISTINCT FROM email || id"
        assert connection.execute(wrong).fetchone() == (0,)
        every = connection.execute("SELECT count(*) FROM users").fetchone()
    assert written
    assert every == (5 + len(written),)


VIEW = """
revision = "view"
down_revision = "{}"
def upgrade(): op.execute("CREATE VIEW v AS SELECT team FROM users")
def downgrade(): op.execute("DROP VIEW v")
from alembic import op
"""


def test_a_view_may_stand_on_what_changes(shop: Environment, database: str) -> None:
    """Its revision is read, and not run: a spec knows no views."""
    typed = OLD.replace("team: {type: text", "team: {type: varchar(9)")
    (first,) = [one.stem.partition("_")[0] for one in shop.versions.glob("*.py")]
    (shop.versions / "view.py").write_text(VIEW.format(first), encoding="utf-8")
    kept = shop.generate("--dry-run", spec=INDEX)
    assert "views or functions" not in kept.stderr
    done = shop.generate("--allow-data-loss", spec=typed)
    assert "1 revision by hand creates views or functions" in done.stderr, done
    assert "--verify looks" in done.stderr
    with pytest.raises(Error, match="used by a view or rule") as caught:
        offline_sql.upgrade(database, shop.versions)
    assert "in a revision of your own before this one" in caught.value.hint


def test_not_online_is_one_transaction(shop: Environment) -> None:
    (path,) = paths(shop.generate("--allow-data-loss", spec=CHAIN + "online: false\n"))
    text = without_helpers((shop.root / path).read_text("utf-8"))
    assert "CONCURRENTLY" not in text
    assert "one_by_one" not in text
    assert "op.create_index(" in text


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("safety: {lock_timeout: 3}", "expected text"),
        ("safety: {lock_timeout: soon}", "Such as `3s`"),
        ("safety: {batch_rows: 0}", "write a number from 1 to 1000000"),
        ("safety: {batch_rows: 2000000}", "write a number from 1 to 1000000"),
        ("safety: {lock: 3s}", 'unknown key "lock"'),
        ("online: maybe", "expected true or false"),
    ],
)
def test_what_is_wrong_is_said(given: str, words: str, shop: Environment) -> None:
    refused(shop.generate(spec=f"{OLD}{given}\n"), "shop.yaml:8:", words)


def test_durations() -> None:
    assert list(map(milliseconds, ("0s", "500ms", "3s", "2min", "1h"))) == [
        0,
        500,
        3000,
        120_000,
        3_600_000,
    ]
    with pytest.raises(ValueError, match="soon"):
        milliseconds("soon")


EVENTS = """\
name: shop
tables:
  users: {columns: {id: {type: bigint, primary_key: true}}}
  events:
    columns: {id: bigint, kind: text}
    partition_by: {range: [id]}
    partitions:
      events_1: {from: 0, to: 10}
"""
UNKNOWN = """
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (10) TO (20);
INSERT INTO events SELECT n, 'a' FROM generate_series(0, 19) AS n
"""
PARTS = """
SELECT indrelid::regclass::text, count(*), bool_and(indisvalid)
FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
WHERE relname LIKE 'events%' GROUP BY 1 ORDER BY 1
"""


@pytest.mark.parametrize(
    "edit", ["    indexes: [[kind]]\n", "    uniques: [[kind, id]]\n"]
)
def test_partitions_that_the_spec_does_not_know_have_a_part_too(
    edit: str, database: str, tmp_path: Path
) -> None:
    path, output = tmp_path / "shop.yaml", tmp_path / "output"
    path.write_text(EVENTS, encoding="utf-8")
    first = generate(path, OutputDirectory(output))
    offline_sql.upgrade(database, output)
    with databases.connect(database) as connection:
        connection.execute(UNKNOWN)
    path.write_text(EVENTS + edit, encoding="utf-8")
    generate(path, OutputDirectory(output))
    offline_sql.upgrade(database, output)
    with databases.connect(database) as connection:
        found = connection.execute(PARTS).fetchall()
    names = ("events", "events_1", "events_2")
    assert found == [(name, 1, True) for name in names]
    offline_sql.downgrade(database, output, first.revisions[0])
    with databases.connect(database) as connection:
        assert connection.execute(PARTS).fetchall() == []
