"""Upgrades of a busy database: our revisions beside those that one would write by hand.

For each kind of change there are two copies of a database of 1,000,000 orders on the embedded
PostgreSQL 18. Two processes write to it and one reads from it, a few hundred statements a second
each, while Alembic upgrades one copy with what `gen-migration` writes for an edit of the spec,
and the other with what it writes where the spec says `online: false`: what
`alembic revision --autogenerate`, or a hand, would write. What counts is how long the application
waits for one statement, during the upgrade and for 0.3 s after it, and each error that it gets.
Then a session keeps a lock for longer than the upgrade may wait for it.

The embedded server does not wait for a disk (`fsync` and `synchronous_commit` are off, and its
data is in memory where there is enough). So the figures are waits for locks and for the
processor: a real disk adds its time for a commit to each of them, and far more to what scans or
builds, which is the plain form's time under lock. Four processes and as many of the server share
the machine; where it has few cores, a few milliseconds of each wait are theirs, which "undisturbed"
shows: the longest wait while nothing is upgraded.

The exit status is 1 where something that is required is not met.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gen_migration.base.errors import Error
from gen_migration.history import offline_sql
from gen_migration.scratch import databases
from shop import ADD_COLUMN, CHANGES, CREATE_INDEX, SPEC, generate, shop
from workload import application

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shop import Change, Shop
    from workload import Statement, Work

ROWS = 1_000_000
LIMIT = 120  # seconds for an upgrade
UPGRADE = "upgrade"
MARGIN = 0.3  # seconds that the application goes on after an upgrade
# Where the plain form scans or builds under lock, at most this share of its longest wait; a wait
# as short as NOISE may be the machine's, and counts as none.
SHARE = 1 / 10
NOISE = 0.020
LOCK_TIMEOUT = 0.5
SLACK = 0.1
HELD = 3
HALF_MADE = """
SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid
UNION ALL SELECT conname::text FROM pg_constraint WHERE NOT convalidated
"""


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


def measured(url: str, versions: Path, rows: int, hold: float = 0) -> Measured:
    """Upgrade a database while the application works, and a session may hold a lock for a time."""
    with application(url, rows) as running:
        with lock_held(url, hold):
            start = time.perf_counter()
            failure = upgraded(url, versions)
            end = time.perf_counter()
        time.sleep(MARGIN)
    return Measured(running.done, start, end, failure)


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


def compared(found: Shop, change: Change) -> tuple[Measured, Measured]:
    """Return what our upgrade does to the application, and what the plain one does."""
    sides = []
    for spec in (change.new, change.plain):
        with ready(found, change, spec) as (url, versions):
            sides.append(measured(url, versions, found.rows))
    ours, theirs = sides
    return ours, theirs


HEAD = """\
                                upgrade, s writer longest, ms      99.9 %, ms   reader, ms errors
