"""Every DBML that is written is some to its own parser, and says what it should.

Wants Node and the npm package `@dbml/core`: `make dbml`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from gen_migration.review.diagram.dbml import dbml
from gen_migration.review.diagram.groups import grouped
from gen_migration.review.diagram.picture import diagram
from gen_migration.spec.load import load
from hypothesis import given
from strategies import documents
from test_diagram import GROUPS
from test_mermaid import NAMES, spec_text
from yaml_text import yaml_text

PARSER = Path(__file__).parents[1] / "support" / "dbml"


@pytest.fixture(autouse=True)
def _parser() -> None:
    """Skip, before anything is made for it, where the parser is not installed."""
    if shutil.which("node") is None:
        pytest.skip("no node in the path: install Node.js 20, then: make dbml")
    if not (PARSER / "node_modules/@dbml/core").is_dir():
        pytest.skip("the npm package @dbml/core is not installed: make dbml")


def parsed(texts: list[str]) -> list[dict[str, Any]]:
    """Return what the parser makes of texts."""
    done = subprocess.run(
        ["node", "parse.mjs"],
        cwd=PARSER,
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def text_of(text: str) -> str:
    spec = load(text, "app.yaml")
    found = grouped(diagram(spec.schema), spec.hints.groups, None)
    return dbml(spec.schema, found, spec.name, "It's\nall \\ here.")


def test_what_it_says() -> None:
    (found,) = parsed([text_of(GROUPS)])
    tables = {one["name"]: one for one in found["tables"]}
    assert [*tables] == [
        "orders",
        "order_lines",
        "payers",
        "payer_notes",
        "logs",
        "late",
    ]
    assert tables["orders"]["columns"] == [
        ["id", "bigint", None],
        ["code", "text", "upper('x')"],
        ["state", "state", "'open'"],
        ["payer_id", "bigint", None],
    ]
    assert (tables["orders"]["indexes"], tables["orders"]["checks"]) == (1, 1)
    assert tables["orders"]["note"] == (
        "trigger touch: BEFORE UPDATE FOR EACH ROW EXECUTE FUNCTION touch()"
    )
    assert tables["order_lines"]["indexes"] == 1
    assert tables["late"]["note"].startswith("view: view AS SELECT")
    assert found["enums"] == ["state"]
    assert found["groups"] == ["payer", "sales", "other"]
    assert ["fk_orders_payer_id_payers", None, "orders", "payers"] in found["refs"]


@pytest.mark.fuzz
def test_the_parser_takes_whatever_there_is() -> None:
    made = [text_of(spec_text(name)) for name in NAMES]

    @given(documents())
    def random(document: dict[str, Any]) -> None:
        made.append(text_of(yaml_text(document)))

    random()
    wrong = [
        (text, one["error"])
        for text, one in zip(made, parsed(made), strict=True)
        if "error" in one
    ]
    assert wrong == []
