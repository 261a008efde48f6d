"""The plug-in for pytest: databases with the schema of specs, and its ready tests."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import databases
import pytest
from gen_migration import api
from gen_migration.scratch.databases import connect

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = """\
[tool.gen-migration]
specs = [
    { path = "spec/orders.yaml", output = "migrations/orders" },
    { path = "spec/people.yaml", output = "migrations/people", models = "people:Base.metadata" },
]
"""
PEOPLE = """\
name: people
tables:
  people:
    columns:
      id: {type: bigint, primary_key: true}
      name: {type: text, nullable: true}
    indexes:
      ix_people_name: [name]
"""
FIRST = """\
name: people
tables:
  people:
    columns:
      id: {type: bigint, primary_key: true}
"""
ORDERS = """\
name: orders
external:
  people: {id: bigint}
tables:
  orders:
    columns:
      id: {type: bigint, primary_key: true}
      person_id: {type: bigint, references: people.id}
"""
TESTS = """\
import psycopg
import pytest

from gen_migration.pytest_plugin.tests import *


@pytest.mark.parametrize("turn", range(2))
def test_each_has_its_own_rows(gen_migration_connection, turn):
    gen_migration_connection.execute("INSERT INTO people VALUES (1, 'Ann')")
    gen_migration_connection.execute("INSERT INTO orders VALUES (1, 1)")
    gen_migration_connection.commit()


@pytest.mark.gen_migration("spec/people.yaml")
def test_the_schema_of_one_spec(gen_migration_url):
    with psycopg.connect(gen_migration_url) as connection:
        found = connection.execute(
            "SELECT string_agg(relname, ' ') FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace"
        ).fetchone()
    assert found == ("people",)
"""


def git(root: Path, *arguments: str) -> None:
    user = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", *user, *arguments], cwd=root, check=True)


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project of two specs, one of which refers to the other, on its branch main."""
    root = pytester.path
    monkeypatch.chdir(root)
    (root / "pyproject.toml").write_text(PROJECT)
    (root / "spec").mkdir()
    # One of the revisions is two files.
    for name, text in (("people", FIRST), ("people", PEOPLE), ("orders", ORDERS)):
        spec = root / "spec" / f"{name}.yaml"
        spec.write_text(text)
        api.generate(f"spec/{name}.yaml", configuration=api.configuration())
    (root / "people.py").write_text(api.models(api.load("spec/people.yaml")))
    (root / "test_schema.py").write_text(TESTS)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-qm", "a")
    return root


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the plug-ins of others, which take longer to import than all else."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    plugin = ("-p", "gen_migration.pytest_plugin", "-W", "error", "--strict-markers")
    return pytester.runpytest_subprocess(*plugin, *arguments)


def test_a_project(
    pytester: pytest.Pytester, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Side by side, and from a directory below; nothing is left on the server."""
    done = run(pytester, "-p", "xdist", "-n", "2", "-rs", "-v")
    done.assert_outcomes(passed=11, skipped=1)
    for line in (
        "*test_revision_does_what_it_says[[]spec/people.yaml-*]*",
        "*names no models of spec/orders.yaml*",
    ):
        done.stdout.fnmatch_lines([line])
    with databases.database() as url, connect(url) as connection:
        left = connection.execute(
            r"SELECT datname FROM pg_database WHERE datname ~ '^gm_\d+_[0-9a-f]+_\d+$'"
        ).fetchall()
    assert left == []

    (project / "spec" / "people.yaml").write_text(FIRST)
    (project / "sub").mkdir()
    monkeypatch.chdir(project / "sub")
    done = run(pytester, "--rootdir=..", "../test_schema.py", "-k", "people")
    done.assert_outcomes(failed=3, passed=2)
    done.stdout.fnmatch_lines(
        [
            "the history is behind spec/people.yaml, which asks for",
            "  drop column name of table people",
        ]
    )
    assert "GM1" in done.stdout.str()
    assert "Traceback" not in done.stdout.str()


def test_nothing_is_imported_for_others(pytester: pytest.Pytester) -> None:
    """Nor is a mistake of a configuration anybody's who does not ask for a spec."""
    pytester.makepyprojecttoml("[tool.gen-migration]\nspecs = 3\n")
    pytester.makepyfile(
        "import sys\n"
        "def test_others():\n"
        "    ours = [one for one in sys.modules if one.startswith('gen_migration')]\n"
        "    assert ours == ['gen_migration', 'gen_migration.pytest_plugin']\n"
    )
    run(pytester).assert_outcomes(passed=1)
    pytester.makepyfile("from gen_migration.pytest_plugin.tests import *")
    done = run(pytester)
    assert done.ret != 0
    done.stdout.fnmatch_lines(["*error: pyproject.toml:2:1: tool.gen-migration.specs*"])
    assert "Traceback" not in done.stdout.str()
