"""An application at work: processes that write and read orders, and note how long each waits.

Each process sends one statement, waits for its end, pauses, and sends the next. A statement that
finds a lock in its way stands for all that would have queued behind it in the meantime.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import random
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shop import CUSTOMERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

PAUSE = 0.002
WARM = 0.5
SECONDS = 30  # after which a statement is an error
READY = 60  # for a process to connect

UPDATE = (
    "UPDATE orders SET {amount} = %(amount)s, created_at = now() WHERE id = %(old)s"
)
INSERT = """
INSERT INTO orders (id, customer_id, number, state, {amount}, note, tax, created_at)
VALUES (%(new)s, %(customer)s, %(new)s, 'open', %(amount)s, 'new', 0, now())
"""
SELECT = "SELECT state, {amount}, note FROM orders WHERE id = %(old)s"


@dataclass(frozen=True, slots=True)
class Code:
    """A version of the application: what it writes and reads, by its name of a column."""

    amount: str = "amount"

    @property
    def writers(self) -> tuple[str, ...]:
        return tuple(one.format(amount=self.amount) for one in (UPDATE, INSERT))

    @property
    def readers(self) -> tuple[str, ...]:
        return (SELECT.format(amount=self.amount),)


OLD = Code()


@dataclass(frozen=True, slots=True)
class Statement:
    """When a statement was sent, and when its end was known, on the clock of the machine."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Work:
    """What one process has done."""

    writes: bool
    statements: list[Statement]
    errors: list[str]


@dataclass(frozen=True, slots=True)
class Task:
    """What one process sends: rows up to `rows` are there, and new ones come after `first`."""

    sql: str
    writes: bool
    rows: int
    first: int


def work(pipe: Connection, url: str, task: Task) -> None:
    """Send a statement again and again, until something comes through the pipe or it closes."""
    import psycopg
    from gen_migration.scratch import databases

    # Ctrl-C ends the parent, and the pipe with it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    done = Work(task.writes, [], [])
    new = task.first
    with databases.connect(url) as connection:
        connection.execute(f"SET statement_timeout = '{SECONDS}s'")
        pipe.send(None)
        while not pipe.poll(PAUSE) and not connection.closed:
            new += 1
            values = {
                "old": random.randint(1, task.rows),  # noqa: S311 - no secret
                "new": new,
                "amount": new % 1000,
                "customer": 1 + new % CUSTOMERS,
            }
            start = time.perf_counter()
            try:
                connection.execute(task.sql, values)
            except psycopg.Error as error:
                done.errors.append(str(error).partition("\n")[0])
            done.statements.append(Statement(start, time.perf_counter()))
    pipe.send(done)


class Application:
    """Processes at work; `done` is what each of them did, once they have stopped."""

    def __init__(self, url: str, tasks: Iterable[Task]) -> None:
        self.done: list[Work] = []
        self.running: list[tuple[BaseProcess, Connection, bool]] = []
        # A fork would inherit the parent's connections.
        context = multiprocessing.get_context("spawn")
        for task in tasks:
            pipe, its_end = context.Pipe()
            process = context.Process(
                target=work, args=(its_end, url, task), daemon=True
            )
            process.start()
            its_end.close()
            self.running.append((process, pipe, task.writes))

    def warm_up(self) -> None:
        """Return when all of them have worked for a while. Raises RuntimeError."""
        for _, pipe, _ in self.running:
            if not pipe.poll(READY):
                raise RuntimeError("a process of the workload does not start")
            pipe.recv()
        time.sleep(WARM)

    def stop(self) -> None:
        """Stop them, and those by force whose statement does not return."""
        for _, pipe, _ in self.running:
            with contextlib.suppress(OSError):
                pipe.send(None)
        for process, pipe, writes in self.running:
            try:
                found = pipe.recv() if pipe.poll(SECONDS + 5) else None
            except EOFError:
                found = None
            self.done.append(found or Work(writes, [], ["a process got lost"]))
            process.terminate()
            process.join()
        self.running.clear()


@contextlib.contextmanager
def application(url: str, rows: int, *versions: Code) -> Iterator[Application]:
    """Yield versions of an application at work on a database, warm; they stop at the end."""
    from gen_migration.scratch import databases

    with databases.connect(url) as connection:
        (last,) = connection.execute("SELECT max(id) FROM orders").fetchone()
    found = Application(url, tasks(rows, last, versions or (OLD,)))
    try:
        found.warm_up()
        yield found
    finally:
        found.stop()


def tasks(rows: int, last: int, versions: Iterable[Code]) -> Iterator[Task]:
    """Yield what each process of each version does; no two insert the same row."""
    for number, code in enumerate(versions):
        for sql in code.writers:
            yield Task(sql, True, rows, last + number * rows)
        for sql in code.readers:
            yield Task(sql, False, rows, last)
