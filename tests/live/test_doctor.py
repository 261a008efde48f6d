"""`gen-migration doctor`: what is wrong is told with its way out, and nothing else is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import databases
import pytest
from click.testing import CliRunner
from environment import Environment, as_superuser, environment
from gen_migration.cli import main

if TYPE_CHECKING:
    from click.testing import Result

SPEC = "name: shop\ntables: {users: {columns: {id: uuid}}}\n"
TABLE = '[tool.gen-migration]\nspecs = ["shop.yaml"]\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    made = environment(tmp_path / "project")
    monkeypatch.chdir(made.root)
    Path("shop.yaml").write_text(SPEC, encoding="utf-8")
    Path("pyproject.toml").write_text(TABLE, encoding="utf-8")
    return made


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["doctor", *arguments])


@pytest.mark.usefixtures("project")
def test_what_is_as_it_should_be(database: str) -> None:
    found = run(database)
    assert found.exit_code == 0, found.output
    assert "ok    shop.yaml: 1 table\n" in found.stdout
    assert "0 revisions\n" in found.stdout
    assert (
        "ok    scratch databases: the embedded server, PostgreSQL 18." in found.stdout
    )
    assert "PostgreSQL 18, as gm_" in found.stdout
    assert "error" not in found.stdout


def test_each_thing_that_is_wrong_is_told(project: Environment) -> None:
    Path("shop.yaml").write_text(SPEC.replace("uuid", "uid"), encoding="utf-8")
    env = project.root / "migrations" / "env.py"
    text = env.read_text("utf-8").replace(".connect()", ".begin()")
    env.write_text(text + "\ncontext.configure(version_table='v')\n", encoding="utf-8")
    ini = project.ini.read_text("utf-8")
    url = "sqlalchemy.url = postgresql+nothing://localhost/x\n"
    lines = [one for one in ini.splitlines() if not one.startswith("sqlalchemy.url")]
    project.ini.write_text("\n".join(lines).replace("[alembic]", f"[alembic]\n{url}"))
    found = run("postgresql://127.0.0.1:1/nothing")
    assert found.exit_code == 1
    for words in (
        "error shop.yaml:2:",
        ".begin() holds all revisions of an upgrade in one transaction",
        "gives alembic_version another place",
        "needs the driver nothing, which is not installed",
        "error cannot connect to postgresql://127.0.0.1:1/nothing",
    ):
        assert words in found.stdout


@pytest.mark.usefixtures("project")
def test_what_a_user_may_not_do(database: str) -> None:
    connection = databases.connection(as_superuser(database))
    connection.execute("CREATE TABLE users (id uuid)")
    found = run(database)
    assert found.exit_code == 1
    assert "the table users belongs to postgres, and" in found.stdout
    assert "hint: ALTER TABLE needs that: GRANT postgres TO" in found.stdout
    connection.execute("DROP TABLE users")


@pytest.mark.usefixtures("project")
def test_without_specs_and_with_two_heads() -> None:
    Path("pyproject.toml").unlink()
    Path("alembic.ini").unlink()
    Path("output").mkdir()
    for name in ("a", "b"):
        text = f'revision = "{name}"\ndown_revision = None\n'
        Path(f"output/{name}.py").write_text(text, encoding="utf-8")
    found = run()
    assert found.exit_code == 1
    assert (
        "note  pyproject.toml names no spec\n      hint: gen-migration init"
        in found.stdout
    )
    assert "error output: 2 revisions, 2 heads: a, b" in found.stdout
