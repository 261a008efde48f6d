"""An upgrade while the application works: what each statement of it waits for meanwhile."""

from __future__ import annotations

import contextlib
import math
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gen_migration.base.errors import Error
from gen_migration.history import offline_sql
from gen_migration.scratch import databases
from shop import generate
from workload import OLD, application

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shop import Change, Shop
    from workload import Code, Statement, Work

LIMIT = 120  # seconds for an upgrade
UPGRADE = "upgrade"
MARGIN = 0.3  # seconds that the application goes on after an upgrade
# Where the plain form scans or builds under lock, at most this share of its longest wait; a wait
# as short as NOISE may be the machine's, and counts as none.
SHARE = 1 / 10
NOISE = 0.020


@dataclass(frozen=True, slots=True)
class Measured:
    """What the application went through during one upgrade."""

    work: list[Work]
    start: float
    end: float
    failure: str = ""

    @property
    def seconds(self) -> float:
        """Return how long the upgrade took."""
        return self.end - self.start

    def during(self, *, writes: bool) -> list[float]:
        """Return how long each statement took that overlaps the upgrade or what follows it."""
        return sorted(
            one.seconds
            for one in self.statements(writes=writes)
            if one.end >= self.start and one.start <= self.end + MARGIN
        )

    def undisturbed(self) -> float:
        """Return the longest wait of a writer before the upgrade."""
        before = self.statements(writes=True)
        # The first statement of a connection reads the catalog.
        first = min((one.end for one in before), default=0) + 0.1
        return max(
            (
                one.seconds
                for one in before
                if first < one.start and one.end < self.start
            ),
            default=0,
        )

    def statements(self, *, writes: bool) -> list[Statement]:
        return [
            statement
            for one in self.work
            if one.writes is writes
            for statement in one.statements
        ]

    def longest(self, *, writes: bool = True) -> float:
        return max(self.during(writes=writes), default=math.inf)

    def high(self) -> float:
        """Return what 99.9 % of the writers' statements do not exceed."""
        found = self.during(writes=True)
        return found[int(len(found) * 0.999)] if found else math.inf

    @property
    def errors(self) -> list[str]:
        """Return what went wrong: in the application, and in the upgrade."""
        found = [text for one in self.work for text in one.errors]
        return [*found, f"upgrade: {self.failure}"] if self.failure else found


def measured(
    url: str, versions: Path, rows: int, hold: float = 0, code: Code = OLD
) -> Measured:
    """Upgrade a database while the application works, and a session may hold a lock for a time."""
    with application(url, rows, code) as running:
        with lock_held(url, hold):
            start = time.perf_counter()
            failure = upgraded(url, versions)
            end = time.perf_counter()
        time.sleep(MARGIN)
    return Measured(running.done, start, end, failure)


def side_by_side(url: str, rows: int, seconds: float, *versions: Code) -> Measured:
    """Let versions of the application work at the same time, with no upgrade."""
    with application(url, rows, *versions) as running:
        start = time.perf_counter()
        time.sleep(seconds)
        end = time.perf_counter()
    return Measured(running.done, start, end)


def upgraded(url: str, versions: Path) -> str:
    """Upgrade a database, and return the line that says why it failed, if it did."""
    watch = threading.Timer(LIMIT, give_up, [url])
    watch.start()
    try:
        offline_sql.upgrade(f"{url}&application_name={UPGRADE}", versions)
    except Error as error:
        return str(error).partition("\n")[0].replace(f"{versions}/", "")
    finally:
        watch.cancel()
    return ""


def give_up(url: str) -> None:
    """End the session of an upgrade: one that follows what is written may never come to an end."""
    with databases.connect(url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = %s",
            [UPGRADE],
        )


@contextlib.contextmanager
def ready(found: Shop, change: Change, spec: str) -> Iterator[tuple[str, Path]]:
    """Yield a database before a change, and a directory with the revisions of a spec after it."""
    with tempfile.TemporaryDirectory(prefix="gen-migration-bench-") as name:
        versions = found.history(Path(name), change)
        with found.copy(versions) as url:
            generate(spec, versions)
            yield url, versions


@contextlib.contextmanager
def lock_held(url: str, seconds: float) -> Iterator[None]:
    """Keep a lock on the orders in a session that does nothing, for a time or to the end."""
    if not seconds:
        yield
        return
    release = threading.Event()
    with databases.connect(url) as connection:
        connection.execute("BEGIN")
        connection.execute("LOCK TABLE orders IN ROW EXCLUSIVE MODE")

        def wait() -> None:
            release.wait(seconds)
            connection.execute("COMMIT")

        thread = threading.Thread(target=wait)
        thread.start()
        try:
            yield
        finally:
            release.set()
            thread.join()


def verdict(met: bool, what: str, errors: Sequence[str] = ()) -> str:
    """Return the line of a requirement, with the first errors."""
    return "; ".join((f"{'PASS' if met else 'FAIL'} {what}", *errors[:3]))


def shorter(name: str, ours: float, theirs: float) -> str:
    """Return the verdict on our longest wait beside that of the plain form, both in seconds."""
    said = f"{name}: longest wait at most {SHARE:.2f} of theirs: {ours / theirs:.3f}"
    if ours > SHARE * theirs and ours <= NOISE:
        said += f", but {ours * 1000:.1f} ms may be the machine's own"
    return verdict(ours <= max(SHARE * theirs, NOISE), said)