change                          ours plain    ours  plain  ratio   ours plain   ours plain o/t"""


def line(change: Change, ours: Measured, theirs: Measured) -> str:
    """Return a line of the table."""
    both = (ours, theirs)
    cells = [
        f"{change.name + '*' * change.slow:29}",
        "".join(f"{one.seconds:6.2f}" for one in both),
        "".join(f"{one.longest() * 1000:7.1f}" for one in both),
        f"{ours.longest() / theirs.longest():6.3f}",
        "".join(f"{one.high() * 1000:6.0f}" for one in both),
        "".join(f"{one.longest(writes=False) * 1000:6.0f}" for one in both),
        "/".join(f"{len(one.errors)}" for one in both),
    ]
    return " ".join(cells)


def verdicts(change: Change, ours: Measured, theirs: Measured) -> Iterator[str]:
    """Yield a line for each requirement, which begins with PASS or FAIL."""
    yield verdict(not ours.errors, f"{change.name}: no error", ours.errors)
    if not change.slow:
        return
    ratio = ours.longest() / theirs.longest()
    said = f"{change.name}: longest wait at most {SHARE:.2f} of theirs: {ratio:.3f}"
    if ratio > SHARE and ours.longest() <= NOISE:
        said += f", but {ours.longest() * 1000:.1f} ms may be the machine's own"
    yield verdict(ratio <= SHARE or ours.longest() <= NOISE, said)


def verdict(met: bool, what: str, errors: Sequence[str] = ()) -> str:
    return "; ".join((f"{'PASS' if met else 'FAIL'} {what}", *errors[:3]))


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


def held(found: Shop, change: Change) -> Iterator[str]:
    """Print what happens where a session keeps a lock, and yield the verdicts."""
    waits = f"lock_timeout: {LOCK_TIMEOUT * 1000:.0f}ms, lock_retries: 0"
    spec = f"safety: {{{waits}}}\n{change.new}"
    with ready(found, change, spec) as (url, versions):
        ours = measured(url, versions, found.rows, HELD)
        again = upgraded(url, versions)
        with databases.connect(url) as connection:
            left = [name for (name,) in connection.execute(HALF_MADE).fetchall()]
    with ready(found, change, change.plain) as (url, versions):
        theirs = measured(url, versions, found.rows, HELD)
    print(f"\n{change.name}, while a session keeps a lock on the table for {HELD} s:")
    for name, side in (("ours", ours), ("plain", theirs)):
        print(
            f"{name:6} {side.failure or 'completes'}\n       after {side.seconds:.2f} s;"
            f" a writer waits at most {side.longest():.2f} s"
        )
    print(f"again  {again or 'completes'}")
    errors = [text for one in ours.work for text in one.errors]
    what = f"held lock, {change.name}:"
    if change is CREATE_INDEX:
        # CONCURRENTLY waits for the transactions of others, and nobody waits for it.
        yield verdict(not ours.failure, f"{what} the upgrade waits, and completes")
    else:
        failed = "lock timeout" in ours.failure
        yield verdict(failed, f"{what} the upgrade fails, and says why")
    yield verdict(not errors, f"{what} no error in the application", errors)
    yield verdict(
        ours.longest() <= LOCK_TIMEOUT + SLACK,
        f"{what} a writer waits at most {LOCK_TIMEOUT} s, and {SLACK} s for the machine",
    )
    yield verdict(not again, f"{what} run again, the upgrade completes")
    yield verdict(not left, f"{what} nothing is left half made", left)


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=ROWS, metavar="N")
    parser.add_argument(
        "--only", default="", metavar="TEXT", help="changes with this in their name"
    )
    return parser.parse_args(given)


def main() -> None:
    """Measure and print."""
    options = arguments()
    chosen = [one for one in CHANGES if options.only in one.name]
    said: list[str] = []
    undisturbed: list[float] = []
    with contextlib.ExitStack() as stack:
        bases = dict.fromkeys([SPEC, *(one.base for one in chosen)])
        shops = {base: stack.enter_context(shop(options.rows, base)) for base in bases}
        print(
            f"{options.rows:,} orders, two writers and a reader at work\n{HEAD}",
            flush=True,
        )
        for change in chosen:
            ours, theirs = compared(shops[change.base], change)
            print(line(change, ours, theirs), flush=True)
            if theirs.errors:
                print(f"  the plain form: {theirs.errors[0]}", flush=True)
            undisturbed += [ours.undisturbed(), theirs.undisturbed()]
            said += verdicts(change, ours, theirs)
        if undisturbed:
            print("* the plain form scans the table, or builds something, under a lock")
            print(
                f"undisturbed, a writer waits at most {max(undisturbed) * 1000:.1f} ms"
            )
        if options.only in "held lock":
            for change in (ADD_COLUMN, CREATE_INDEX):
                said += held(shops[SPEC], change)
    print("", *said, sep="\n")
    if any(one.startswith("FAIL") for one in said):
        sys.exit(1)


if __name__ == "__main__":
    main()
