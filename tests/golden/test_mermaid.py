"""Every diagram is one to Mermaid's own parser, and says what it should.

Wants Node and the npm package `mermaid`: `make mermaid`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from gen_migration.base.errors import visible
from gen_migration.review.formats import mermaid
from gen_migration.review.review import review
from gen_migration.spec.load import load
from hypothesis import given
from reviews import CASES, review_of
from strategies import pairs
from yaml_text import yaml_text

if TYPE_CHECKING:
    from transitions import Pair

PARSER = Path(__file__).parents[1] / "support" / "mermaid"
# Names that mean something to Mermaid, to its comments and directives, to CSS or to HTML.
NAMES = [
    'say "hi"',
    "%%{init: {}}%%",
    "%% comment",
    "100%",
    "a\\b",
    "`*bold*`",
    "<b onclick=x>",
    "&lt;",
    "#34;",
    "a;b:c#d",
    "style a:#34;",
    "classDef b:#34;",
    "---",
    "t1",
    "erDiagram",
    "{}[]()|",
    "}o--||",
    ":::new",
    "Ünïcödé 表",
    "\N{PILE OF POO}",
    "accTitle: x",
    "ﬂ°°34¶ß",
    "1st",
    "-",
    " x ",
]


@pytest.fixture(autouse=True)
def _parser() -> None:
    """Skip, before anything is made for it, where the parser is not installed."""
    if shutil.which("node") is None:
        pytest.skip("no node in the path: install Node.js 20, then: make mermaid")
    if not (PARSER / "node_modules/mermaid").is_dir():
        pytest.skip("the npm package mermaid is not installed: make mermaid")


def parsed(diagrams: list[str]) -> list[dict[str, Any]]:
    """Return what Mermaid makes of diagrams; skip where it is not there."""
    done = subprocess.run(
        ["node", "parse.mjs"],
        cwd=PARSER,
        input=json.dumps(diagrams),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def spec_text(name: str) -> str:
    column = {"type": "int", "primary_key": True}
    refers = {
        "type": "int",
        "references": {"table": f'"{quoted(name)}"', "columns": [name]},
    }
    tables = {f'"{quoted(name)}"': {"columns": {name: column, "x": refers}}}
    return yaml_text({"name": "s", "tables": tables})


def quoted(name: str) -> str:
    return name.replace('"', '""')


def shown(name: str) -> str:
    return visible(" ".join(name.split()))


@pytest.mark.fuzz
def test_mermaid_parses_every_diagram() -> None:
    made = []
    for case in CASES.values():
        found = review_of(case)
        made += [mermaid.render(found), mermaid.concerned(found)]

    @given(pairs())
    def random(pair: Pair) -> None:
        old, new = (load(yaml_text(each), "spec.yaml") for each in pair[:2])
        found = review(old.schema, new, names=("old", "new"))
        made.append(mermaid.render(found))

    random()
    diagrams = list(dict.fromkeys(filter(None, made)))
    wrong = [
        (text, one)
        for text, one in zip(diagrams, parsed(diagrams), strict=True)
        if one.get("type") != "er"
    ]
    assert wrong == []
    assert len(diagrams) > len(CASES)


def test_whatever_a_name_holds_is_text() -> None:
    specs = [load(spec_text(name), "s.yaml") for name in NAMES]
    nothing = load("name: s\n", "s.yaml").schema
    reviews = [review(nothing, one, names=("old", "new")) for one in specs]
    found = parsed([mermaid.render(one) for one in reviews])
    for name, spec, one in zip(NAMES, specs, found, strict=True):
        (table,) = spec.schema.tables
        assert one["labels"] == [shown(f"{table} (new)")]
        assert len(one["attributes"][0]) == 2
        comment = one["attributes"][0][0][2]
        assert one["attributes"][0][0][1] == name or comment == shown(name)
        assert one["relations"] == [shown([*spec.schema.tables[table].constraints][-1])]


def test_what_changes_is_marked() -> None:
    old = "name: s\ntables:\n  t: {columns: {a: int, b: int, c: int}}\n  u: {columns: {a: int}}\n"
    new = (
        "name: s\ntables:\n  t:\n    columns:\n      a: bigint\n"
        "      d: {type: int, renamed_from: b}\n"
        "      e: numeric(10,2)\n  v: {columns: {a: 'text[]'}}\n"
    )
    specs = [load(one, "s.yaml") for one in (old, new)]
    text = mermaid.render(review(specs[0].schema, specs[1], names=("old", "new")))
    assert text.partition("    classDef")[0] == (
        "erDiagram\n"
        '    t1["t (changed)"]:::changed {\n'
        '        bigint a "changed, type integer → bigint"\n'
        '        integer d "changed, was b"\n'
        '        numeric(10_2) e "new"\n'
        '        integer c "dropped"\n'
        "    }\n"
        '    t2["v (new)"]:::new {\n'
        "        text[] a\n"
        "    }\n"
        '    t3["u (dropped)"]:::dropped\n'
    )
    (found,) = parsed([text])
    assert found["labels"] == ["t (changed)", "v (new)", "u (dropped)"]
