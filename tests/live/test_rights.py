"""What a spec's SQL may do on the embedded server: what concerns its own database, and roles."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from click.testing import CliRunner
from environment import Environment, as_superuser
from gen_migration.cli import main
from gen_migration.history.step_hints import HINTS
from gen_migration.scratch import built, copies, databases
from gen_migration.scratch import roles as scratch_roles
from gen_migration.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SPEC = """
name: t
description: Make t.
tables:
  t:
    columns: {{id: bigint, x: {{type: text, default: {default}}}}}
    partition_by: {{range: [id]}}
    partitions: {{t_1: {{from: 0, to: {bound}}}}}
"""
# By the SQL of a partition's bound, which PostgreSQL computes as it makes the table.
DENIED = {
    "lo_export(777, '{path}')": "permission denied for function lo_export",
    "lo_import('/etc/passwd')": "permission denied for function lo_import",
    "length(pg_read_file('/etc/passwd'))": "permission denied for function pg_read_file",
    "length(pg_read_binary_file('/etc/passwd'))": "permission denied for function",
    "(pg_stat_file('/etc/passwd')).size": "permission denied for function pg_stat_file",
}
STATEMENTS = {
    "COPY (SELECT 1) TO PROGRAM 'cat > {path}'": "pg_execute_server_program",
    "COPY (SELECT 1) TO '{path}'": "pg_write_server_files",
    "CREATE TABLE t (x text); COPY t FROM '/etc/passwd'": "pg_read_server_files",
    "SELECT pg_ls_dir('/')": "permission denied",
    "GRANT pg_read_server_files TO CURRENT_USER": "ADMIN option",
    "GRANT pg_write_server_files TO CURRENT_USER": "ADMIN option",
    "GRANT pg_execute_server_program TO CURRENT_USER": "ADMIN option",
    "CREATE ROLE gm_x IN ROLE pg_write_server_files": "ADMIN option",
    "CREATE ROLE gm_x SUPERUSER": "SUPERUSER attribute",
    "ALTER ROLE CURRENT_USER SUPERUSER": "SUPERUSER attribute",
    "SET ROLE postgres": "permission denied to set role",
    "SET SESSION AUTHORIZATION postgres": "permission denied",
    "ALTER SYSTEM SET work_mem = '1GB'": "permission denied",
    "CREATE DATABASE gm_x": "permission denied to create database",
    "CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'libc'": "permission denied for language",
    "LOAD '/tmp/x.so'": "access to library",
}


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    """Return the path of a file that the account of the server could write, and nobody must."""
    for parent in (tmp_path, *tmp_path.parents[:2]):
        parent.chmod(0o777)
    yield tmp_path / "written"
    assert not (tmp_path / "written").exists()
    for parent in (tmp_path, *tmp_path.parents[:2]):
        parent.chmod(0o700)


def roles(version: int = 18) -> set[str]:
    with databases.connect(databases.server(version).get_uri()) as connection:
        rows = connection.execute("SELECT rolname FROM pg_roles").fetchall()
    return {name for (name,) in rows}


def spec(project: Environment, bound: str = "9", default: str = "a") -> str:
    return project.spec(SPEC.format(bound=bound, default=default))


def sql(text: str) -> str:
    return f'{{sql: "{text}"}}'


@pytest.mark.parametrize("version", databases.VERSIONS)
def test_who_a_database_belongs_to(version: int) -> None:
    with databases.database(version) as url, databases.connect(url) as connection:
        (name, super_, files, timeout) = connection.execute("""
            SELECT current_user = current_database(), rolsuper,
                pg_has_role(current_user, 'pg_write_server_files', 'MEMBER')
                OR pg_has_role(current_user, 'pg_read_server_files', 'MEMBER')
                OR pg_has_role(current_user, 'pg_execute_server_program', 'MEMBER'),
                current_setting('statement_timeout')
            FROM pg_roles WHERE rolname = current_user
        """).fetchone()
        connection.execute("SET session_replication_role = replica")
        connection.execute("CREATE EXTENSION vector")
        connection.execute("CREATE TABLE t (x vector(3))")
    assert (name, super_, files, timeout) == (True, False, False, "1min")


@pytest.mark.parametrize("version", databases.VERSIONS)
@pytest.mark.parametrize("statement", STATEMENTS)
def test_what_is_denied(version: int, statement: str, path: Path) -> None:
    with (
        databases.database(version) as url,
        databases.connect(url) as connection,
        pytest.raises(psycopg.errors.Error, match=STATEMENTS[statement]) as caught,
    ):
        connection.execute(statement.format(path=path))
    assert caught.value.sqlstate == "42501"


@pytest.mark.parametrize("bound", DENIED)
@pytest.mark.parametrize("command", ["verify", "diff"])
def test_files_are_out_of_reach_of_a_spec(
    command: str, bound: str, path: Path, project: Environment, database: str
) -> None:
    file = spec(project, bound=sql(bound.format(path=path)))
    more = (database,) if command == "diff" else ()
    done = project.run(command, file, *more)
    assert done.status != 0
    assert DENIED[bound] in done.stderr
    assert HINTS["rights"] in done.stderr
    assert "Traceback" not in done.stderr


def test_a_default_reads_no_file(generic: Environment) -> None:
    text = "name: t\ndescription: Make t.\ntables: {t: {columns: {id: bigint}}}\n"
    assert generic.generate(spec=text).status == 0
    new = "{type: text, default: " + sql("pg_read_file('/etc/hostname')") + "}"
    text = text.replace("id: bigint", f"id: bigint, x: {new}")
    done = generic.run("verify", generic.spec(text))  # rows are there
    assert done.status != 0
    assert "permission denied for function pg_read_file" in done.stderr
    assert HINTS["rights"] in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["verify", "diff"])
def test_a_statement_ends_in_time(
    command: str,
    project: Environment,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scratch_roles, "TIMEOUT", 1)
    # Those that the tests keep have been made with another one.
    for module in (built, verify):
        monkeypatch.setattr(module, "databases", databases)
    monkeypatch.chdir(project.root)
    file = spec(project, bound=sql("length(pg_sleep(1000)::text)"))
    more = [database] if command == "diff" else []
    done = CliRunner().invoke(main, [command, str(file), *more])
    assert done.exit_code == 2, done.exception
    assert "canceling statement due to statement timeout" in done.stderr
    assert HINTS["time"] in done.stderr


def test_an_extension_of_a_spec(project: Environment) -> None:
    done = project.run(
        "verify",
        project.spec("""
