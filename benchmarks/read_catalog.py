"""A live database read: gen-migration's catalog reader beside SQLAlchemy's `MetaData.reflect()`.

Both read the same database of the embedded PostgreSQL through psycopg, in turn and several times,
each time in a new process with modules imported and a new connection open: first with nothing in
any cache, neither of the process nor of the server's backend, then once more. Python's garbage
collector runs for both, as it does unless it is told otherwise, or for neither, as in the command
`gen-migration`. `--profile` shows where the time of gen-migration goes instead.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SIZES = (100, 1000)
RUNS = 7
# At N = 1000, at most this share of the time of reflect(), both with the collector.
REQUIRED = 1000
SHARE = 1 / 5

THINGS = ("invoices", "payments", "shipments", "projects", "documents", "sessions")
KINDS = ("kind", "channel", "origin", "category", "priority")
STATES = ("deleted", "archived", "hidden")


def spec(count: int) -> str:
    """Return a spec with this many tables.

    Names and numbers differ from table to table, as they do in real life, so that no cache sees a
    thing twice that an application would not have twice: checks have lists of their own, of two
    to seven words; of the indexes one in three has a predicate, and one in four an expression.
    """
    return SPEC + "".join(map(table, range(count)))


def table(number: int) -> str:
    """Return a table of the spec."""
    kind, state = KINDS[number % len(KINDS)], STATES[number % len(STATES)]
    words = ["plain", *(f"{kind}_{number + one}" for one in range(1 + number % 6))]
    where = f"{state}_at IS NULL AND attempts < {number + 3}"
    return TABLE.format(
        name=name_of(number),
        parent=name_of((number - 1) // 3 if number else 0),
        number=number,
        kind=kind,
        state=state,
        words=", ".join(f"'{word}'" for word in words),
        where=f", where: {where}" if number % 3 == 0 else "",
        email="lower(email)" if number % 4 == 0 else "email",
    )


def name_of(number: int) -> str:
    return f"{THINGS[number % len(THINGS)]}_{number:04}"


SPEC = """\
name: benchmark
enums:
  state: [draft, active, closed]
tables:
"""
TABLE = """\
  {name}:
    comment: One row for each of the {name}.
    columns:
      id: {{type: bigint, primary_key: true, identity: by default}}
      parent_id: {{type: bigint, nullable: true, references: {parent}.id, on_delete: cascade}}
      email: varchar(200)
      {kind}: {{type: varchar(20), default: plain}}
      state: {{type: state, default: draft}}
      attempts: {{type: integer, default: {number}}}
      created_at: {{type: timestamptz, default: {{sql: now()}}}}
      {state}_at: {{type: timestamptz, nullable: true}}
    checks:
      ck_{name}_{kind}: {kind} IN ({words})
    indexes:
      ix_{name}_parent_id: [parent_id]
      ix_{name}_email: ['{email}']
      ix_{name}_created_at: {{columns: [created_at desc, {kind}]{where}}}
