"""The next revision of a schema: `gen-migration` beside Alembic, as whole commands.

Both have the same history, in an Alembic environment of their own, and Alembic a live database
at its head. Once nothing has changed (`gen-migration --check`, `alembic check`), and once one
table in a hundred has got a column (`gen-migration`, `alembic revision --autogenerate`).
gen-migration runs cold (its cache is empty) and warm. Then a history of as many revisions as
there are tables, beside `alembic heads`; and the difference alone, without any file.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from typing import TYPE_CHECKING, Any

import schemas
from children import run
from projects import BIN, Measured, Project, project

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from children import Run
    from gen_migration.model.schema import Schema

SIZES = (3, 100, 1000)
RUNS = {3: 9, 100: 5}
FEWEST_RUNS = 3
# At N = 1000, at most these shares of Alembic's time, and this many seconds.
REQUIRED = 1000
OF_AUTOGENERATE = 1 / 6
OF_HEADS = 3
DIFFERENCE = 0.1


Command = list["str | Path"]


def ours(found: Project, *options: str) -> Command:
    return [BIN / "gen-migration", found.spec, "-c", "ours.ini", *options]


def alone(found: Project) -> Command:
    """Return the command without an Alembic configuration."""
    return [BIN / "gen-migration", found.spec, "--output", found.output]


def cold() -> None:
    """Empty the cache of gen-migration."""
    shutil.rmtree(os.environ["XDG_CACHE_HOME"], ignore_errors=True)


def measured(
    found: Project, command: Sequence[str | Path], before: Callable[[], None]
) -> Run:
    """Return a run of a command; the files that it writes are gone afterwards."""
    locations = [found.versions, found.directory / "ours" / "versions", found.output]
    there = {path for one in locations for path in one.glob("*.py")}
    before()
    done = run(list(command), found.directory)
    for one in locations:
        for path in {*one.glob("*.py")} - there:
            path.unlink()
    return done


def environment(found: Project) -> None:
    """Make a second Alembic environment, whose revisions gen-migration writes."""
    text = (found.directory / "alembic.ini").read_text(encoding="utf-8")
    changed = text.replace("%(here)s/migrations", "%(here)s/ours")
    (found.directory / "ours.ini").write_text(changed, encoding="utf-8")
    shutil.copytree(found.directory / "migrations", found.directory / "ours")


def edits(count: int, runs: int, url: str) -> list[tuple[str, dict[str, Measured]]]:
    """Return what both take on a schema of this size: no change, and an edit."""
    cold()
    rows = []
    with project(count, url) as found:
        environment(found)
        run(ours(found), found.directory)
        run(alone(found), found.directory)
        run([BIN / "alembic", "revision", "--autogenerate", "-m", "1"], found.directory)
        run([BIN / "alembic", "upgrade", "head"], found.directory)
        check: Command = [BIN / "alembic", "check"]
        rows.append(compare(found, runs, "no change", ours(found, "--check"), check))
        edited = schemas.tables(count, edited=max(1, count // 100))
        found.spec.write_text(schemas.spec(edited), encoding="utf-8")
        models = found.directory / "models.py"
        models.write_text(schemas.models(edited), encoding="utf-8")
        theirs: Command = [
            BIN / "alembic",
            "revision",
            "--autogenerate",
            "-m",
            "2",
        ]
        rows.append(compare(found, runs, "edit", ours(found), theirs))
        rows.append(compare(found, runs, "edit, --output", alone(found), theirs))
    return rows


def compare(
    found: Project,
    runs: int,
    name: str,
    command: Command,
    theirs: Command,
) -> tuple[str, dict[str, Measured]]:
    """Return the runs of a task: cold, warm, and the other tool's."""

    def nothing() -> None:
        pass

    measured(found, command, nothing)  # once for the cache, once for Python's own
    measured(found, theirs, nothing)
    ways: dict[str, list[Run]] = {"warm": [], "cold": [], "alembic": []}
    for _ in range(runs):
        # What came before `warm` is what a working day brings: a run of the same command.
        ways["warm"].append(measured(found, command, nothing))
        ways["alembic"].append(measured(found, theirs, nothing))
        ways["cold"].append(measured(found, command, cold))
    return name, {way: Measured(tuple(taken)) for way, taken in ways.items()}


