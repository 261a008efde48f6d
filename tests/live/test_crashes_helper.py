"""The helper that lets runs crash: it meets every statement, and it can fail."""

from __future__ import annotations

from collections import Counter
from textwrap import indent
from typing import TYPE_CHECKING

import databases
import pytest
from catalog import difference, facts
from crashes import (
    COMMIT,
    MODES,
    Crash,
    NotRestartableError,
    run_crashing,
    until,
)
from gen_migration.history import offline_sql
from gen_migration.scratch import databases as scratch
from servers import in_turn

if TYPE_CHECKING:
    from pathlib import Path

    from catalog import Facts

BASE = """
op.execute("CREATE TABLE t (id bigint PRIMARY KEY, a integer NOT NULL, gone text)")
op.execute("INSERT INTO t SELECT n, n, 'x' FROM generate_series(1, 500) AS n")
"""
ADD = 'op.execute("ALTER TABLE t ADD COLUMN b integer DEFAULT 7 NOT NULL")'
REMOVE = 'op.execute("ALTER TABLE t DROP COLUMN b")'
FILL = """
DO $$ BEGIN
    FOR n IN 0..4 LOOP
        UPDATE t SET gone = 'y' WHERE id > n * 100 AND id <= n * 100 + 100 AND gone <> 'y';
        COMMIT;
    END LOOP;
END $$
"""
ONLINE = f"""
with op.get_context().autocommit_block():
    op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_t_a")
    op.execute("CREATE INDEX CONCURRENTLY ix_t_a ON t (a)")
    op.execute(
        "ALTER TABLE t DROP CONSTRAINT IF EXISTS ck_t_a,"
        " ADD CONSTRAINT ck_t_a CHECK (a > 0) NOT VALID"
    )
    op.execute("ALTER TABLE t VALIDATE CONSTRAINT ck_t_a")
    op.execute({FILL!r})
"""
OFFLINE = """
with op.get_context().autocommit_block():
    op.execute("ALTER TABLE t DROP CONSTRAINT IF EXISTS ck_t_a")
    op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_t_a")
"""
DROP = 'op.execute("ALTER TABLE t DROP COLUMN gone")'
BACK = 'op.execute("ALTER TABLE t ADD COLUMN gone text")'
CHAIN = [
    (BASE, 'op.execute("DROP TABLE t")'),
    (ADD, REMOVE),
    (ONLINE, OFFLINE),
    (DROP, BACK),
]


def write(directory: Path, chain: list[tuple[str, str]]) -> Path:
    """Write the revisions r0, r1, … with these bodies of upgrade and downgrade."""
    directory.mkdir(exist_ok=True)
    for number, (up, down) in enumerate(chain):
        parent = repr(f"r{number - 1}") if number else None
        text = (
            "from alembic import op\n"
            f"revision = 'r{number}'\ndown_revision = {parent}\n"
            f"def upgrade():\n{indent(up, '    ')}\n"
            f"def downgrade():\n{indent(down, '    ')}\n"
        )
        (directory / f"r{number}.py").write_text(text, encoding="utf-8")
    return directory


def read(url: str) -> Facts:
    return facts(databases.connection(url))


def undisturbed(versions: Path, version: int) -> tuple[Facts, Facts]:
    """Return the catalogs after an upgrade, and after a downgrade to r0."""
    with databases.database(version) as url:
        offline_sql.upgrade(url, versions)
        up = read(url)
        offline_sql.downgrade(url, versions, "r0")
        return up, read(url)


def at(found: list[Crash], revision: str) -> Counter[str]:
    """Return how often runs crashed in each mode that started from a revision."""
    return Counter(one.mode for one in found if one.at == (revision,))


@pytest.mark.parametrize(
    ("version", "per_migration"), in_turn(scratch.VERSIONS, [True, False])
)
def test_every_statement_is_a_crash(
    version: int, per_migration: bool, tmp_path: Path
) -> None:
    versions = write(tmp_path, CHAIN)
    up, down = undisturbed(versions, version)
    with databases.database(version) as url:
        offline_sql.upgrade(url, versions, "r0")
        found = run_crashing(url, versions, "heads", per_migration=per_migration)
        assert difference(read(url), up) == ""
        for part in ("ADD COLUMN b", "NOT VALID", "DROP COLUMN gone"):
            modes = {one.mode for one in found if part in one.statement}
            assert modes == {"before", "backend", "after"}
        for part in ("CREATE INDEX CONC", "VALIDATE CON", "DO $$", "DROP INDEX CONC"):
            modes = {one.mode for one in found if part in one.statement}
            more = {"ending"} if part.startswith("CREATE") else set()
            assert modes == {"before", "backend", "running", "after"} | more
        assert {one.at for one in found if one.statement == COMMIT} >= {("r0",)}
        assert {one.mode for one in found} == set(MODES)
        found = run_crashing(
            url, versions, "r0", down=True, per_migration=per_migration
        )
        assert difference(read(url), down) == ""
        assert {one.mode for one in found} == {"before", "backend", "running", "after"}
        # Nothing to do is no crash.
        assert run_crashing(url, versions, "r0", down=True) == []