"""


@contextlib.contextmanager
def database(count: int) -> Iterator[str]:
    """Yield the URL of a database with this many tables."""
    from gen_migration.history import offline_sql
    from gen_migration.history.drafts import first_revision
    from gen_migration.scratch import databases
    from gen_migration.spec.load import load

    draft = first_revision(load(spec(count), "spec.yaml"))
    with (
        databases.database() as url,
        tempfile.TemporaryDirectory(prefix="gen-migration-bench-") as directory,
    ):
        revision = Path(directory) / "first.py"
        revision.write_text(draft.text(draft.header), encoding="utf-8")
        offline_sql.upgrade(url, Path(directory))
        with databases.connect(url) as connection:
            # Alembic's own table is none of the application's.
            connection.execute("DROP TABLE alembic_version")
            connection.execute("VACUUM ANALYZE")
        yield url


@contextlib.contextmanager
def ours(url: str) -> Iterator[Callable[[], int]]:
    """Yield what reads a database with gen-migration, and returns how many tables it has."""
    from gen_migration.catalog import reader
    from gen_migration.catalog.schema import catalog as _imported  # noqa: F401
    from gen_migration.postgres import parser

    parser.postgast()
    with reader.connection_to(url) as connection:
        yield lambda: len(reader.read(connection).schema.tables)


@contextlib.contextmanager
def theirs(url: str) -> Iterator[Callable[[], int]]:
    """Yield what reads a database with SQLAlchemy, and returns how many tables it has."""
    import sqlalchemy as sa

    def read() -> int:
        metadata = sa.MetaData()
        metadata.reflect(connection)
        return len(metadata.tables)

    driver = url.replace("postgresql://", "postgresql+psycopg://", 1)
    with sa.create_engine(driver).connect() as connection:
        yield read


READERS = {"ours": ours, "theirs": theirs}


@dataclass(frozen=True, slots=True)
class Reading:
    """The seconds of two readings, one after the other in a process."""

    cold: float
    warm: float


def child(name: str, url: str, collector: str) -> None:
    """Print the number of tables, and the seconds of the first reading and of the second."""
    import gc

    if collector == "off":
        gc.disable()
    seconds = []
    with READERS[name](url) as read:
        for _ in range(2):
            start = time.perf_counter()
            count = read()
            seconds.append(time.perf_counter() - start)
    print(json.dumps([count, *seconds]))


def reading(name: str, count: int, url: str, collector: str) -> Reading:
    """Measure in a process of its own. Raises RuntimeError when tables are missing."""
    command = [sys.executable, __file__, "--child", name, url, collector]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found, *seconds = json.loads(done.stdout)
    if found != count:
        raise RuntimeError(f"{name}: {found} tables in place of {count}")
    return Reading(*seconds)


HEAD = """\
                         gen-migration       reflect()           ratio of cold
tables runs collector    cold    warm      cold    warm    minima medians"""


def compare(count: int, runs: int, url: str, collector: str) -> tuple[str, float]:
    """Return a line of the table, and the ratio of the least times of cold readings."""
    pairs = [
        [reading(name, count, url, collector) for name in READERS] for _ in range(runs)
    ]
    mine, other = zip(*pairs, strict=True)
    ratio = min(one.cold for one in mine) / min(one.cold for one in other)
    medians = median(one.cold for one in mine) / median(one.cold for one in other)
    times = "   ".join(
        f"{min(one.cold for one in found):7.3f} {min(one.warm for one in found):7.3f}"
        for found in (mine, other)
    )
    line = f"{count:6} {runs:4} {collector:>9} {times}   {ratio:7.3f} {medians:7.3f}"
    return line, ratio


def profile(url: str) -> None:
    """Print which functions of the reader take longest."""
    import cProfile
    import pstats

    with ours(url) as read:
        profiler = cProfile.Profile()
        profiler.runcall(read)
    pstats.Stats(profiler).sort_stats("tottime").print_stats(30)


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tables", type=int, nargs="+", default=SIZES, metavar="N")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    return parser.parse_args(given)


def main() -> None:
    """Measure and print."""
    options = arguments()
    if options.child:
        child(*options.child)
        return
    if not options.profile:
        print("Seconds to read a database, the least of all runs.")
        print(HEAD, flush=True)
    verdicts = []
    for count in options.tables:
        with database(count) as url:
            if options.profile:
                profile(url)
                continue
            for collector in ("on", "off"):
                line, ratio = compare(count, options.runs, url, collector)
                print(line, flush=True)
                if count == REQUIRED and collector == "on":
                    met = "met" if ratio <= SHARE else "NOT MET"
                    verdicts.append(
                        f"N = {count}: required at most {SHARE:.2f} of the time: {met}"
                    )
    print("", *verdicts, sep="\n")


if __name__ == "__main__":
    main()
