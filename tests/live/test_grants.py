"""Grants and owners on a server: what they lock, what import makes of them, and what is drift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
import databases
import pytest
from dumps import dump
from environment import refused
from gen_migration.history import offline_sql
from gen_migration.history.directory import OutputDirectory
from gen_migration.history.drafts import first_revision
from gen_migration.history.target import Target
from gen_migration.postgres.names import Name
from gen_migration.review.formats import text as review_text
from gen_migration.scratch import databases as scratch
from gen_migration.scratch import roles
from gen_migration.spec.load import load
from gen_migration.workflows.compare import compare
from gen_migration.workflows.generate import generate
from round_trips import imported
from statements import execute

if TYPE_CHECKING:
    from pathlib import Path

    from environment import Environment

ROLES = ("gm_reader", "gm_writer")
BUILT = """
CREATE SCHEMA app;
GRANT USAGE ON SCHEMA app TO gm_reader;
CREATE TABLE t (id serial, name text NOT NULL);
GRANT SELECT (id, name), UPDATE (name) ON t TO gm_reader WITH GRANT OPTION;
GRANT ALL ON t TO gm_writer;
GRANT USAGE ON SEQUENCE t_id_seq TO gm_writer;
CREATE TABLE app.plain (id integer NOT NULL);
GRANT SELECT ON app.plain TO gm_reader;
REVOKE SELECT ON app.plain FROM gm_reader;
CREATE VIEW v AS SELECT id FROM t;
GRANT SELECT ON v TO gm_reader, PUBLIC;
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1';
REVOKE ALL ON FUNCTION f(integer) FROM PUBLIC;
CREATE TYPE mood AS ENUM ('good');
REVOKE ALL ON TYPE mood FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO gm_reader;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
"""
HELD = """
      gm_reader: {select: [id, name], update: [name], with_grant_option: true}
      gm_writer: all
"""


def with_roles(url: str) -> Any:
    """Return a connection to a database whose server has the roles."""
    connection = databases.connection(url)
    for one in ROLES:
        connection.execute(roles.make_sure(one))
    return connection


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_what_is_imported_builds_it_again(version: int, tmp_path: Path) -> None:
    """What is as PostgreSQL gives it by itself is not said."""
    with databases.database(version) as url, databases.database(version) as other:
        with_roles(url)
        execute(url, BUILT)
        with_roles(other)
        found = imported(url, "--name", "shop", "--strict")
        assert (found.exit_code, found.stderr) == (0, "")
        assert HELD in found.stdout
        spec = load(found.stdout, "spec.yaml")
        assert spec.schema.tables[Name("app", "plain")].grants is None
        draft = first_revision(spec)
        (tmp_path / "first.py").write_text(draft.text(draft.header), encoding="utf-8")
        offline_sql.upgrade(other, tmp_path)
        execute(other, "DROP TABLE alembic_version")
        assert dump(other) == dump(url)


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_what_grants_lock(version: int) -> None:
    """Nobody who reads or writes a table waits for a grant on it; see `plan.locks`."""
    with databases.database(version) as url:
        connection = with_roles(url)
        connection.execute("CREATE TABLE t (id integer)")
        connection.execute("CREATE VIEW v AS SELECT * FROM t")
        for statement in (
            "GRANT SELECT ON TABLE t TO gm_reader",
            "GRANT SELECT (id) ON TABLE t TO gm_reader WITH GRANT OPTION",
            "REVOKE ALL ON TABLE t FROM gm_reader",
            "GRANT SELECT ON TABLE v TO gm_reader",
        ):
            with connection.transaction():
                connection.execute(statement)
                found = connection.execute(
                    "SELECT mode FROM pg_locks WHERE pid = pg_backend_pid()"
                    " AND relation IN ('t'::regclass, 'v'::regclass)"
                ).fetchall()
            assert {mode for (mode,) in found} <= {"AccessShareLock"}, statement


SPEC = """
name: shop
tables:
  t: {columns: {id: integer}, grants: {gm_reader: [select]}}
  u: {columns: {id: integer}}
