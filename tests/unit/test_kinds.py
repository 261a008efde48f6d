"""The list of kinds, whose modules are imported once a schema has objects of them."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from environment import process
from gen_migration import kinds
from gen_migration.history import value_json
from gen_migration.kinds import listed
from gen_migration.kinds.facts import declared, facts_of
from gen_migration.workflows import ahead

if TYPE_CHECKING:
    from environment import Environment

LIST = Path(listed.__file__)
UPDATE = "pytest tests/unit/test_kinds.py --update"
EXAMPLE = Path(__file__).parents[2] / "spec" / "notifications.yaml"
# Runs the tool, and says which modules that has imported.
RUN = """
import atexit, json, sys
from gen_migration.__main__ import run
atexit.register(lambda: print(json.dumps([*sys.modules])))
run()
"""
SPEC = """\
name: shop
enums:
  size: [small, large]
tables:
  shirts:
    columns: {id: bigint, size: size}
    policies:
      all: {using: id > 0}
"""


# What a first revision of tables has of the stages that are about edits.
OF_CREATION = {
    "diff": {
        "creation",
        "free_names",
        "marks",
        "names_of_parts",
    },
    "plan": {
        "first",
        "link",
        "order_of_ends",
        "planner",
        "seldom_meant",
        "waiting",
    },
    "replay": set(),
    "rules": set(),
}


def calls() -> list[ast.Call]:
    """Return the entries of the list, as they are written."""
    every = ast.walk(ast.parse(LIST.read_text(encoding="utf-8")))
    found = (one for one in every if isinstance(one, ast.Call))
    return [
        one for one in found if isinstance(one.func, ast.Name) and one.func.id == "Late"
    ]


def place(call: ast.Call) -> str:
    """Return which class of which module an entry is about."""
    found: str = ast.literal_eval(call.args[0])
    return found


def facts(call: ast.Call) -> dict[str, Any]:
    """Return the facts that are written."""
    return {str(one.arg): ast.literal_eval(one.value) for one in call.keywords}


def declared_facts(call: ast.Call) -> dict[str, Any]:
    """Return the facts that the module declares."""
    return facts_of(declared(place(call))())


def test_the_list_says_what_the_modules_declare(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update"):
        update()
    assert {place(one): declared_facts(one) for one in calls()} == {
        place(one): facts(one) for one in calls()
    }, f"accept with: {UPDATE}"


def update() -> None:
    """Write the facts that the modules declare into the list."""
    lines = LIST.read_text(encoding="utf-8").splitlines(keepends=True)
    for call in reversed(calls()):
        said = "".join(f", {key}={one!r}" for key, one in declared_facts(call).items())
        entry = f"    Late({place(call)!r}{said}),\n"
        lines[call.lineno - 1 : call.end_lineno] = [entry]
    LIST.write_text("".join(lines), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", LIST], check=True)


def test_a_kind_is_called_as_its_module() -> None:
    for call in calls():
        module, _, name = place(call).partition(".")
        kind = declared(place(call))()
        assert (module, name) == (kind.key, type(kind).__name__)


def test_what_is_asked_of_a_listed_kind_is_what_it_declares() -> None:
    for kind, call in zip(kinds.KINDS, calls(), strict=True):
        assert kind.about == declared(place(call))().about
        assert type(kind) is declared(place(call))
        assert kinds.BY_WORD[kind.word] is kind


def test_the_cache_knows_the_classes_of_all_kinds() -> None:
    for kind in kinds.KINDS:
        found = [value_json.class_of(name) for name in kind.class_names]
        assert [one and one.made for one in found] == [*kind.classes]
        assert kinds.BY_CLASS[kind.value.__name__] is kind


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [(EXAMPLE.read_text(encoding="utf-8"), set()), (SPEC, {"enums", "policies"})],
    ids=["example", "enums and policies"],
)
def test_a_run_imports_the_kinds_that_a_spec_has(
    generic: Environment, spec: str, wanted: set[str]
) -> None:
    generic.spec(spec)
    for options in ([], ["--check"]):
        command = [sys.executable, "-c", RUN, "shop.yaml", *options]
        done = process(command, generic.root)
        assert done.status == 0, done.stderr
        modules = json.loads(done.stdout.splitlines()[-1])
        assert wanted == {kind.key for kind in kinds.KINDS} & {
            name.rpartition(".")[2] for name in modules if ".kinds." in name
        }
        if not (options or wanted):
            stages = {
                stage: {
                    name.rpartition(".")[2]
                    for name in modules
                    if name.startswith(f"gen_migration.{stage}.")
                }
                for stage in OF_CREATION
            }
            assert stages == OF_CREATION
            assert not {*modules}.intersection(ahead.OF_EDITS)
