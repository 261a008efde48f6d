"""`gen-migration stats`: what servers say of sizes, to whom, and what a replica knows."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import databases
import psycopg
import pytest
from click.testing import CliRunner
from environment import as_superuser
from gen_migration.cli import main
from gen_migration.postgres import urls
from gen_migration.postgres.names import Name
from gen_migration.scratch.copies import runnable
from gen_migration.scratch.databases import VERSIONS, chosen, connect, program
from gen_migration.scratch.location import account
from gen_migration.stats.load import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.testing import Result
    from gen_migration.stats.values import Stats

TABLES = """
CREATE TABLE orders (id bigint PRIMARY KEY, state text);
CREATE INDEX ix_orders_state ON orders (state);
INSERT INTO orders SELECT n, 'new' FROM generate_series(1, 20000) AS n;
CREATE TABLE events (at date) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
CREATE INDEX ix_events_at ON events (at);
INSERT INTO events SELECT '2026-05-01' FROM generate_series(1, 5000);
CREATE MATERIALIZED VIEW states AS SELECT DISTINCT state FROM orders;
CREATE TABLE alembic_version (version_num text);
"""
SPEC = """\
name: app
tables:
  orders:
    columns:
      id: {type: bigint, primary_key: true}
      state: {type: text, nullable: true}
  invoices:
    columns: {id: bigint}
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["stats", *arguments])


def sizes(done: Result) -> Stats:
    assert done.exit_code == 0, done.output
    return load(done.stdout, "stats.yaml")


@contextlib.contextmanager
def role(url: str, *granted: str) -> Iterator[str]:
    """Yield the URL of a role that has nothing but what is granted."""
    name = f"gm_stats_{secrets.token_hex(4)}"
    with connect(as_superuser(url)) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN")
        for one in granted:
            connection.execute(f"GRANT {one} TO {name}")
        try:
            yield urls.with_database(url, urls.parse(url).database, user=name)
        finally:
            connection.execute(f"DROP ROLE {name}")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_role_with_pg_monitor_alone_sees_all_of_it(
    version: int, tmp_path: Path
) -> None:
    spec, output = tmp_path / "app.yaml", tmp_path / "stats.yaml"
    spec.write_text(SPEC, encoding="utf-8")
    with databases.database(version) as url, connect(url) as connection:
        connection.execute(TABLES)
        connection.execute("VACUUM ANALYZE")
        with role(url, "pg_monitor") as reader:
            with pytest.raises(psycopg.Error), connect(reader) as other:
                other.execute("SELECT * FROM orders")
            with connection.transaction():
                connection.execute("SELECT 1")
                found = sizes(run(reader))
            done = run(reader, str(spec), "--output", str(output))
            again = run(reader, str(spec), "--output", str(output))
    assert [*map(str, found.tables)] == [
        *("public.events", "public.events_1", "public.events_2"),
        *("public.orders", "public.states"),
    ]
    orders, events = (found.tables[Name("public", one)] for one in ("orders", "events"))
    assert (orders.rows, events.rows) == (20_000, 5000)
    assert orders.size > 500_000
    assert {*orders.indexes} == {"orders_pkey", "ix_orders_state"}
    assert events.partitions == 2
    assert events.indexes["ix_events_at"].size > 0
    assert orders.writes_per_second is not None
    assert None not in (orders.seq_scans, orders.index_scans, orders.dead_rows)
    assert None not in (found.longest_transaction, found.replication_lag)
    assert found.counted_since is not None
    assert found.postgresql.startswith(f"{version}.")
    assert found.settings["max_locks_per_transaction"]
    assert (done.stdout, again.stdout) == (f"{output}\n", f"{output}\n")
    assert done.stderr == "note: not there yet: invoices\n"
    assert [*load(output.read_text(encoding="utf-8"), "").tables] == [
        ("public", "orders")
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_role_without_it_is_told_what_it_does_not_see(version: int) -> None:
    with databases.database(version) as url, connect(url) as connection:
        connection.execute(TABLES)
        with role(url) as reader:
            done = run(reader)
    found = sizes(done)
    assert found.longest_transaction is None
    assert found.tables[Name("public", "orders")].size > 500_000
    assert f"GRANT pg_monitor TO {urls.parse(reader).user}" in done.stderr


def test_a_table_that_somebody_holds_is_not_waited_for() -> None:
    with databases.database() as url, connect(url) as connection:
        connection.execute(TABLES)
        with connection.transaction():
            connection.execute("LOCK TABLE orders")
            done = run(url)
    assert done.exit_code == 2
    assert "lock timeout" in done.output
    assert "try again later" in done.output


class Cluster:
    """A server of its own, whose socket is in its directory."""

    def __init__(self, version: int, home: Path) -> None:
        self.programs, self.home = runnable(chosen(version).build), home

    def run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self.programs / program, *arguments],
            check=True,
            cwd="/",
            stdout=subprocess.DEVNULL,
            **account(),
        )

    def start(self, name: str) -> str:
        """Start the server whose data is in a directory, and return its URL."""
        options = f"-c listen_addresses= -k {self.home} -p {PORTS[name]}"
        data, log = self.home / name, self.home / f"{name}.log"
        self.run(
            "pg_ctl", "-D", str(data), "-l", str(log), "-w", "-o", options, "start"
        )
        return f"postgresql://postgres@/postgres?host={self.home}&port={PORTS[name]}"


