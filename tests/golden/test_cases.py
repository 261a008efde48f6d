"""Every golden case gives what it says, and every revision in them is well-formed."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest
from cases import ROOT, Case, all_cases, name_of, outcome, ruff
from gen_migration.history.directory import OutputDirectory
from gen_migration.model.hints import Hints
from gen_migration.model.schema import Schema
from gen_migration.operations.origins import Origins
from gen_migration.plan.edit import edit
from gen_migration.plan.first import first
from gen_migration.render.checksum import checksum
from gen_migration.render.marker import read_marker
from gen_migration.spec.load import load
from gen_migration.workflows.generate import generate
from servers import each_nth

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CASES = all_cases()


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_case(case: Case, request: pytest.FixtureRequest) -> None:
    found = outcome(case)
    if request.config.getoption("--update"):
        case.path.write_text(case.updated(found), encoding="utf-8")
        return
    expected = {
        key: text
        for key, text in case.sections.items()
        if key in {"revision.py", "error"}
    }
    command = f"pytest tests/golden/test_cases.py --update -k '{name_of(case)}'"
    assert expected == found, f"accept with: {command}"


# A mistake has its file, line and column, whatever it is.
PLACED = re.compile(r"error: (spec|new)\.yaml:[1-9]\d*:[1-9]\d*: .")


def errors() -> Iterator[tuple[str, str]]:
    """Yield the errors of all golden cases, each with the case's path."""
    for root in (ROOT, ROOT.parent / "changes"):
        for path in sorted(root.rglob("*.txt")):
            error = path.read_text(encoding="utf-8").partition("\n-- error --\n")[2]
            for line in error.splitlines():
                if line.startswith("error: "):
                    yield str(path.relative_to(root)), line


def test_every_error_says_where() -> None:
    found = list(errors())
    assert len(found) > 200
    known = ("error: and more; mend these first",)
    assert [
        one for one in found if not PLACED.match(one[1]) and one[1] not in known
    ] == []


def test_each_case_says_why() -> None:
    assert [name_of(case) for case in CASES if not case.why.strip()] == []


def test_cases_cover_both_outcomes() -> None:
    assert len([case for case in CASES if "revision.py" in case.sections]) >= 60
    assert len([case for case in CASES if "error" in case.sections]) >= 40


@pytest.mark.parametrize(
    "case", [case for case in CASES if "revision.py" in case.sections], ids=name_of
)
def test_revision_compiles_and_carries_its_checksum(case: Case) -> None:
    text = case.sections["revision.py"]
    compile(text, "revision.py", "exec")
    mark = read_marker(text)
    assert mark is not None
    assert mark.checksum == checksum(text)
    assert ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize(
    "case",
    each_nth(6, [case for case in CASES if "revision.py" in case.sections]),
    ids=name_of,
)
def test_a_second_run_changes_nothing(case: Case, tmp_path: Path) -> None:
    spec, output = tmp_path / "spec.yaml", tmp_path / "output"
    spec.write_text(case.spec, encoding="utf-8")
    first = generate(spec, OutputDirectory(output))
    before = first.paths[0].read_bytes()
    second = generate(spec, OutputDirectory(output))
    assert (first.written, second.written) == (True, False)
    assert first.paths[0] == second.paths[0]
    assert [(path.name, path.read_bytes()) for path in output.iterdir()] == [
        (first.paths[0].name, before)
    ]


def test_what_builds_tables_is_planned_as_any_edit_is() -> None:
    found = 0
    for case in CASES:
        if "revision.py" not in case.sections:
            continue
        spec = load(case.spec, "spec.yaml")
        made = first(spec.schema, spec.postgresql)
        if made is None:
            continue
        found += 1
        nothing, hints, origins = Schema(), Hints(), Origins()
        level = spec.postgresql
        whole = edit(nothing, spec.schema, hints, origins, level, online=True)
        assert (made.operations, made.schema) == (whole.operations, whole.schema)
        assert [(one.upgrade, one.downgrade) for one in made.links] == [
            (one.upgrade, one.downgrade) for one in whole.links
        ]
    assert found > 40


def test_ruff_accepts_every_revision(tmp_path: Path) -> None:
    for number, case in enumerate(CASES):
        if "revision.py" in case.sections:
            name = f"{number:03}_{case.path.stem}.py"
            (tmp_path / name).write_text(case.sections["revision.py"], encoding="utf-8")
    assert sorted(ROOT.rglob("*.txt"))
    ruff("check", "--isolated", str(tmp_path))
    ruff("format", "--isolated", "--check", str(tmp_path))
