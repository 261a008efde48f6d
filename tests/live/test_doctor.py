"""`gen-migration doctor`: what is wrong is told with its way out, and nothing else is."""

from __future__ import annotations

import re
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import databases
import pytest
from click.testing import CliRunner
from environment import Environment, as_superuser, environment
from gen_migration.cli import main
from gen_migration.scratch import databases as scratch
from gen_migration.workflows import doctor

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
    assert re.search(
        r"^ok    scratch databases: [\w-]+ 18\.", found.stdout, re.MULTILINE
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
        "gives alembic_version another name",
        "needs the driver nothing, which is not installed",
        "error cannot connect to postgresql://127.0.0.1:1/nothing",
    ):
        assert words in found.stdout


@pytest.mark.usefixtures("project")
def test_what_a_user_may_not_do(database: str) -> None:
    Path("shop.yaml").write_text(f"extensions: [file_fdw, plpgsql]\n{SPEC}", "utf-8")
    Path("later.yaml").write_text(
        "name: later\npostgresql: 18\nextensions: [nothing]\ntables: {t: {columns: {id: uuid}}}\n"
    )
    Path("pyproject.toml").write_text(
        TABLE.replace('l"]', 'l", "later.yaml"]'), "utf-8"
    )
    connection = databases.connection(as_superuser(database))
    connection.execute("CREATE TABLE users (id uuid)")
    connection.execute("CREATE TABLE alembic_version (version_num text)")
    found = run(database)
    assert found.exit_code == 1
    for words in (
        "the table users belongs to postgres, and",
        "hint: ALTER TABLE needs that: GRANT postgres TO",
        "may not write to alembic_version, which belongs to postgres",
        "only a superuser may create the extension file_fdw\n",
        "this server has no extension nothing, which a spec creates",
        'note  shop.yaml: only a superuser may create the extension "file_fdw"',
        'error later.yaml: no PostgreSQL here has the extension "nothing"',
    ):
        assert words in found.stdout
    connection.execute("DROP TABLE users, alembic_version")


@pytest.mark.usefixtures("project")
def test_a_database_that_takes_no_revision() -> None:
    with scratch.database(16) as url, scratch.connect(url) as connection:
        spec = f"postgresql: 18\n{SPEC}"
        Path("shop.yaml").write_text(spec, encoding="utf-8")
        name = "ALTER ROLE CURRENT_USER SET default_transaction_read_only = on"
        connection.execute(name)
        found = run(url)
    assert "hint: a spec is for 18 and later: lower its postgresql:" in found.stdout
    assert "only read\n" in found.stdout
    assert "RESET default_transaction_read_only" in found.stdout


def test_what_is_installed_and_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name == "psycopg":
            raise metadata.PackageNotFoundError
        return {"alembic": "1.15.2", "sqlalchemy": "2.1.0b1"}.get(name, "0.1.0")

    monkeypatch.setattr(metadata, "version", version)
    held, *faults = doctor.versions()
    assert held.text.endswith("alembic 1.15.2, sqlalchemy 2.1.0b1, no psycopg")
    assert [(one.text, one.hint) for one in faults] == [
        ("alembic 1.15.2 is too old", 'pip install "alembic>=1.16"'),
    ]


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("psycopg", "psycopg is not installed"),
        (
            "psycopg.pq",
            "psycopg cannot be loaded: import of psycopg.pq halted; None in sys.modules",
        ),
    ],
)
def test_without_psycopg_no_database_is_looked_at(
    missing: str, words: str, project: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told once, whatever would need it."""
    ini = project.ini.read_text("utf-8")
    url = "sqlalchemy.url = postgresql+psycopg://localhost/x\n"
    project.ini.write_text(f"{ini.partition('sqlalchemy.url')[0]}{url}", "utf-8")
    monkeypatch.delitem(sys.modules, "psycopg")
    monkeypatch.setitem(sys.modules, missing, None)
    found = run("postgresql://localhost/x")
    assert found.exit_code == 1
    (told,) = re.findall(r"^error (.*)$", found.stdout, re.MULTILINE)
    assert told.startswith(words)
    assert told.endswith(", which every database needs: none was looked at")


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


@pytest.mark.usefixtures("project")
def test_a_server_of_one_s_own() -> None:
    Path("shop.yaml").write_text(f"extensions: [nothing]\n{SPEC}", encoding="utf-8")
    found = run("--dev-url", scratch.server().get_uri())
    assert re.search(r"ok    scratch databases: postgresql://.* 18\.", found.stdout)
    words = 'error shop.yaml: that server lacks the extension "nothing"\n'
    assert words in found.stdout
