"""The Python API: its names, its page, its cost, and what a type checker sees of it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import assert_type

import pytest
from gen_migration import api
from gen_migration.base.errors import Error

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "api.md"


def test_every_name_is_there_and_documented() -> None:
    text = PAGE.read_text("utf-8")
    named = [one for names in api.MODULES.values() for one in names.split()]
    assert sorted(named) == sorted(api.__all__) == sorted(dir(api))
    for name in api.__all__:
        assert getattr(api, name) is not None
        assert re.search(rf"\b{name}\b", text), name
        assert isinstance(getattr(api, name), tuple) or getattr(api, name).__doc__, name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = api.nothing


# Prints the modules that a statement imports.
IMPORTED = """
import json, sys
before = set(sys.modules)
exec(sys.argv[1])
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def imported(statement: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED, statement],
        capture_output=True,
        check=True,
        text=True,
    )
    found: list[str] = json.loads(done.stdout)
    return found


def test_the_import_is_cheap() -> None:
    found = imported("from gen_migration import api")
    assert [one for one in found if one.startswith("gen_migration")] == [
        "gen_migration",
        "gen_migration.api",
    ]


def test_a_mistake_has_its_place() -> None:
    places = {
        "": ("", None, None),
        "spec/app.yaml": ("spec/app.yaml", None, None),
        "spec/app.yaml:3": ("spec/app.yaml", 3, None),
        "main:spec/app.yaml:3:14": ("main:spec/app.yaml", 3, 14),
        "a:1:2:3": ("a:1", 2, 3),
    }
    for where, place in places.items():
        error = Error("no", where=where)
        assert (error.file, error.line, error.column) == place
        assert error.errors == (error,)


def user(path: Path) -> tuple[Path, ...]:
    """Show what a type checker knows, which reads this file as strictly as it can.

    An ignored error that is none is one.
    """
    review = api.diff("a.yaml", "b.yaml").review
    assert_type(review.findings, tuple[api.Finding, ...])
    spec: api.Spec = api.load("a.yaml")
    _wrong: int = api.models(spec)  # type: ignore[assignment]
    try:
        done = api.generate(path, message="m", history=api.History(output=Path("out")))
    except api.UnprovenError as error:
        assert_type(error.proof.text, str)
        raise
    except api.Error as error:
        assert_type(error.line, int | None)
        raise
    return done.paths
