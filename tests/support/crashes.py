"""Runs of Alembic that die at every statement, one after the other, until one completes.

A run takes Alembic's real way, on a connection of its own. What is left of a process that dies is
what the server makes of a connection that ends; so a run dies by that its connection ends, and
that it gets no other one and can do nothing more. To fork a process that has all of this imported
costs ten times what a run does.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import re
import secrets
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING, Any
from unittest import mock

import psycopg
from gen_migration.base import progress
from gen_migration.base.errors import Error
from gen_migration.history import migrate
from gen_migration.scratch import databases
from loaded import Loaded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from sqlalchemy import Engine

# How a run dies, at a statement or at a COMMIT:
#   before   the whole run, just before it;
#   backend  its connection, just before it, so that it fails;
#   running  its connection, while it waits: somebody holds locks on the tables and on their rows.
#            CREATE INDEX CONCURRENTLY leaves an index that no INSERT sees, DROP INDEX CONCURRENTLY
#            and DETACH PARTITION CONCURRENTLY stop half way, a DO block has committed some rows;
#   ending   its connection, while CREATE INDEX CONCURRENTLY, having built the index, waits for an
#            old snapshot before it says that the index is valid;
#   after    the whole run, right after it, before any COMMIT that follows.
# In this order at each point: what comes after the COMMIT of a revision is another revision.
MODES = ("before", "backend", "running", "ending", "after")
# What can be told apart by what is left: right after a statement or a COMMIT is just before the
# next one, or at the end, where the next run finds nothing to do.
APART = ("before", "backend", "running", "ending")
COMMIT = "COMMIT"
# What works while it runs, in which more can be left behind than before it and after it.
LONG = re.compile(r"\bCONCURRENTLY\b|\bVALIDATE\b|^\s*DO\b", re.IGNORECASE)
ENDING = re.compile(r"\bCREATE\s+(UNIQUE\s+)?INDEX\s+CONCURRENTLY\b", re.IGNORECASE)

MAX_ATTEMPTS = 2000
SECONDS = 30  # for a connection to end
HELD_SECONDS = 5  # for a statement to come to a lock, on a busy machine
POLL_SECONDS = 0.0005

AT = "SELECT array_agg(version_num ORDER BY version_num) FROM alembic_version"
END = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"
)
LEFT = "SELECT FROM pg_stat_activity WHERE application_name = %s"
STATE = """
SELECT state LIKE 'idle%%', wait_event_type = 'Lock', query_start
FROM pg_stat_activity WHERE pid = %s
"""
TABLES = """
SELECT format('%I.%I', nspname, relname), relkind = 'r'
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p') AND nspname <> 'information_schema' AND nspname !~ '^pg_'
    AND relname <> 'alembic_version' AND has_table_privilege(pg_class.oid, 'UPDATE')
ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Crash:
    """Where a run died: at its n-th statement, how, and the revisions that it started from."""

    n: int
    mode: str
    statement: str
    at: tuple[str, ...]

    def __str__(self) -> str:
        start = ", ".join(self.at) or "base"
        return f'{self.mode} statement {self.n} from {start}, "{self.statement}"'


class NotRestartableError(AssertionError):
    """A run fails that nobody disturbed; `crash` is the last one before it, if there was any.

    `statement` is the last one of the run that fails.
    """

    def __init__(self, crash: Crash | None, statement: str, error: str) -> None:
        start = f"after a crash {crash}, the next" if crash else "the first"
        super().__init__(f'{start} run fails at "{statement}": {error}')
        self.crash = crash
        self.statement = statement
        self.error = error


def run_crashing(
    url: str,
    versions: Path,
    target: str,
    *,
    down: bool = False,
    modes: Iterable[str] = MODES,
    per_migration: bool = True,
) -> list[Crash]:
    """Let runs of an upgrade (or downgrade) to `target` die, until one completes.

    Each dies at the next statement or in the next way, and starts from what the last one has
    left behind; where a revision was completed, they begin again with the first statement. So
    each statement of each revision is met in each of the modes that can happen to it. Without
    `per_migration`, the revisions share a transaction, as with the env.py that Alembic writes.
    Returns the crashes. Raises NotRestartableError where a run fails that is not to blame on
    a crash of its own.
    """
    asked = set(modes)
    assert asked, "without a mode, no run would crash"
    assert asked <= set(MODES), asked
    wanted = tuple(mode for mode in MODES if mode in asked)
    with workplace(url, versions, target, down, per_migration) as place:
        return list(crashes(place, wanted))


def crashes(place: Workplace, modes: tuple[str, ...]) -> Iterator[Crash]:
    last: Crash | None = None
    at, points = place.at(), points_of(modes)
    n, mode = points.send(None)
    for _ in range(MAX_ATTEMPTS):
        found = attempt(place, n, mode)
        place.wait_for_the_end()
        if found.statement is None:
            if found.error is not None:
                raise NotRestartableError(last, found.last, found.error)
            return
        last = Crash(n, mode, found.statement, at)
        yield last
        if (now := place.at()) != at:
            at, points = now, points_of(modes)
            n, mode = points.send(None)
        else:
            n, mode = points.send(found.statement)
    raise AssertionError(f"{MAX_ATTEMPTS} runs were not enough; the last died {last}")