PORTS = {"primary": 5432, "replica": 5433}


@pytest.fixture
def pair() -> Iterator[tuple[str, str]]:
    """Yield the URLs of a primary and of a replica that follows it."""
    with tempfile.TemporaryDirectory(prefix="gm-stats-") as directory:
        home = Path(directory)
        shutil.chown(home, account().get("user", os.geteuid()))
        cluster = Cluster(max(VERSIONS), home)
        with contextlib.ExitStack() as stopped:

            def started(name: str) -> str:
                url = cluster.start(name)
                words = ("pg_ctl", "-D", str(home / name), "-m", "immediate", "stop")
                stopped.callback(cluster.run, *words)
                return url

            cluster.run("initdb", "-D", str(home / "primary"), "-U", "postgres", "-N")
            primary = started("primary")
            with connect(primary) as connection:
                connection.execute(TABLES)
                connection.execute("ANALYZE")
            copy = home / "replica"
            subprocess.run(
                [
                    *(program("pg_basebackup"), "-d", primary, "-D", copy),
                    *("-R", "-c", "fast", "--no-sync"),
                ],
                check=True,
            )
            for path in (copy, *copy.rglob("*")):
                shutil.chown(path, account().get("user", os.geteuid()))
            yield primary, started("replica")


def test_a_replica_knows_sizes_and_its_primary_the_rest(pair: tuple[str, str]) -> None:
    primary, replica = pair
    alone = run(replica)
    assert "note: this is a replica: scans, writes" in alone.stderr
    found = sizes(alone)
    assert found.is_replica
    orders = found.tables[Name("public", "orders")]
    assert orders.rows == 20_000
    assert (orders.seq_scans, orders.writes_per_second) == (None, None)
    assert "scans: unknown" in alone.stdout
    assert found.longest_transaction is None
    assert found.replication_lag == 0
    both = run(replica, "--primary", primary)
    assert both.stderr == ""
    beside = sizes(both)
    assert (beside.is_replica, beside.replicas) == (True, 1)
    assert beside.tables[Name("public", "orders")].writes_per_second
    assert beside.tables[Name("public", "orders")].size == orders.size
    assert "has no effect" in run(primary, "--primary", primary).stderr
    for wrong, said in ((replica, "is a replica, too"), (None, "is no replica of")):
        with databases.database() as other:
            done = run(replica, "--primary", wrong or other)
        assert done.exit_code == 2
        assert said in done.output
