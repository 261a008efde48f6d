"""Where the time of gen-migration goes: imports, stages of the pipeline, functions.

The three views are taken from separate runs, since each of them slows down what it looks at:
imports and functions are for comparing with each other, stages are close to the truth.
"""

from __future__ import annotations

import importlib
import json
import os
import pstats
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import schemas

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

# The functions whose time, with all that they call, is shown: where they are looked up, as the
# module that calls one has a name of its own for it. One that is gone is left out.
STAGES = (
    ("gen_migration.workflows.generate", "generate"),
    ("gen_migration.workflows.generate", "load_ahead"),
    ("gen_migration.spec.load", "read"),
    ("gen_migration.spec.load", "parse"),
    ("gen_migration.spec.shapes", "validator"),
    ("gen_migration.spec.build.spec", "build"),
    ("gen_migration.spec.build.spec", "build_bodies"),
    ("gen_migration.spec.build.spec", "build_table"),
    ("gen_migration.postgres.parser", "parse"),
    ("gen_migration.postgres.expressions", "canonical"),
    ("gen_migration.spec.build.validate", "validate"),
    ("gen_migration.plan.planner", "creation"),
    ("gen_migration.history.drafts", "revision_id"),
    ("gen_migration.history.directory", "OutputDirectory.revisions"),
    ("gen_migration.history.directory", "OutputDirectory.write"),
    ("gen_migration.history.drafts", "render"),
    ("gen_migration.render.templates", "printed"),
    ("gen_migration.render.marker", "checksum"),
    ("gen_migration.history.revision", "formatted"),
    ("gen_migration.history.directory", "write_new"),
)
HEAVIEST = 18  # lines of a list
# Not the process as it is: that ends without a word to a profiler.
PROFILED = """
import cProfile, sys
cProfile.run("from gen_migration.cli import main; main()", sys.argv.pop(1))
"""
IMPORT = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \| ( *)(\S+)")


def report(sizes: Iterable[int], runs: int) -> None:
    """Print the imports once, and for each size the stages and the functions."""
    with tempfile.TemporaryDirectory(prefix="gen-migration-profile-") as name:
        directory = Path(name)
        for position, count in enumerate(sizes):
            spec = directory / f"spec_{count}.yaml"
            spec.write_text(schemas.spec(schemas.tables(count)))
            if position == 0:
                print_imports(directory, spec, runs)
            print_stages(directory, spec, runs, count)
            print_functions(directory, spec, count)


def command(directory: Path, spec: Path) -> list[str]:
    """Return the arguments of gen-migration, with an output directory that is not there yet."""
    return [str(spec), "--output", tempfile.mkdtemp(dir=directory)]