name: t
description: Make t.
extensions: [vector]
tables: {t: {columns: {id: bigint, x: vector(3)}}}
"""),
    )
    assert done.status == 0, done.stderr


def test_without_a_copy_of_the_program_there_is_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    build = databases.chosen().build
    assert copies.runnable(build) != build.programs
    monkeypatch.setattr(copies, "gettempdir", lambda: str(tmp_path / "file"))
    (tmp_path / "file").touch()
    copies.runnable.cache_clear()
    assert copies.runnable(build) == build.programs
    copies.runnable.cache_clear()


# Roles that a history makes

MADE = """
CREATE ROLE {0} CREATEROLE;
GRANT CREATE ON SCHEMA public TO {0};
CREATE TABLE t (x integer);
ALTER TABLE t OWNER TO {0};
ALTER DEFAULT PRIVILEGES FOR ROLE {0} GRANT SELECT ON TABLES TO PUBLIC;
SET ROLE {0};
CREATE ROLE {0}_deep;
GRANT SELECT ON t TO {0}_deep;
RESET ROLE;
"""


@pytest.mark.parametrize("version", databases.VERSIONS)
def test_roles_go_with_their_database(version: int) -> None:
    role = f"reader_{secrets.token_hex(8)}"
    for _ in range(2):
        with databases.database(version) as url, databases.connect(url) as connection:
            connection.execute(MADE.format(role))
            (name,) = connection.execute("SELECT current_user").fetchone()
            assert {role, f"{role}_deep", name} <= roles(version)
        assert not {role, f"{role}_deep", name} & roles(version)


def test_roles_of_dead_runs_go() -> None:
    role = f"reader_{secrets.token_hex(8)}"
    name = f"gm_1_{secrets.token_hex(16)}"
    url = databases.server().get_uri()
    with databases.connect(url) as connection:
        scratch_roles.make(connection, name, databases.NEWEST)
        connection.execute(f"SET ROLE {name}")
        connection.execute(f"CREATE ROLE {role}")
    with databases.database() as live:
        databases.drop_left_over(url)
        with databases.connect(live) as connection:
            connection.execute("SELECT 1")
        assert not {role, name} & roles()


def test_role_of_the_same_name_in_two_runs(generic: Environment) -> None:
    role = f"reader_{secrets.token_hex(8)}"
    file = generic.hand_written("aaaa")
    text = file.read_text(encoding="utf-8")
    body = f"def upgrade() -> None:\n    op.execute('CREATE ROLE {role}')\n\n\ndef old"
    file.write_text(text.replace("def upgrade", body), encoding="utf-8")
    for _ in range(2):
        done = generic.run("verify", spec(generic))
        assert done.status == 0, done.stderr
    with databases.database() as url, databases.connect(url) as connection:
        connection.execute(f"CREATE ROLE {role}")
        done = generic.run("verify", spec(generic))
    assert done.status == 2
    assert f'role "{role}" already exists' in done.stderr
    assert HINTS["role"] in done.stderr


def test_sql_before_makes_roles_for_all_databases_of_a_run(
    generic: Environment,
) -> None:
    role = f"reader_{secrets.token_hex(8)}"
    (generic.root / "roles.sql").write_text(f"-- Mine.\nCREATE ROLE {role}\n NOLOGIN;")
    text = f"name: t\ntables: {{t: {{columns: {{a: text}}, owner: {role}}}}}"
    name = generic.spec(text, "t.yaml")
    done = generic.run("verify", name, "--before", "roles.sql")
    assert done.status == 0, done.stderr
    assert role not in roles()


def test_superuser_of_tests(database: str) -> None:
    with databases.connect(as_superuser(database)) as connection:
        found: Any = connection.execute("SHOW is_superuser").fetchone()
    assert found == ("on",)


TRUSTED = """
name: t
description: Make t.
foreign_data_wrappers: {w: {}}
functions:
  h(): {language: c, returns: language_handler,
    library: $libdir/plpgsql, body: plpgsql_call_handler}
  seen(): {returns: event_trigger, language: plpgsql, body: BEGIN END}
