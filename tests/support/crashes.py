"""Runs of Alembic that die at every statement, one after the other, until one completes.

A run is a forked process, with everything imported already, that takes Alembic's real way. Where
it comes to the point at which it is to crash, it tells its parent over a socket; the parent has
the connections that do harm to it and clean up after it.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import re
import secrets
import signal
import socket
import time
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, TextIO
from unittest import mock

import psycopg
from gen_migration.base.errors import Error
from gen_migration.history import migrate
from gen_migration.history.directory import OutputDirectory
from gen_migration.scratch import databases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from sqlalchemy import Engine

# How a run dies, at a statement or at a COMMIT:
#   before   the process, just before it;
#   backend  its connection, just before it, so that it fails;
#   running  its connection, while it waits: somebody holds locks on the tables and on their rows.
#            CREATE INDEX CONCURRENTLY leaves an index that no INSERT sees, DROP INDEX CONCURRENTLY
#            and DETACH PARTITION CONCURRENTLY stop half way, a DO block has committed some rows;
#   ending   its connection, while CREATE INDEX CONCURRENTLY, having built the index, waits for an
#            old snapshot before it says that the index is valid;
#   after    the process, right after it, before any COMMIT that follows.
# In this order at each point: what comes after the COMMIT of a revision is another revision.
MODES = ("before", "backend", "running", "ending", "after")
COMMIT = "COMMIT"
# What works while it runs, in which more can be left behind than before it and after it.
LONG = re.compile(r"\bCONCURRENTLY\b|\bVALIDATE\b|^\s*DO\b", re.IGNORECASE)
ENDING = re.compile(r"\bCREATE\s+(UNIQUE\s+)?INDEX\s+CONCURRENTLY\b", re.IGNORECASE)

MAX_ATTEMPTS = 2000
SECONDS = (
    30  # for a run to answer; a statement on tables of a few rows takes milliseconds
)
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
    """Run an upgrade (or downgrade) to `target` in processes that die, until one completes.

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


# The parent.


@dataclass(slots=True)
class Workplace:
    """What the runs share: what they do, and the parent's own connections.

    `watcher` looks on and kills, `holder` holds what others wait for. A child inherits them, and
    must not touch them.
    """

    work: Callable[[], None]
    name: str  # the application_name of the runs
    watcher: Any
    holder: Any

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

    @contextlib.contextmanager
    def held(self, mode: str) -> Iterator[None]:
        """Hold locks that do not hinder a statement from starting, or a snapshot."""
        with self.holder.transaction(force_rollback=True):
            if mode == "ending":
                self.holder.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                self.holder.execute("SELECT FROM pg_class LIMIT 1")
            else:
                # What a transaction of the child has changed already, nobody else gets.
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


class Loaded(OutputDirectory):
    """A directory whose revisions are imported once, for all children."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.loaded = super().environment()
        self.loaded[1].get_heads()

    def environment(self) -> tuple[Config, ScriptDirectory]:
        return self.loaded


@contextlib.contextmanager
def workplace(
    url: str, versions: Path, target: str, down: bool, per_migration: bool
) -> Iterator[Workplace]:
    """Yield what runs need, with all of their modules imported."""
    engine = warm_engine(url)
    directory = Loaded(versions)
    name = f"crash_{secrets.token_hex(8)}"
    run = migrate.downgrade if down else migrate.upgrade

    def work() -> None:
        # libpq reads it: history.migrate names no application.
        os.environ["PGAPPNAME"] = name
        with hooked(per_migration, engine):
            run(url, directory, target, HOOKS.step)

    with databases.connect(url) as watcher, databases.connect(url) as holder:
        watcher.prepare_threshold = 0
        yield Workplace(work, name, watcher, holder)


def warm_engine(url: str) -> Engine:
    """Return an engine that has been connected once, and is not any more.

    Its first connection asks the server for its version and more, and SQLAlchemy imports and
    compiles a lot with the first statements: two thirds of the time of a short run, which
    children would spend again and again.
    """
    import sqlalchemy
    from sqlalchemy import pool

    importlib.import_module("alembic.runtime.environment")
    importlib.import_module("gen_migration.history.alembic_errors")
    engine = sqlalchemy.create_engine(migrate.with_driver(url), poolclass=pool.NullPool)
    version = sqlalchemy.table("alembic_version", sqlalchemy.column("version_num"))
    with engine.connect() as connection:
        if sqlalchemy.inspect(connection).has_table(version.name):
            connection.execute(sqlalchemy.select(version.c.version_num))
        connection.execute(sqlalchemy.text("SELECT 1"))
    return engine


@dataclass(slots=True)
class Attempt:
    """What came of a run: the statement at which it was made to crash, its last one, its error."""

    statement: str | None = None
    last: str = ""
    error: str | None = None


def attempt(place: Workplace, n: int, mode: str) -> Attempt:
    """Let a child run until it dies, or completes."""
    ours, theirs = socket.socketpair()
    with warnings.catch_warnings():
        # pytest-xdist has a thread; the child uses nothing of it.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        child(place.work, theirs, n, mode)
    theirs.close()
    ours.settimeout(SECONDS)
    try:
        with ours, ours.makefile("rw", encoding="utf-8") as wire:
            return followed(place, wire, mode)
    finally:
        # It is dead already, but where an error came between.
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def followed(place: Workplace, wire: TextIO, mode: str) -> Attempt:
    """Hear what a child says, and do to it what it asks for."""
    found = Attempt()
    for line in wire:
        said = json.loads(line)
        if "survived" in said:
            # The statement was quicker; what it was to meet has happened now.
            answer(wire)
            continue
        if "statement" in said:
            found.statement = said["statement"]
            harm(place, wire, mode, said["statement"], said["backend"])
            continue
        found.last, found.error = said["last"], said["error"]
        if found.statement is not None and not said["is_ordinary"]:
            raise AssertionError(f"a lost connection gives {found.error}")
        return found
    if found.statement is None:
        raise AssertionError("a run died without a word")
    return found


def harm(
    place: Workplace, wire: TextIO, mode: str, statement: str, backend: int
) -> None:
    """End the connection of a child, in the modes that do; it waits for the answer."""
    if mode in {"before", "after"}:
        return
    if mode == "backend" or not fits(mode, statement):
        place.kill(backend)
        answer(wire)
    else:
        last = place.started(backend)
        with place.held(mode):
            answer(wire)
            place.kill_when_it_waits(backend, last)


def answer(wire: TextIO) -> None:
    wire.write("go on\n")
    wire.flush()


# The child.


def child(
    work: Callable[[], None], theirs: socket.socket, n: int, mode: str
) -> NoReturn:
    """Run, and end the process without any cleanup of the parent's."""
    try:
        # Objects of the parent's may close what they share with it when they go.
        gc.disable()
        HOOKS.arm(theirs.makefile("rw", encoding="utf-8"), n, mode)
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - the parent judges it
            ordinary = isinstance(error, Error)
            words = str(error) if ordinary else f"{type(error).__name__}: {error}"
            HOOKS.tell(error=words, is_ordinary=ordinary, last=HOOKS.last)
        else:
            HOOKS.tell(error=None, is_ordinary=True, last=HOOKS.last)
    finally:
        os._exit(1)


