"""The first revision of a schema: `gen-migration` beside `alembic revision --autogenerate`.

Both are run as whole commands, one after the other and several times, on the same schema, in
three sizes. Alembic gets equivalent SQLAlchemy models and an empty database of a live embedded
PostgreSQL (whose own time counts as Alembic's, its memory does not); gen-migration gets a spec.
`--profile` shows where the time of gen-migration goes instead.
"""

from __future__ import annotations

import argparse
import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from projects import Measured, project

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SIZES = (3, 100, 1000)
# How often each command runs, by the number of tables: it takes a second or two either way.
RUNS = {3: 15, 100: 7}
FEWEST_RUNS = 3


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a size asks for: at most this share of Alembic's time, perhaps less memory too."""

    time: float
    text: str
    memory: bool = False


REQUIRED = {
    3: Requirement(0.7, "at most 0.70 of the time"),
    1000: Requirement(1 / 6, "at most 1/6 of the time, and less memory", memory=True),
}


def measure(count: int, runs: int, url: str) -> tuple[Measured, Measured]:
    """Return what gen-migration and Alembic took, run in turn."""
    with project(count, url) as found:
        pairs = [(found.run_ours(), found.run_alembic()) for _ in range(runs)]
    return Measured(tuple(a for a, _ in pairs)), Measured(tuple(b for _, b in pairs))


def same_outcome(url: str) -> bool:
    """Tell whether both revisions of three tables build the same schema; warms both up."""
    from gen_migration.history import offline_sql
    from gen_migration.scratch import databases

    with project(3, url) as found:
        found.run_ours()
        found.run_alembic()
        dumps = []
        for versions in (found.output, found.versions):
            with databases.database() as target:
                offline_sql.upgrade(target, versions)
                dumps.append(dump(databases.program("pg_dump"), target))
    return dumps[0] == dumps[1]


def dump(program: Path, url: str) -> str:
    """Return the schema of a database as SQL."""
    options = ["--schema-only", "--no-owner", "--restrict-key=bench"]
    done = subprocess.run(
        [program, *options, url], capture_output=True, text=True, check=True
    )
    return done.stdout


HEAD = """\
             gen-migration        alembic           ratio     peak memory, MB
tables runs  median     min   median     min   median   min   ours   al. ratio"""


def row(count: int, ours: Measured, alembic: Measured) -> str:
    """Return a line of the table: seconds, ratios, megabytes."""
    return (
        f"{count:6} {len(ours.runs):4} {ours.median:7.3f} {ours.least:7.3f}"
        f"  {alembic.median:7.3f} {alembic.least:7.3f}"
        f"   {ours.median / alembic.median:6.3f} {ours.least / alembic.least:5.3f}"
        f"  {ours.memory / 1e6:5.0f} {alembic.memory / 1e6:5.0f}"
        f" {ours.memory / alembic.memory:5.2f}"
    )


def verdict(count: int, ours: Measured, alembic: Measured) -> str:
    """Return a line that says what is required of a size, and whether it was met."""
    required = REQUIRED.get(count)
    if required is None:
        return f"N = {count}: nothing is required"
    met = ours.least <= required.time * alembic.least
    if required.memory:
        met = met and ours.memory < alembic.memory
    return f"N = {count}: required {required.text}: {'met' if met else 'NOT MET'}"


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--tables",
        type=int,
        nargs="+",
        default=SIZES,
        metavar="N",
        help=f"numbers of tables [default: {' '.join(map(str, SIZES))}]",
    )
    parser.add_argument("--runs", type=int, help="runs of each command [default: by N]")
    parser.add_argument(
        "--profile",
        action="store_true",
        help="show where gen-migration's time goes; no comparison",
    )
    return parser.parse_args(given)


def main() -> None:
    """Measure and print."""
    options = arguments()
    if options.profile:
        from where_time_goes import report

        report(options.tables, options.runs or FEWEST_RUNS)
        return
    # Python keeps what it compiled, as it does unless it is told otherwise.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    from gen_migration.scratch import databases

    with databases.database() as url:
        same = same_outcome(url)
        print(f"both revisions build the same schema (pg_dump, N = 3): {same}\n")
        print("Wall time in seconds; the ratios are gen-migration / alembic.")
        print(HEAD, flush=True)
        verdicts = []
        for count in options.tables:
            runs = options.runs or RUNS.get(count, FEWEST_RUNS)
            ours, alembic = measure(count, runs, url)
            print(row(count, ours, alembic), flush=True)
            verdicts.append(verdict(count, ours, alembic))
    print("", *verdicts, "(of the minima)", sep="\n")


if __name__ == "__main__":
    main()