"""


def test_drift_is_where_a_spec_says_something(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(SPEC, encoding="utf-8")
    generate(path, OutputDirectory(tmp_path / "output"))
    with databases.database() as url:
        connection = with_roles(url)
        offline_sql.upgrade(url, tmp_path / "output")
        connection.execute("GRANT ALL ON u TO gm_writer")
        assert compared(str(path), url) == []
        connection.execute("GRANT INSERT ON t TO gm_writer")
        line = "grants: gm_reader: select → gm_reader: select; gm_writer: insert"
        assert line in " ".join(" ".join(compared(str(path), url)).split())


def compared(spec: str, url: str) -> list[str]:
    """Return the lines of what a database has otherwise than a spec."""
    found = compare(spec, url, Target()).review
    lines = click.unstyle(review_text.render(found)).splitlines()
    return lines if found.changes else []


def test_owners_are_imported_where_they_are_asked_for() -> None:
    with databases.database() as url:
        connection = with_roles(url)
        connection.execute(roles.let_own())
        connection.execute("CREATE TYPE mood AS ENUM ('good')")
        connection.execute("ALTER TYPE mood OWNER TO gm_writer")
        assert "owner" not in imported(url, "--name", "shop").stdout
        found = imported(url, "--name", "shop", "--owners").stdout
        assert "owner: gm_writer" in found


def test_what_nobody_was_given_is_imported_where_it_is_asked_for() -> None:
    with databases.database() as url:
        execute(url, "CREATE TABLE t (a integer); CREATE TYPE mood AS ENUM ('good')")
        assert "grants" not in imported(url, "--name", "shop").stdout
        found = imported(url, "--name", "shop", "--grants").stdout
        assert found.count("grants: {}") == 2


def test_what_is_left_out_of_grants_is_named() -> None:
    with databases.database() as url:
        with_roles(url)
        execute(
            url,
            """
            CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY);
            GRANT USAGE ON SEQUENCE t_id_seq TO gm_reader;
            GRANT SELECT ON t TO gm_writer WITH GRANT OPTION;
            SET ROLE gm_writer;
            GRANT SELECT ON t TO gm_reader;
            RESET ROLE;
            REVOKE INSERT ON t FROM CURRENT_USER;
            """,
        )
        both = imported(url, "--name", "shop", "-v")
        assert "create: GRANT USAGE ON SEQUENCE t_id_seq TO gm_reader" in both.stdout
        found = both.stderr
        for line in (
            "grantor of table t: what gm_writer grants, who does not own it, its owner does then",
            "rights of the owner table t: some were taken away, and owners are left out (--owners)",
        ):
            assert line in found


LATER = """
name: shop
default_privileges:
  tables: {{grants: {{gm_reader: [select]}}}}
  functions: {{grants: {{public: []}}}}
{0}
"""
OPEN = """
tables: {t: {columns: {id: bigserial}}}
functions: {f(): {returns: integer, language: sql, body: SELECT 1}}
"""
SAID = """
tables: {t: {columns: {id: bigserial}, grants: {gm_writer: [select]}}}
functions: {f(): {returns: integer, language: sql, body: SELECT 1, grants: {}}}
"""
RIGHTS = """
SELECT array_agg(concat_ws(' ', name, lower(privilege_type), grantee::regrole) ORDER BY name)
FROM (
    SELECT relname, relacl, relowner FROM pg_class WHERE relname = 't'
    UNION ALL SELECT proname, proacl, proowner FROM pg_proc WHERE proname = 'f'
) AS held (name, acl, owner)
CROSS JOIN LATERAL aclexplode(acl) WHERE grantee <> owner
"""


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_what_default_privileges_gave_is_known_later(
    version: int, tmp_path: Path
) -> None:
    """Grants that a spec says of what has got others are what it then has, and the way back."""
    path, output = tmp_path / "shop.yaml", OutputDirectory(tmp_path / "output")
    rights: list[Any] = []
    with databases.database(version) as url:
        connection = with_roles(url)
        for text in ("", OPEN, SAID):
            path.write_text(LATER.format(text), encoding="utf-8")
            generate(path, output)
            offline_sql.upgrade(url, output.root)
            rights += connection.execute(RIGHTS).fetchone()
            assert compared(str(path), url) == []
        offline_sql.downgrade(url, output.root, "-1")
        rights += connection.execute(RIGHTS).fetchone()
    given = ["t select gm_reader"]
    assert rights == [None, given, ["f execute -", "t select gm_writer"], given]


def test_what_default_privileges_give_is_verified(project: Environment) -> None:
    for text in ("", OPEN, SAID):
        spec = LATER.format(text)
        project.generate(spec=spec)
        done = project.run("verify", project.spec(spec))
        assert done.status == 0, done.stderr


def test_nothing_is_given_to_the_administrator(generic: Environment) -> None:
    spec = "name: shop\ntables: {t: {columns: {id: bigint}, owner: postgres}}\n"
    done = generic.run("verify", generic.spec(spec))
    words = ("must be able to SET ROLE", "leave owner: out", "--dev-url")
    assert (done.status, [one for one in words if one not in done.stderr]) == (2, [])


def test_roles_of_the_past_are_there_for_the_history(project: Environment) -> None:
    """A role that only revisions of the past name is made on the embedded server as well."""
    table = "name: shop\ntables: {{t: {{columns: {{id: bigint{0}}}, {1}}}}}\n"
    for text in (
        table.format("", "owner: gm_past, grants: {gm_gone: [select]}"),
        table.format("", "owner: gm_now, grants: {}"),
        table.format(", n: {type: text, nullable: true}", "owner: gm_now, grants: {}"),
    ):
        project.generate(spec=text)
        done = project.run("verify", project.spec(text))
        assert done.status == 0, done.stderr


BY_HAND = '''\
"""Create t, for roles of the server."""

from alembic import op

revision = "aaaa1111"
down_revision = None


def upgrade():
    op.execute("CREATE TABLE t (id bigint NOT NULL)")
    op.execute("CREATE SEQUENCE s")
    op.execute("ALTER TABLE t OWNER TO gm_owner")
    op.execute("GRANT SELECT ON t TO gm_reader WITH GRANT OPTION")
    op.execute("DO $$ BEGIN EXECUTE 'GRANT INSERT ON t TO gm_writer'; END $$")
    op.execute("ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO gm_reader")


def downgrade():
    pass
'''
ADOPTED = """\
name: shop
default_privileges: {sequences: {grants: {gm_reader: [usage]}}}
sequences: {s: {}}
tables:
  t:
    columns: {id: bigint}
    owner: gm_owner
    grants:
      gm_reader: {select: true, with_grant_option: true}
      gm_writer: [insert]
"""


def test_what_people_have_granted_is_adopted(generic: Environment) -> None:
    """With the roles that the spec names, on the embedded server; a grant more is told."""
    (generic.versions / "by_hand.py").write_text(BY_HAND, encoding="utf-8")
    less = ADOPTED.replace("      gm_writer: [insert]\n", "")
    refused(generic.generate("--adopt", spec=less), "gm_writer", "CREATE ROLE")
    more = ADOPTED.replace("[insert]", "[insert, update]")
    done = generic.generate("--adopt", spec=more)
    assert (done.status, "gm_writer: [insert, update]" in done.stdout) == (1, True)
    done = generic.generate("--adopt", spec=ADOPTED)
    assert done.status == 0, done.stdout + done.stderr
    later = ADOPTED.replace("sequences: {s: {}}", "sequences: {s: {}, q: {grants: {}}}")
    generic.generate(spec=later)
    done = generic.run("verify", generic.spec(later))
    assert done.status == 0, done.stderr