@dataclass(slots=True)
class Hooks:
    """Counts the statements of a child, and stops it at one of them."""

    wire: TextIO | None = None
    n: int = 0
    mode: str = ""
    count: int = 0
    last: str = ""
    started: bool = False
    fired: bool = False

    def arm(self, wire: TextIO, n: int, mode: str) -> None:
        self.wire, self.n, self.mode = wire, n, mode

    def tell(self, **message: Any) -> None:
        assert self.wire is not None
        self.wire.write(json.dumps(message) + "\n")
        self.wire.flush()

    def wait(self) -> None:
        assert self.wire is not None
        self.wire.readline()

    def step(self, _: str) -> None:
        """Note that a revision begins: from here on, look-ups are the revision's own."""
        self.started = True

    def before(self, statement: str, driver_connection: Any) -> None:
        self.last = statement
        if not self.started and statement.lstrip().upper().startswith("SELECT"):
            return
        self.count += 1
        if self.count != self.n or self.mode == "after":
            return
        self.fire(statement, driver_connection)
        if self.mode == "before":
            os._exit(1)
        self.wait()

    def after(self, statement: str, driver_connection: Any) -> None:
        if self.fired:
            self.fired = False
            self.tell(survived=True)
            self.wait()
        elif self.count == self.n and self.mode == "after":
            self.fire(statement, driver_connection)
            os._exit(1)

    def fire(self, statement: str, driver_connection: Any) -> None:
        self.fired = True
        self.tell(statement=statement, backend=driver_connection.info.backend_pid)


HOOKS = Hooks()


@contextlib.contextmanager
def hooked(per_migration: bool, engine: Engine) -> Iterator[None]:
    """Listen to the statements of a child and to its commits; only a child may use it.

    SQLAlchemy's event "commit" comes before the COMMIT only, and in an autocommit block as well,
    where there is none: so the dialect's function is wrapped.
    """
    from alembic.runtime.environment import EnvironmentContext
    from psycopg.pq import TransactionStatus
    from sqlalchemy import event
    from sqlalchemy.engine.default import DefaultDialect

    commit: Any = DefaultDialect.do_commit
    configure: Any = EnvironmentContext.configure

    def before(connection: Any, _: Any, statement: str, *__: Any) -> None:
        HOOKS.before(statement, connection.connection.driver_connection)

    def after(connection: Any, _: Any, statement: str, *__: Any) -> None:
        HOOKS.after(statement, connection.connection.driver_connection)

    def committed(dialect: Any, connection: Any) -> None:
        driver_connection = connection.driver_connection
        if driver_connection.info.transaction_status == TransactionStatus.IDLE:
            commit(dialect, connection)
            return
        HOOKS.before(COMMIT, driver_connection)
        commit(dialect, connection)
        HOOKS.after(COMMIT, driver_connection)

    def configured(environment: Any, **options: Any) -> None:
        options["transaction_per_migration"] = per_migration
        configure(environment, **options)

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    with (
        mock.patch.object(DefaultDialect, "do_commit", committed),
        mock.patch.object(EnvironmentContext, "configure", configured),
        mock.patch.object(migrate, "engine_of", return_value=engine),
    ):
        yield