def points_of(modes: tuple[str, ...]) -> Any:
    """Return a generator of points (n, mode), which is sent the statement at each point."""

    def points() -> Any:
        n = 0
        while True:
            n += 1
            statement: str | None = None
            for mode in modes:
                if statement is None or fits(mode, statement):
                    statement = yield n, mode

    return points()


def fits(mode: str, statement: str) -> bool:
    """Tell whether a mode is more for a statement than the mode `backend` would be."""
    pattern = {"running": LONG, "ending": ENDING}.get(mode)
    return pattern is None or pattern.search(statement) is not None


# What does harm to a run, and looks on.


@dataclass(slots=True)
class Workplace:
    """What the runs share: what they do, and the connections of who looks on.

    `watcher` looks on and kills, `holder` holds what others wait for, `killer` is the thread in
    which they do so while a run waits.
    """

    work: Callable[[Attempt], None]
    name: str  # the application_name of the runs
    watcher: Any
    holder: Any
    killer: ThreadPoolExecutor

    def at(self) -> tuple[str, ...]:
        """Return the revisions that the database is at."""
        if self.one("SELECT to_regclass('alembic_version') IS NULL"):
            return ()
        return tuple(self.one(AT) or ())

    def one(self, query: str) -> Any:
        # A plan that is kept would know the catalog of before.
        return self.watcher.execute(query, prepare=False).fetchone()[0]

    def wait_for_the_end(self) -> None:
        """End the connections of a dead run, as time does, and wait until they are gone.

        pg_terminate_backend could wait too, but looks once in 100 ms.
        """
        self.watcher.execute(END, [self.name])
        for _ in until(SECONDS):
            if self.watcher.execute(LEFT, [self.name]).rowcount == 0:
                return
        raise AssertionError("a connection of a dead run does not end")

    def kill(self, backend: int) -> None:
        """End a connection, and wait until it is gone."""
        self.watcher.execute("SELECT pg_terminate_backend(%s)", [backend])
        self.wait_for_the_end()

    def started(self, backend: int) -> object:
        """Return when a connection's last statement began."""
        return self.watcher.execute(STATE, [backend]).fetchone()[2]

    def kill_when_it_waits(self, backend: int, last: object) -> None:
        """End a connection once the statement after the `last` waits for a lock, or is done."""
        for _ in until(HELD_SECONDS):
            row = self.watcher.execute(STATE, [backend]).fetchone()
            if row is None:
                break
            is_idle, waits, started = row
            if started != last and (is_idle or waits):
                break
        self.kill(backend)

    def killing(self, backend: int, mode: str) -> Future[None]:
        """Hold what a statement is to wait for, and return what ends it meanwhile."""
        is_held = Event()

        def kill() -> None:
            try:
                last = self.started(backend)
                with self.held(mode):
                    is_held.set()
                    self.kill_when_it_waits(backend, last)
            finally:
                is_held.set()

        found = self.killer.submit(kill)
        is_held.wait()
        return found

    @contextlib.contextmanager
    def held(self, mode: str) -> Iterator[None]:
        """Hold locks that do not hinder a statement from starting, or a snapshot."""
        with self.holder.transaction(force_rollback=True):
            if mode == "ending":
                self.holder.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                self.holder.execute("SELECT FROM pg_class LIMIT 1")
            else:
                # What a transaction of the run has changed already, nobody else gets.
                self.holder.execute("SET LOCAL lock_timeout = '50ms'")
                with contextlib.suppress(psycopg.errors.LockNotAvailable):
                    self.hold_rows()
            yield

    def hold_rows(self) -> None:
        for name, has_rows in self.holder.execute(TABLES).fetchall():
            self.holder.execute(f"LOCK TABLE {name} IN ROW EXCLUSIVE MODE")
            if has_rows:
                # Batches go from the first row to the last one.
                last = f"SELECT FROM {name} ORDER BY ctid DESC LIMIT 1"
                self.holder.execute(f"{last} FOR UPDATE")


