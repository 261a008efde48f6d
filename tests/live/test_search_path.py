"""Databases, roles and URLs that set `search_path`: a name means one table, whoever reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import databases
import pytest
from click.testing import CliRunner
from gen_migration.catalog.reader import readings
from gen_migration.cli import main
from gen_migration.history import offline_sql
from gen_migration.history.drafts import first_revision
from gen_migration.postgres.names import Name
from gen_migration.scratch import databases as scratch
from gen_migration.spec.load import load

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result
    from environment import Environment

TABLES = """
CREATE SCHEMA app;
SET search_path = app, public;
CREATE TYPE state AS ENUM ('new', 'old');
CREATE SEQUENCE numbers;
CREATE TABLE t (
    id integer NOT NULL CONSTRAINT pk_t PRIMARY KEY, s state NOT NULL DEFAULT 'new',
    n integer NOT NULL DEFAULT nextval('numbers'), CONSTRAINT ck_t_s CHECK (s <> 'old')
);
"""
SPEC = """\
name: x
schema: app
schemas: [app]
enums:
  state: [new, old]
sequences:
  numbers: {}
tables:
  t:
    columns:
      id: {type: integer, primary_key: true}
      s: {type: app.state, default: new}
      n: {type: integer, default: {sql: 'nextval(''app.numbers''::regclass)'}}
    checks:
      ck_t_s: s <> 'old'
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def execute(url: str, sql: str) -> None:
    with scratch.connect(url) as connection:
        connection.execute(sql)


def set_path(url: str, how: str) -> str:
    """Let names be looked for in `app` first; return the URL to read it with."""
    name = url.partition("?")[0].rpartition("/")[2]
    if how == "url":
        return f"{url}&options=-csearch_path%3Dapp,public"
    what = {"database": "DATABASE", "role": "ROLE"}[how]
    execute(url, f"ALTER {what} {name} SET search_path = app, public")
    return url


@pytest.mark.parametrize("how", ["database", "role", "url"])
def test_an_import_says_in_which_schema_its_tables_are(
    database: str, how: str, tmp_path: Path
) -> None:
    execute(database, TABLES)
    url = set_path(database, how)
    found = run("import", url, "--name", "x", "--strict")
    assert found.output == SPEC
    path = tmp_path / "x.yaml"
    path.write_text(SPEC, encoding="utf-8")
    with databases.database() as fresh:
        draft = first_revision(load(SPEC, "x.yaml"))
        (tmp_path / "revision.py").write_text(
            draft.text(draft.header), encoding="utf-8"
        )
        offline_sql.upgrade(fresh, tmp_path)
        # The tables are in `app` there, and all agree on it.
        for pair in ((url, fresh), (fresh, url), (str(path), url), (str(path), fresh)):
            same = run("diff", *pair)
            assert (same.exit_code, same.stdout) == (0, ""), same.output


def test_two_databases_are_compared_by_full_names(database: str) -> None:
    table = "CREATE TABLE t (id integer)"
    execute(database, f"CREATE SCHEMA app; SET search_path = app; {table}")
    url = set_path(database, "database")
    with databases.database() as other:
        execute(other, table)
        found = run("diff", url, other)
    assert found.exit_code == 1
    assert "app.t" in found.stdout


def test_a_search_path_decides_for_a_spec_that_leaves_it_open(
    database: str, tmp_path: Path
) -> None:
    path = tmp_path / "x.yaml"
    plain = SPEC.replace("schema: app\nschemas: [app]\n", "").replace("app.", "")
    path.write_text(plain, "utf-8")
    execute(database, TABLES)
    url = set_path(database, "database")
    found = run("diff", str(path), url)
    assert (found.exit_code, found.stdout) == (0, ""), found.output
    assert 'names without a schema are those of "app"' in found.stderr
    assert "schema: app in the spec" in found.stderr


BEFORE = """
CREATE SCHEMA app;
DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = app, public', current_database());
END$$;
"""
BY_HAND = """
import sqlalchemy as sa
from alembic import op

revision = "1234abcd"
down_revision = None


def upgrade():
    op.create_table(
        "t", sa.Column("id", sa.Text()), sa.PrimaryKeyConstraint("id", name="pk_t"){}
    )


def downgrade():
    op.drop_table("t"{})
"""


@pytest.mark.parametrize("schema", ["", ', schema="app"'])
def test_a_history_is_adopted_and_verified_where_its_tables_are(
    generic: Environment, schema: str
) -> None:
    generic.versions.mkdir(parents=True, exist_ok=True)
    (generic.versions / "1234abcd_t.py").write_text(
        BY_HAND.format(schema, schema), encoding="utf-8"
    )
    (generic.root / "before.sql").write_text(BEFORE, encoding="utf-8")
    spec = "tables: {t: {columns: {id: {type: text, primary_key: true}}}}\n"
    path = generic.spec("name: x\n" + ("schema: app\n" if schema else "") + spec)
    before = ("--before", "before.sql")
    adopted = generic.run(path, "--adopt", *before)
    assert adopted.status == 0, adopted.stderr
    proven = generic.run("verify", path, *before)
    assert proven.status == 0, proven.stderr


def test_a_table_is_found_where_the_search_path_leads(database: str) -> None:
    execute(database, TABLES + "CREATE TABLE public.other ()")
    url = set_path(database, "database")
    for named in ("t", "app.t"):
        found = run("import", url, "--name", "x", "--table", named)
        assert list(map(str, load(found.stdout, "x").schema.tables)) == ["app.t"]


def test_a_path_that_is_set_between_two_readings_is_seen(database: str) -> None:
    with readings(database) as read:
        assert read().search == "public"
        assert read().schema.tables == {}
        execute(database, TABLES)
        set_path(database, "database")
        assert read().search == "app"
        assert [*read().schema.tables] == [Name(None, "t")]
