"""What is committed is fresh: the JSON Schema, and the specs validate against it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from cases import Case, all_cases, name_of
from gen_migration.spec import json_schema
from gen_migration.spec.yaml_reader import read

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]


def plain(value: Any) -> Any:
    """Return a document as JSON has it: a fraction is a float there."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return float(value) if isinstance(value, Decimal) else value


SPECS = sorted((ROOT / "spec").glob("*.yaml"))


def test_the_json_schema_in_the_repository_is_fresh() -> None:
    committed = (ROOT / "spec" / "schema.json").read_text(encoding="utf-8")
    assert json_schema.text() == committed, "gen-migration schema > spec/schema.json"


def test_every_field_has_a_description() -> None:
    schema = json_schema.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    properties = [*keys_of(schema)]
    assert len(properties) > 600
    assert [name for name, field in properties if not field.get("description")] == []


def keys_of(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the keys of all objects of a JSON Schema, however deep, each with its schema."""
    for one in value.values() if isinstance(value, dict) else value:
        if isinstance(one, dict | list):
            yield from keys_of(one)
    if isinstance(value, dict) and isinstance(value.get("properties"), dict):
        yield from value["properties"].items()


@cache
def validator() -> jsonschema.protocols.Validator:
    """Return what validates a spec; the schema itself is checked once, above."""
    return jsonschema.Draft202012Validator(json_schema.schema())


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.name)
def test_specs_in_the_repository_validate(path: Path) -> None:
    document = plain(read(path.read_text(encoding="utf-8"), path.name))
    validator().validate(document)


@pytest.mark.parametrize(
    "case",
    [case for case in all_cases() if "revision.py" in case.sections],
    ids=name_of,
)
def test_golden_cases_validate(case: Case) -> None:
    document = plain(read(case.spec, "spec.yaml"))
    validator().validate(document)


def test_a_mistake_does_not_validate() -> None:
    with pytest.raises(jsonschema.ValidationError):
        validator().validate({"name": "a", "tabels": {}})


def run(*command: str | Path, **options: Any) -> str:
    done: subprocess.CompletedProcess[str] = subprocess.run(
        command, capture_output=True, text=True, check=False, **options
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def test_a_wheel_works_from_any_directory(tmp_path: Path) -> None:
    source, site = tmp_path / "source", tmp_path / "site"
    for name in ("generator", "templates", "man"):
        ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
        shutil.copytree(ROOT / name, source / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    python = sys.executable
    run(
        python, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, source
    )
    wheel = next(tmp_path.glob("*.whl"))
    # What is not run is not compiled.
    target: list[str | Path] = ["--no-deps", "--no-index", "--no-compile"]
    run(python, "-m", "pip", "install", "--quiet", *target, "--target", site, wheel)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    # Before the project's own packages, which are installed as editable.
    options = {"cwd": elsewhere, "env": {**os.environ, "PYTHONPATH": str(site)}}
    where = "import gen_migration; print(gen_migration.__file__)"
    assert Path(run(python, "-c", where, **options)).is_relative_to(site)
    written = run(site / "bin" / "gen-migration", SPECS[0], **options)
    committed = next((ROOT / "output").glob("*.py"))
    assert (elsewhere / written).read_bytes() == committed.read_bytes()
    assert run(site / "bin" / "gen-migration", "schema", **options).startswith("{")
    assert (site / "gen_migration" / "py.typed").exists()
    assert (site / "share" / "man" / "man1" / "gen-migration.1").exists()
