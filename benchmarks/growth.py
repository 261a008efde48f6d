"""How time and memory of `gen-migration SPEC` grow with the size of a spec.

Each kind of spec is tried at three sizes, four times as large each. Time that grows with the size
grows by a factor of 4 at most from one to the next (the start of Python makes it less); time that
grows with its square, by 16.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from children import run
from projects import BIN

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = (1000, 4000, 16_000)
MOST = 4.5  # times as long for four times the size
BYTES = 400  # a comment, for each unit of size


def partitions(size: int) -> str:
    lines = "".join(f"      p{number}: {{in: [{number}]}}\n" for number in range(size))
    table = "  t:\n    columns: {a: bigint}\n    partition_by: {list: [a]}\n    partitions:\n"
    return f"tables:\n{table}{lines}"


def tables(size: int) -> str:
    lines = (f"  t{number}: {{columns: {{a: bigint}}}}\n" for number in range(size))
    return f"tables:\n{''.join(lines)}"


def keys(size: int) -> str:
    """Return tables, each of which refers to the one before it."""
    lines = (
        f"  t{n}: {{columns: {{id: {{type: uuid, primary_key: true}},"
        f" b: {{type: uuid, references: t{max(n - 1, 0)}.id}}}}}}\n"
        for n in range(size)
    )
    return f"tables:\n{''.join(lines)}"


def views(size: int) -> str:
    """Return views, each of which reads the one before it."""
    lines = (
        f"  v{n}: SELECT a, count(*) AS n FROM {f'v{n - 1}' if n % 100 else 't'} GROUP BY a\n"
        for n in range(size)
    )
    return f"views:\n{''.join(lines)}tables:\n  t: {{columns: {{a: bigint}}}}\n"


def triggers(size: int) -> str:
    """Return tables with a trigger each, which calls a function of its own."""
    functions = (
        f"  touch{n}(): {{returns: trigger, language: plpgsql, body: BEGIN RETURN NEW; END}}\n"
        for n in range(size)
    )
    lines = (
        f"  t{n}: {{columns: {{a: bigint}},"
        f" triggers: {{touch: before update execute touch{n}()}}}}\n"
        for n in range(size)
    )
    return f"functions:\n{''.join(functions)}tables:\n{''.join(lines)}"


def values(size: int) -> str:
    listed = ", ".join(f"v{number}" for number in range(size))
    return f"enums:\n  e: [{listed}]\n"


def comment(size: int) -> str:
    text = "x" * (BYTES * size)
    return f"tables:\n  t:\n    comment: {text}\n    columns: {{a: bigint}}\n"


KINDS: dict[str, Callable[[int], str]] = {
    "list partitions": partitions,
    "tables": tables,
    "tables with foreign keys": keys,
    "views over views": views,
    "tables with triggers": triggers,
    "values of an enum": values,
    f"a comment of {BYTES} bytes each": comment,
}


def main() -> None:
    print(f"{'':32}" + "".join(f"{size:>18,}" for size in SIZES) + "   growth")
    for name, text in KINDS.items():
        seconds: list[float] = []
        cells = []
        for size in SIZES:
            with tempfile.TemporaryDirectory() as place:
                os.environ["XDG_CACHE_HOME"] = place
                (Path(place) / "s.yaml").write_text(f"name: app\n{text(size)}", "utf-8")
                command: list[str | Path] = [
                    BIN / "gen-migration",
                    "s.yaml",
                    "--output",
                    "output",
                ]
                found = run(command, Path(place))
            seconds.append(found.seconds)
            cells.append(f"{found.seconds:8.2f} s {found.memory / 1e6:4.0f} MB")
        growth = seconds[-1] / seconds[-2]
        verdict = "ok" if growth <= MOST else "MORE THAN LINEAR"
        print(
            f"{name:32}"
            + "".join(f"{c:>18}" for c in cells)
            + f"   {growth:.1f} {verdict}"
        )


if __name__ == "__main__":
    main()
