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
import sys
from typing import TYPE_CHECKING

import two_versions
from at_work import measured, ready, shorter, upgraded, verdict
from gen_migration.scratch import databases
from shop import ADD_COLUMN, CHANGES, CREATE_INDEX, SPEC, shop

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from at_work import Measured
    from shop import Change, Shop

ROWS = 1_000_000
LOCK_TIMEOUT = 0.5
SLACK = 0.1
HELD = 3
HALF_MADE = """
SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid
UNION ALL SELECT conname::text FROM pg_constraint WHERE NOT convalidated
"""


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
    yield shorter(change.name, ours.longest(), theirs.longest())


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
        if options.only in two_versions.NAME:
            said += two_versions.verdicts(shops[SPEC])
    print("", *said, sep="\n")
    if any(one.startswith("FAIL") for one in said):
        sys.exit(1)


if __name__ == "__main__":
    main()
