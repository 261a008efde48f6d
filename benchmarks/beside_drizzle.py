"""`gen-migration` beside drizzle-kit: a first revision, a run without a change, an edit.

Both are run as whole commands, in turn and several times, on the same schema: drizzle-kit on a
schema in TypeScript, gen-migration on a spec, once with `--output` and once in an Alembic
environment. What gen-migration keeps between runs is there when it runs warm; cold, as in a job of
CI, it is not. No database is needed. drizzle-kit comes from npm; without node there is no
comparison, and a line says so.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import schemas
from children import run
from next_revision import alone, cold, environment, ours
from projects import Measured, emptied, project

if TYPE_CHECKING:
    from collections.abc import Callable

    from children import Run
    from projects import Project

PLACE = Path(__file__).parent / "drizzle"
NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"
RUNS = {3: 9, 100: 5, 1000: 5}
FEWEST_RUNS = 3
# At most these shares of drizzle-kit's time, by the number of tables.
REQUIRED = {3: 0.8, 100: 0.7, 1000: 0.6}
INSTALL = "npm install --no-package-lock --no-audit --no-fund --silent --prefix".split()


def drizzle() -> list[str | Path] | None:
    """Return the command drizzle-kit, installed; None where there is no node."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    program = PLACE / "node_modules" / "drizzle-kit" / "bin.cjs"
    if not program.exists():
        subprocess.run([*INSTALL, PLACE], check=True)
    return [node, program, "generate"]


@dataclass(frozen=True, slots=True)
class Task:
    """What both are asked to do: `before` puts the revisions of both where they were."""

    name: str
    before: Callable[[], None]
    cold: bool = False


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many tables there are, how often each command runs, and what is measured."""

    tables: int
    runs: int
    processor: bool


def measure(
    found: Project, task: Task, commands: list[list[str | Path]], sizes: Sizes
) -> tuple[Measured, ...]:
    """Return what each command took."""
    taken: list[list[Run]] = [[] for _ in commands]
    for _ in range(sizes.runs + 1):
        for command, done in zip(commands, taken, strict=True):
            task.before()
            if task.cold:
                cold()
            one = run(command, found.directory)
            if sizes.processor:
                one = replace(one, seconds=one.processor)
            done.append(one)
    # The first run is for the caches of both.
    return tuple(Measured(tuple(done[1:])) for done in taken)


def tasks(found: Project, commands: list[list[str | Path]], count: int) -> list[Task]:
    """Return the tasks in their order; an edit gives one table in a hundred a column."""
    places = [found.directory / "drizzle", found.output]
    places.append(found.directory / "ours" / "versions")
    kept = found.directory / "kept"

    def nothing_there() -> None:
        for place in places:
            emptied(place)

    def keep() -> None:
        # The first revision of each: one that was measured is taken away before the next.
        nothing_there()
        for command in commands:
            run(command, found.directory)
        emptied(kept)
        for number, place in enumerate(places):
            shutil.copytree(place, kept / str(number))

    def as_kept() -> None:
        if not kept.exists():
            keep()
        for number, place in enumerate(places):
            shutil.rmtree(place)
            shutil.copytree(kept / str(number), place)

    def edited() -> None:
        write(found, schemas.tables(count, edited=max(1, count // 100)))
        as_kept()

    return [
        Task("first", nothing_there),
        Task("no change", as_kept),
        Task("no change, cold", as_kept, cold=True),
        Task("edit", edited),
        Task("edit, cold", edited, cold=True),
    ]


def write(found: Project, schema: list[schemas.Table]) -> None:
    """Write a schema, once for each of the two."""
    found.spec.write_text(schemas.spec(schema), encoding="utf-8")
    path = found.directory / "schema.ts"
    path.write_text(schemas.drizzle(schema), encoding="utf-8")


def rows(
    sizes: Sizes, theirs: list[str | Path]
) -> list[tuple[str, tuple[Measured, ...]]]:
    """Return the tasks on a schema of this size, with what each took."""
    cold()
    count = sizes.tables
    with project(count, NOWHERE) as found:
        environment(found)
        (found.directory / "node_modules").symlink_to(PLACE / "node_modules")
        (found.directory / "drizzle.config.ts").write_text(CONFIG, encoding="utf-8")
        write(found, schemas.tables(count))
        commands: list[list[str | Path]] = [
            theirs,
            [*alone(found)],
            [*ours(found)],
        ]
        every = tasks(found, commands, count)
        return [(one.name, measure(found, one, commands, sizes)) for one in every]


CONFIG = """\
import { defineConfig } from "drizzle-kit";

export default defineConfig({ dialect: "postgresql", schema: "./schema.ts", out: "./drizzle" });
"""
HEAD = """\
                          drizzle-kit     --output   environment   ratio of minima
tables                            min          min           min   output   envir."""


def row(count: int, name: str, measured: tuple[Measured, ...]) -> str:
    """Return a line of the table: seconds, and ratios."""
    theirs, output, envir = (one.least for one in measured)
    return (
        f"{count:6} {name:18} {theirs:12.3f} {output:12.3f} {envir:13.3f}"
        f"   {output / theirs:6.2f}   {envir / theirs:6.2f}"
    )


def verdict(count: int, measured: list[tuple[str, tuple[Measured, ...]]]) -> str:
    """Return a line that says what is required at this size, and what does not meet it."""
    limit = REQUIRED[count]
    missed = [
        f"{name} {way} ({one.least / theirs.least:.2f})"
        for name, (theirs, *own) in measured
        for way, one in zip(("--output", "in an environment"), own, strict=True)
        if one.least > limit * theirs.least
    ]
    said = f"NOT MET: {', '.join(missed)}" if missed else "met"
    return f"N = {count}: at most {limit} of drizzle-kit's time: {said}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    sizes = tuple(REQUIRED)
    parser.add_argument("--tables", type=int, nargs="+", default=sizes, metavar="N")
    parser.add_argument("--runs", type=int, help="runs of each command [default: by N]")
    parser.add_argument(
        "--processor",
        action="store_true",
        help="seconds of processors instead: on a machine that others use, too",
    )
    options = parser.parse_args()
    theirs = drizzle()
    if theirs is None:
        print("drizzle-kit: no comparison, since there is no node with npm here")
        return
    with tempfile.TemporaryDirectory(prefix="gen-migration-cache-") as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        # Python keeps what it compiled, as it does unless it is told otherwise.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        what = "Processor time" if options.processor else "Wall time"
        print(f"{what} in seconds.\n{HEAD}", flush=True)
        verdicts = []
        for count in options.tables:
            runs = options.runs or RUNS.get(count, FEWEST_RUNS)
            measured = rows(Sizes(count, runs, options.processor), theirs)
            for name, taken in measured:
                print(row(count, name, taken), flush=True)
            if count in REQUIRED:
                verdicts.append(verdict(count, measured))
    print("", *verdicts, "(of the minima)", sep="\n")


if __name__ == "__main__":
    main()