def until(seconds: float) -> Iterator[None]:
    """Yield now and then, for so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(POLL_SECONDS)


@contextlib.contextmanager
def workplace(
    url: str, versions: Path, target: str, down: bool, per_migration: bool
) -> Iterator[Workplace]:
    """Yield what runs need, with all of their modules imported."""
    name = f"crash_{secrets.token_hex(8)}"
    directory, engine = Loaded(versions), engine_of(url, name)
    run = migrate.downgrade if down else migrate.upgrade

    def work(one: Attempt) -> None:
        with hooked(one, per_migration, engine), progress.heard_by(one.step):
            run(url, directory, target)

    with (
        databases.connect(url) as watcher,
        databases.connect(url) as holder,
        ThreadPoolExecutor(max_workers=1) as killer,
    ):
        watcher.prepare_threshold = 0
        yield Workplace(work, name, watcher, holder, killer)


def engine_of(url: str, name: str) -> Engine:
    """Return an engine each of whose connections is a new one of that name."""
    import sqlalchemy
    from sqlalchemy import pool

    importlib.import_module("alembic.runtime.environment")
    return sqlalchemy.create_engine(
        migrate.with_driver(url),
        poolclass=pool.NullPool,
        connect_args={"application_name": name},
    )


# A run.


class Death(BaseException):
    """The run has died: none of its statements is sent any more."""


@dataclass(slots=True)
class Attempt:
    """A run that is to crash at its n-th statement, and what came of it.

    `statement` is that at which it was made to crash, `last` its last one, `error` what it raised
    where that is not to blame on a process that died.
    """

    place: Workplace
    n: int
    mode: str
    statement: str | None = None
    last: str = ""
    error: str | None = None
    count: int = 0
    is_started: bool = False
    is_dead: bool = False
    killing: Future[None] | None = None
    connections: list[Any] = field(default_factory=list)

    def step(self, _: str) -> None:
        """Note that a revision begins: from here on, look-ups are the revision's own."""
        self.is_started = True

    def before(self, statement: str, driver_connection: Any) -> None:
        if self.is_dead:
            raise Death
        self.last = statement
        if not self.is_started and statement.lstrip().upper().startswith("SELECT"):
            return
        self.count += 1
        if self.count != self.n or self.mode == "after":
            return
        self.statement = statement
        backend = driver_connection.info.backend_pid
        if self.mode == "before":
            self.die(driver_connection)
        elif self.mode == "backend" or not fits(self.mode, statement):
            self.place.kill(backend)
        else:
            self.killing = self.place.killing(backend, self.mode)

    def after(self, statement: str, driver_connection: Any) -> None:
        if self.killing is not None:
            # The statement was quicker; what it was to meet happens now.
            self.killed()
        elif self.count == self.n and self.mode == "after" and not self.is_dead:
            self.statement = statement
            self.die(driver_connection)

    def killed(self) -> None:
        """Wait until who kills has done so."""
        if self.killing is not None:
            self.killing.result()
            self.killing = None

    def die(self, driver_connection: Any) -> None:
        """End the connection as the kernel does for a process that dies, without a word."""
        self.is_dead = True
        with socket.socket(fileno=os.dup(driver_connection.pgconn.socket)) as ended:
            ended.shutdown(socket.SHUT_RDWR)
        raise Death

    def connected(self, driver_connection: Any) -> None:
        if self.is_dead:
            driver_connection.close()
            raise Death
        self.connections.append(driver_connection)


def attempt(place: Workplace, n: int, mode: str) -> Attempt:
    """Let a run go on until it dies, or completes."""
    found = Attempt(place, n, mode)
    try:
        place.work(found)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        found.killed()
        if not (found.is_dead or isinstance(error, Error)):
            if found.statement is not None:
                raise AssertionError(f"a lost connection gives {error!r}") from error
            raise
        found.error = None if found.is_dead else str(error)
    finally:
        for one in found.connections:
            one.close()
    found.killed()
    return found


@contextlib.contextmanager
def hooked(one: Attempt, per_migration: bool, engine: Engine) -> Iterator[None]:
    """Listen to the connections of a run, to its statements and to its commits.

    SQLAlchemy's event "commit" comes before the COMMIT only, and in an autocommit block as well,
    where there is none: so the dialect's function is wrapped.
    """
    from alembic.runtime.environment import EnvironmentContext
    from gen_migration.history import alembic_errors
    from psycopg.pq import TransactionStatus
    from sqlalchemy import event
    from sqlalchemy.engine.default import DefaultDialect

    commit: Any = DefaultDialect.do_commit
    configure: Any = EnvironmentContext.configure
    of_step: Any = alembic_errors.of_step

    def connected(driver_connection: Any, _: Any) -> None:
        one.connected(driver_connection)

    def before(connection: Any, _: Any, statement: str, *__: Any) -> None:
        one.before(statement, connection.connection.driver_connection)

    def after(connection: Any, _: Any, statement: str, *__: Any) -> None:
        one.after(statement, connection.connection.driver_connection)

    def committed(dialect: Any, connection: Any) -> None:
        driver_connection = connection.driver_connection
        if driver_connection.info.transaction_status == TransactionStatus.IDLE:
            commit(dialect, connection)
            return
        one.before(COMMIT, driver_connection)
        commit(dialect, connection)
        one.after(COMMIT, driver_connection)

    def configured(environment: Any, **options: Any) -> None:
        options["transaction_per_migration"] = per_migration
        configure(environment, **options)

    def told(error: BaseException, step: Any) -> BaseException:
        return error if one.is_dead else of_step(error, step)

    listeners: dict[str, Any] = {
        "connect": connected,
        "before_cursor_execute": before,
        "after_cursor_execute": after,
    }
    for name, listener in listeners.items():
        event.listen(engine, name, listener)
    try:
        with (
            mock.patch.object(DefaultDialect, "do_commit", committed),
            mock.patch.object(EnvironmentContext, "configure", configured),
            mock.patch.object(migrate, "engine_of", return_value=engine),
            mock.patch.object(alembic_errors, "of_step", told),
        ):
            yield
    finally:
        for name, listener in listeners.items():
            event.remove(engine, name, listener)