def long_history(
    count: int, runs: int, url: str
) -> list[tuple[str, dict[str, Measured]]]:
    """Return what both take where each table came with a revision of its own."""
    cold()
    with project(count, url) as found:
        environment(found)
        write_history(found, schemas.tables(count))
        heads: Command = [BIN / "alembic", "-c", "ours.ini", "heads"]
        rows = [
            compare(found, runs, "history, no change", ours(found, "--check"), heads)
        ]
        edited = schemas.tables(count, edited=max(1, count // 100))
        found.spec.write_text(schemas.spec(edited), encoding="utf-8")
        rows.append(compare(found, runs, "history, edit", ours(found), heads))
    return rows


def write_history(found: Project, tables: list[schemas.Table]) -> None:
    """Write a revision for each table."""
    from dataclasses import replace

    from gen_migration.diff.creation import creation
    from gen_migration.plan.link import Direction, PlannedRevision
    from gen_migration.render.checksum import checksum
    from gen_migration.render.docstring import Header
    from gen_migration.render.marker import marked
    from gen_migration.render.revision import render
    from gen_migration.spec.load import load

    whole = load(schemas.spec(tables), "spec.yaml")
    schema = whole.schema
    parent = None
    present: dict[Any, Any] = {}
    for number, (name, table) in enumerate(schema.tables.items()):
        part = replace(schema, tables={name: table})
        id_ = f"{number:012x}"
        header = Header(
            message=f"Create {name}",
            revision=id_,
            spec="benchmark",
            down_revision=parent,
        )
        link = PlannedRevision(
            upgrade=Direction(operations=tuple(creation(part, present)))
        )
        text = render(header, link, whole)
        path = found.directory / "ours" / "versions" / f"{id_}_{name.name}.py"
        path.write_text(marked(text, "benchmark", checksum(text)), encoding="utf-8")
        present[name] = table
        parent = id_


def difference_alone(count: int) -> float:
    """Return the seconds of the least of five differences after an edit, without any file."""
    from gen_migration.diff.differ import difference
    from gen_migration.model.hints import Hints
    from gen_migration.operations.origins import Origins
    from gen_migration.spec.load import load

    def schema(edited: int) -> Schema:
        text = schemas.spec(schemas.tables(count, edited=edited))
        return load(text, "spec.yaml").schema

    old, new = schema(0), schema(max(1, count // 100))
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        difference(old, new, Hints(), Origins())
        seconds.append(time.perf_counter() - start)
    return min(seconds)


HEAD = """\
                             gen-migration            Alembic   ratio of minima
tables                     warm    cold  (minima)   min  median    warm   cold"""


def row(count: int, name: str, ways: dict[str, Measured]) -> str:
    """Return a line of the table: seconds, and ratios."""
    warm, cold, theirs = (ways[way] for way in ("warm", "cold", "alembic"))
    return (
        f"{count:6} {name:18} {warm.least:6.3f}  {cold.least:6.3f}"
        f"           {theirs.least:6.3f}  {theirs.median:6.3f}"
        f"  {warm.least / theirs.least:6.3f} {cold.least / theirs.least:6.3f}"
    )


def verdict(name: str, ways: dict[str, Measured]) -> str:
    """Return a line that says what is required at this size, and whether it was met."""
    limit = OF_HEADS if name.startswith("history") else OF_AUTOGENERATE
    theirs = ways["alembic"].least
    met = {way: ways[way].least <= limit * theirs for way in ("warm", "cold")}
    said = ", ".join(
        f"{way}: {'met' if one else 'NOT MET'}" for way, one in met.items()
    )
    return f"N = {REQUIRED}, {name}: at most {limit:.2f} of Alembic's time: {said}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tables", type=int, nargs="+", default=SIZES, metavar="N")
    parser.add_argument("--runs", type=int, help="runs of each command [default: by N]")
    options = parser.parse_args()
    from gen_migration.scratch import databases

    with tempfile.TemporaryDirectory(prefix="gen-migration-cache-") as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        # Python keeps what it compiled, as it does unless it is told otherwise.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        print("Wall time in seconds.")
        print(HEAD, flush=True)
        verdicts = []
        for count in options.tables:
            runs = options.runs or RUNS.get(count, FEWEST_RUNS)
            with databases.database() as url:
                rows = edits(count, runs, url)
                if count == max(options.tables):
                    rows += long_history(count, runs, url)
            for name, ways in rows:
                print(row(count, name, ways), flush=True)
                if count == REQUIRED:
                    verdicts.append(verdict(name, ways))
        count = max(options.tables)
        seconds = difference_alone(count)
    print(f"\nthe difference alone, N = {count}: {seconds * 1000:.0f} ms")
    if count == REQUIRED:
        met = "met" if seconds <= DIFFERENCE else "NOT MET"
        verdicts.append(f"N = {REQUIRED}, difference: at most 100 ms: {met}")
    print("", *verdicts, sep="\n")


if __name__ == "__main__":
    main()