event_triggers: {seen: {event: ddl_command_end, function: seen}}
publications: {p: {all_tables: true}}
tables:
  t: {columns: {id: bigint}, owner: postgres, grants: {gm_reader: [select]}}
"""


def test_a_superuser_runs_what_is_trusted(generic: Environment) -> None:
    """Only where it is said; roles that its revisions make are gone after it, too."""
    name = generic.spec(TRUSTED, "t.yaml")
    (generic.root / "roles.sql").write_text("CREATE ROLE gm_trusted")
    before = "--before", "roles.sql"
    denied = generic.run("verify", name, *before)
    assert denied.status == 2
    assert "permission denied" in denied.stderr
    assert "--dev-url superuser" in denied.stderr
    done = generic.run("verify", name, *before, "--dev-url", "superuser")
    assert done.status == 0, done.stderr
    # What nobody may do is no reason to say again what was given.
    theirs = (
        "name: s\ndescription: S.\nstatements:\n  x: {create: CREATE TABLE pg_catalog.x (),"
        " drop: DROP TABLE pg_catalog.x}\ntables: {}\n"
    )
    name = generic.spec(theirs, "s.yaml")
    denied = generic.run("verify", name, "--dev-url", "superuser")
    assert "System catalog modifications" in denied.stderr
    assert "--dev-url superuser" not in denied.stderr
    assert not {"gm_trusted", "gm_reader"} & roles()
