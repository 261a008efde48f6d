"""The Python API: its names, its page, its cost, and what a type checker sees of it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from gen_migration import api
from gen_migration.base.errors import Error

if TYPE_CHECKING:
    from environment import Environment

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


USER = """\
from pathlib import Path

from gen_migration import api


def written(path: Path) -> tuple[Path, ...]:
    try:
        done = api.generate(path, message="m", history=api.History(output=Path("out")))
    except api.UnprovenError as error:
        print(error.proof.text)
        raise
    except api.Error as error:
        print(error.line)
        raise
    return done.paths


findings: tuple[api.Finding, ...] = api.diff("a.yaml", "b.yaml").review.findings
spec: api.Spec = api.load("a.yaml")
wrong: int = api.models(spec)
"""


def test_a_type_checker_knows_it(generic: Environment) -> None:
    """With the strictest settings; what is wrong is told."""
    path = generic.root / "user.py"
    path.write_text(USER, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", path],
        capture_output=True,
        check=False,
        text=True,
        cwd=generic.root,
        env=os.environ | {"MYPYPATH": str(PAGE.parents[2] / "generator")},
    )
    (error,) = [one for one in done.stdout.splitlines() if "error:" in one]
    assert error.startswith("user.py:20: error: Incompatible types in assignment")