def autocommit(*statements: str) -> str:
    lines = [f"    op.execute({one!r})" for one in statements]
    return "\n".join(["with op.get_context().autocommit_block():", *lines])


INDEX = "CREATE INDEX ix_t_a ON t (a)"
COLUMN = "ALTER TABLE t ADD COLUMN b integer"
LAZY = "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_t_a ON t (a)"
WRONG = {
    "index": (autocommit(INDEX), INDEX, 'relation "ix_t_a" already exists'),
    "column": (
        autocommit(COLUMN, "ALTER TABLE t ADD COLUMN c integer"),
        COLUMN,
        'column "b" of relation "t" already exists',
    ),
}


@pytest.mark.parametrize("modes", [MODES, ("before",), ("after",), ("backend",)])
@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_repeated_fails(
    name: str, modes: tuple[str, ...], database: str, tmp_path: Path
) -> None:
    up, statement, words = WRONG[name]
    versions = write(tmp_path, [(BASE, "pass"), (up, "pass")])
    offline_sql.upgrade(database, versions, "r0")
    with pytest.raises(NotRestartableError) as caught:
        run_crashing(database, versions, "heads", modes=modes)
    assert words in str(caught.value)
    assert str(caught.value).startswith("after a crash ")
    assert caught.value.crash is not None
    assert caught.value.statement == statement


def test_an_index_that_is_left_invalid_shows(database: str, tmp_path: Path) -> None:
    # IF NOT EXISTS takes the left-over for the index; no run fails.
    versions = write(tmp_path, [(BASE, "pass"), (autocommit(LAZY), "pass")])
    offline_sql.upgrade(database, versions, "r0")
    run_crashing(database, versions, "heads", modes=("running",))
    with scratch.connect(database) as connection:
        query = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_t_a'::regclass"
        assert connection.execute(query).fetchone() == (False,)


def test_a_run_that_fails_without_a_crash_says_so(
    database: str, tmp_path: Path
) -> None:
    versions = write(tmp_path, [(BASE, "pass"), ('op.execute("DROP TABLE x")', "pass")])
    offline_sql.upgrade(database, versions, "r0")
    with pytest.raises(NotRestartableError, match=r"the first run fails at ") as caught:
        run_crashing(database, versions, "heads", modes=("after",))
    assert caught.value.crash is None


def test_other_connections_stay(database: str, tmp_path: Path) -> None:
    versions = write(tmp_path, CHAIN[:2])
    with scratch.connect(database) as connection:
        connected = (
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        )
        before = set(connection.execute(connected).fetchall())
        found = run_crashing(database, versions, "heads")
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (500,)
        # Who looked on has closed theirs, which the server hears of in a moment.
        for _ in until(5):
            if (there := set(connection.execute(connected).fetchall())) == before:
                break
        assert there == before
    assert at(found, "r0")["before"] == at(found, "r0")["backend"] > 2


TWICE = FILL.replace("gone = 'y'", "a = a + 1").replace(" AND gone <> 'y'", "")


def test_a_block_that_commits_is_stopped_half_way(
    database: str, tmp_path: Path
) -> None:
    # It counts what it did. The last of five batches waited for the row that is held; three whole
    # runs follow, of which two die where the version is to be written and committed.
    versions = write(tmp_path, [(BASE, "pass"), (autocommit(TWICE), "pass")])
    offline_sql.upgrade(database, versions, "r0")
    found = run_crashing(database, versions, "heads", modes=("running",))
    assert sum("DO $$" in one.statement for one in found) == 1
    with scratch.connect(database) as connection:
        query = "SELECT a - id, count(*) FROM t GROUP BY 1 ORDER BY 1"
        assert connection.execute(query).fetchall() == [(3, 100), (4, 400)]


def test_what_is_on_its_way_is_taken_back(database: str, tmp_path: Path) -> None:
    # In one transaction, nothing of a run that died is left.
    many = "\n".join(
        f'op.execute("ALTER TABLE t ADD COLUMN c{n} text")' for n in (1, 2)
    )
    versions = write(tmp_path, [(BASE, "pass"), (many, "pass")])
    offline_sql.upgrade(database, versions, "r0")
    found = run_crashing(database, versions, "heads", modes=("after",))
    assert [(one.n, one.mode, one.at) for one in found] == [
        (n, "after", ("r0",)) for n in (1, 2, 3, 4)
    ]
    assert [one.statement[:6] for one in found] == [
        "ALTER ",
        "ALTER ",
        "UPDATE",
        COMMIT,
    ]
