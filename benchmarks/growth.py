"""How time and memory of `gen-migration` grow with the size of a spec.

Each kind of spec is tried at three sizes, four times as large each, and so is each kind of edit, by
the number of its changes, and what is written about a spec, by the number of its tables. Time that
grows with the size grows by a factor of 4 at most from one to the next (the start of Python makes
it less); time that grows with its square, by 16.
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

    from children import Run

SIZES = (1000, 4000, 16_000)
CHANGES = (60, 250, 1000)  # sizes of what is edited
PAGES = (100, 400, 1600)  # tables of what is written about
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


def used(size: int) -> str:
    """Return tables with a view, a policy and a trigger each, which read the column `a`."""
    function = (
        "functions:\n  seen(): {returns: trigger, language: plpgsql,"
        " body: BEGIN RETURN NEW; END}\n"
    )
    selects = (f"  v{n}: SELECT a FROM t{n} WHERE a > 0\n" for n in range(size))
    lines = (
        f"  t{n}: {{columns: {{a: integer}}, row_security: enabled,"
        " policies: {own: {for: select, using: a > 0}},"
        " triggers: {seen: before update of a execute seen()}}\n"
        for n in range(size)
    )
    return f"{function}views:\n{''.join(selects)}tables:\n{''.join(lines)}"


def values(size: int) -> str:
    listed = ", ".join(f"v{number}" for number in range(size))
    return f"enums:\n  e: [{listed}]\n"


def comment(size: int) -> str:
    text = "x" * (BYTES * size)
    return f"tables:\n  t:\n    comment: {text}\n    columns: {{a: bigint}}\n"


def changed(old: str, new: str) -> Callable[[str], str]:
    """Return an edit that writes another text in the place of one that is there."""
    return lambda spec: spec.replace(old, new)


KINDS: dict[str, Callable[[int], str]] = {
    "list partitions": partitions,
    "tables": tables,
    "tables with foreign keys": keys,
    "views over views": views,
    "tables with triggers": triggers,
    "values of an enum": values,
    f"a comment of {BYTES} bytes each": comment,
}


# What an edit does to a spec of its size.
EDITS: dict[str, tuple[Callable[[int], str], Callable[[str], str]]] = {
    "a column for each table": (
        tables,
        changed("{a: bigint}", "{a: bigint, b: {type: text, nullable: true}}"),
    ),
    "another type for each column": (
        tables,
        changed("{a: bigint}", "{a: {type: text, rewrite: true}}"),
    ),
    "another type under views": (used, changed("a: integer", "a: bigint")),
    "another name for each column": (
        tables,
        changed("{a: bigint}", "{b: {type: bigint, renamed_from: a}}"),
    ),
    "an index for each foreign key": (
        keys,
        changed("}}}\n", "}}, indexes: [[b]]}\n"),
    ),
    "a column for each of the views": (
        views,
        changed("n FROM", "n, max(a) AS m FROM"),
    ),
    "another body for each trigger": (triggers, changed("RETURN NEW", "RETURN OLD")),
    "each table away": (tables, lambda _: "tables: {}\n"),
}


# What is written about a spec of tables that refer to each other.
WRITTEN: dict[str, tuple[str, ...]] = {
    "docs": ("docs", "s.yaml", "--output", "pages"),
    "diagram": ("diagram", "s.yaml", "--output", "picture.svg"),
}
REVISION = ("s.yaml", "--output", "output", "--allow-data-loss")


def measured(*specs: str, arguments: tuple[str, ...] = REVISION) -> Run:
    """Return what the last run takes of those for one spec after the other."""
    with tempfile.TemporaryDirectory() as place:
        os.environ["XDG_CACHE_HOME"] = place
        for spec in specs:
            (Path(place) / "s.yaml").write_text(f"name: app\n{spec}", "utf-8")
            found = run([BIN / "gen-migration", *arguments], Path(place))
    return found


def show(name: str, found: list[Run]) -> None:
    growth = found[-1].seconds / found[-2].seconds
    verdict = "ok" if growth <= MOST else "MORE THAN LINEAR"
    cells = (f"{one.seconds:8.2f} s {one.memory / 1e6:4.0f} MB" for one in found)
    print(
        f"{name:32}" + "".join(f"{c:>18}" for c in cells) + f"   {growth:.1f} {verdict}"
    )


def heading(sizes: tuple[int, ...]) -> None:
    print(f"{'':32}" + "".join(f"{size:>18,}" for size in sizes) + "   growth")


def main() -> None:
    heading(SIZES)
    for name, text in KINDS.items():
        show(name, [measured(text(size)) for size in SIZES])
    heading(CHANGES)
    for name, (text, edit) in EDITS.items():
        show(name, [measured(text(size), edit(text(size))) for size in CHANGES])
    heading(PAGES)
    for name, arguments in WRITTEN.items():
        show(name, [measured(keys(size), arguments=arguments) for size in PAGES])


if __name__ == "__main__":
    main()
