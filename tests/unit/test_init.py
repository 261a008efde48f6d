"""`gen-migration init`: what a project begins with, and that nothing of it is lost."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from click.testing import CliRunner
from gen_migration.cli import main

if TYPE_CHECKING:
    from click.testing import Result

PROJECT = '[project]\nname = "my-shop" # ours'
BY_HAND = 'revision = "{0}"\ndown_revision = {1}\n'


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def files() -> set[str]:
    return {path.as_posix() for path in Path().rglob("*") if path.is_file()}


def test_a_spec_is_a_file_of_yaml() -> None:
    found = run("init", "--spec", "a/b")
    assert found.exit_code == 2
    message = 'error: "a/b" is no file of YAML\n  hint: write --spec a/b.yaml\n'
    assert found.output == message
    assert not files()


def test_a_project_begins_and_goes_on() -> None:
    Path("pyproject.toml").write_text(PROJECT, encoding="utf-8")
    Path(".github").mkdir()
    found = run("init")
    assert found.exit_code == 0, found.output
    written = {"spec/my_shop.yaml", "spec/schema.json", ".pre-commit-config.yaml"}
    written |= {".github/workflows/schema.yml", "pyproject.toml"}
    assert {*found.stdout.split()} == files() == written
    text = Path("pyproject.toml").read_text("utf-8")
    assert text.startswith(PROJECT)
    assert tomllib.loads(text)["tool"]["gen-migration"] == {
        "specs": ["spec/my_shop.yaml"]
    }
    workflow = yaml.safe_load(Path(".github/workflows/schema.yml").read_text("utf-8"))
    assert workflow["jobs"]["check"]["steps"][-2]["run"] == "gen-migration --check"
    spec = Path("spec/my_shop.yaml")
    assert run("format", str(spec), "--check").exit_code == 0
    # The example that it shows is one.
    lines = spec.read_text("utf-8").replace("tables: {}", "tables:").splitlines()
    spec.write_text(
        "\n".join(one.removeprefix("#") for one in lines[1:] if "Such" not in one)
    )
    assert run().exit_code == 0
    assert run("--check").exit_code == 0
    assert len([one for one in files() if one.startswith("output/")]) == 1


def test_what_is_there_stays() -> None:
    Path(".pre-commit-config.yaml").write_text("repos: []\n", encoding="utf-8")
    found = run("init", "--name", "app", "--spec", "db/app.yaml")
    assert found.exit_code == 0
    assert Path(".pre-commit-config.yaml").read_text("utf-8") == "repos: []\n"
    assert "note: .pre-commit-config.yaml is there" in found.stderr
    assert "entry: gen-migration --check" in found.stderr
    again = run("init", "--name", "other")
    assert again.exit_code == 2
    assert "the table [tool.gen-migration] is there already" in again.stderr
    assert "spec/other.yaml" not in files()


def test_a_spec_that_is_there_is_not_written_over() -> None:
    Path("app.yaml").write_text("name: app\n", encoding="utf-8")
    found = run("init", "--spec", "app.yaml")
    assert found.exit_code == 2
    assert files() == {"app.yaml"}


def test_specs_that_are_there_are_the_projects() -> None:
    Path("spec").mkdir()
    Path(".github").mkdir()
    for name in ("app", "billing"):
        Path(f"spec/{name}.yaml").write_text(f"name: {name}\n", encoding="utf-8")
    found = run("init")
    assert found.exit_code == 0, found.output
    assert 'specs = ["spec/app.yaml", "spec/billing.yaml"]' in Path(
        "pyproject.toml"
    ).read_text("utf-8")
    assert "next: gen-migration writes" in found.stderr
    hooks = yaml.safe_load(Path(".pre-commit-config.yaml").read_text("utf-8"))
    one = hooks["repos"][0]["hooks"][0]["files"]
    assert re.match(one, "spec/billing.yaml")
    assert not re.match(one, "spec/schema.json")
    workflow = yaml.safe_load(Path(".github/workflows/schema.yml").read_text("utf-8"))
    steps = [one.get("run", "") for one in workflow["jobs"]["check"]["steps"]]
    assert [one.split()[2] for one in steps if " diff " in one] == [
        "spec/app.yaml",
        "spec/billing.yaml",
    ]


def test_files_of_an_import_are_one_spec() -> None:
    Path("spec").mkdir()
    Path("spec/_spec.yaml").write_text("name: app\n", encoding="utf-8")
    Path("spec/users.yaml").write_text("tables: {}\n", encoding="utf-8")
    assert 'specs = ["spec"]' in run("init", "--dry-run").stdout


def test_numbers_of_the_history_go_on() -> None:
    Path("output").mkdir()
    before = "None"
    for name in ("001_users", "002_notes"):
        text = BY_HAND.format(name, before)
        Path(f"output/{name}.py").write_text(text, encoding="utf-8")
        before = f'"{name}"'
    found = run("init", "--name", "app", "--dry-run")
    assert 'revision-ids = "numbered"' in found.stdout
    assert "spec/app.yaml" in found.stdout
    assert files() == {"output/001_users.py", "output/002_notes.py"}


def test_a_name_that_is_none() -> None:
    found = run("init", "--name", "../x")
    assert found.exit_code == 2
    assert 'cannot be called "../x"' in found.stderr
    assert files() == set()