def print_imports(directory: Path, spec: Path, runs: int) -> None:
    """Print what is imported: by package its own time, by module its time with what it needs."""
    tries = []
    for _ in range(runs):
        python = [sys.executable, "-X", "importtime", "-m", "gen_migration"]
        done = subprocess.run(
            [*python, *command(directory, spec)],
            capture_output=True,
            text=True,
            check=True,
        )
        tries.append(
            [
                (int(own), int(whole), len(indent) // 2, module)
                for own, whole, indent, module in IMPORT.findall(done.stderr)
            ]
        )
    best = min(tries, key=lambda lines: sum(own for own, *_ in lines))
    packages: Counter[str] = Counter()
    for own, _, _, module in best:
        packages[module.partition(".")[0]] += own
    print(f"Imports: {sum(packages.values()) / 1000:.0f} ms, {len(best)} modules\n")
    print("      ms  package, its own modules")
    for package, own in packages.most_common(HEAVIEST):
        print(f"{own / 1000:8.1f}  {package}")
    print("\n      ms  module, with all that it is the first to import")
    for _, whole, depth, module in sorted(best, key=lambda line: -line[1])[:40]:
        print(f"{whole / 1000:8.1f}  {'· ' * depth}{module}")


@dataclass(slots=True)
class Clock:
    """What a stage took: seconds with all that it calls, and calls."""

    seconds: float = 0.0
    calls: int = 0
    depth: int = 0


def print_stages(directory: Path, spec: Path, runs: int, count: int) -> None:
    """Print what the stages of the pipeline take, at the least."""
    tries = []
    for _ in range(runs):
        report_to = directory / "stages.json"
        subprocess.run(
            [sys.executable, __file__, str(report_to), *command(directory, spec)],
            capture_output=True,
            check=True,
        )
        tries.append(json.loads(report_to.read_text()))
    print(
        f"\nN = {count}: stages, with what they call and import (min of {runs} runs)\n"
    )
    print("      ms    calls  stage")
    for name in tries[0]:
        calls = tries[0][name][1]
        seconds = min(found[name][0] for found in tries)
        print(f"{seconds * 1000:8.1f} {calls:8}  {name}")


def timed(function: Callable[..., Any], clock: Clock) -> Callable[..., Any]:
    """Return a function that adds what it takes to a clock, once where it calls itself."""

    @wraps(function)
    def result(*args: Any, **kwargs: Any) -> Any:
        clock.calls += 1
        clock.depth += 1
        start = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            clock.depth -= 1
            if not clock.depth:
                clock.seconds += time.perf_counter() - start

    return result


def run_stages(report_to: Path, arguments: Sequence[str]) -> None:
    """Run gen-migration in this process, with a clock around each stage."""
    begun = time.perf_counter()
    clocks: dict[str, Clock] = defaultdict(Clock)
    importlib.import_module("gen_migration.cli.commands")
    clocks["import of gen_migration.cli.commands"] = Clock(
        time.perf_counter() - begun, 1
    )
    begun = time.perf_counter()
    for module, _ in STAGES:
        importlib.import_module(module)
    clocks["import of the stages"] = Clock(time.perf_counter() - begun, 1)
    for module, path in STAGES:
        *parents, name = path.split(".")
        holder: Any = importlib.import_module(module)
        for parent in parents:
            holder = getattr(holder, parent, None)
        if hasattr(holder, name):
            label = f"{module.removeprefix('gen_migration.')}: {path}"
            setattr(holder, name, timed(getattr(holder, name), clocks[label]))
    try:
        importlib.import_module("gen_migration.cli.commands").main(arguments)
    finally:
        found = {name: (clock.seconds, clock.calls) for name, clock in clocks.items()}
        report_to.write_text(json.dumps(found))


def print_functions(directory: Path, spec: Path, count: int) -> None:
    """Print cProfile's view: own time by module, then by function."""
    statistics = directory / "statistics"
    subprocess.run(
        [sys.executable, "-c", PROFILED, statistics, *command(directory, spec)],
        capture_output=True,
        check=True,
    )
    # (file, line, function): calls, all calls, own seconds, seconds with callees, callers
    rows: dict[Any, Any] = pstats.Stats(str(statistics)).stats  # type: ignore[attr-defined]
    modules: Counter[str] = Counter()
    for (file, _, _), (_, _, own, _, _) in rows.items():
        modules[module_of(file)] += own
    whole = sum(modules.values())
    print(f"\nN = {count}: cProfile, {whole * 1000:.0f} ms in all (it doubles them)\n")
    print("own ms  module")
    for module, own in modules.most_common(HEAVIEST):
        print(f"{own * 1000:6.0f}  {module}")
    print("\nown ms   all ms    calls  function")
    heaviest = sorted(rows.items(), key=lambda item: -item[1][2])[: 2 * HEAVIEST]
    for (file, line, function), (_, calls, own, with_callees, _) in heaviest:
        where = f"{module_of(file)}:{line} {function}"
        print(f"{own * 1000:6.0f} {with_callees * 1000:8.0f} {calls:8}  {where[:52]}")


def module_of(file: str) -> str:
    """Return a short name of a module: ours by its file, others by their package."""
    parts = Path(file).parts
    if "gen_migration" in parts:
        return f"gen_migration/{parts[-1]}"
    if "site-packages" in parts:
        return parts[parts.index("site-packages") + 1]
    if file == "~":
        return "built-in functions"
    return "template" if file.startswith("<template") else f"python: {parts[-1]}"


if __name__ == "__main__":
    os.environ.pop("ALEMBIC_CONFIG", None)
    run_stages(Path(sys.argv[1]), sys.argv[2:])
