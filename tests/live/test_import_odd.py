"""`gen-migration import` of a database full of odd things, all of them legal.

Nothing that one of them is ends the import: it is held, or left out and named with the reason.
"""

from __future__ import annotations

from pathlib import Path

import databases
import pytest
from environment import as_superuser
from gen_migration.base.data_class import replace
from gen_migration.catalog.tolerances import with_names_left_open
from gen_migration.catalog.values import Unheld
from gen_migration.cli.left_out import lines
from gen_migration.history import offline_sql
from gen_migration.history.drafts import first_revision
from gen_migration.scratch import databases as scratch
from gen_migration.spec.load import load
from gen_migration.spec.write.spec import dump
from round_trips import imported as run
from statements import execute

# Held, and the same again on another database.
HELD = (Path(__file__).parents[1] / "support" / "odd.sql").read_text(encoding="utf-8")
MANY = ", ".join(f"'{number:040}'" for number in range(600))
DEEP = "{" + '"a":{' * 60 + "}" * 60 + "}"
# Left out, beside what stands on it.
REFUSED = f"""
CREATE TABLE names ("a\x1bb" integer, c integer, CONSTRAINT n1 CHECK ("a\x1bb" > 1));
CREATE INDEX n2 ON names ("a\x1bb");
CREATE TABLE "t\x07" (a integer PRIMARY KEY);
CREATE TABLE child (a integer CONSTRAINT child_fk REFERENCES "t\x07");
CREATE TYPE "e\x01" AS ENUM ('a');
CREATE TABLE of_type (a "e\x01", b text);
CREATE INDEX "i\x1f" ON of_type (b);
CREATE SEQUENCE "s\x01";
CREATE TABLE counted (a integer DEFAULT nextval('"s\x01"'));
CREATE TABLE "new\nline" ();
CREATE TABLE unquoted (a integer, "collation" text);
CREATE TABLE too_long (a text, CONSTRAINT long CHECK (a IN ({MANY})));
CREATE TABLE parts (a text) PARTITION BY LIST (a);
CREATE TABLE parts_long PARTITION OF parts FOR VALUES IN ({MANY});
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN ('a');
CREATE TABLE deep (a jsonb DEFAULT '{DEEP}');
ALTER TABLE child DISABLE TRIGGER ALL;
"""
NAMED = """\
check long of too_long: the SQL is longer than 20,000 characters
check n1 of names: unknown column "a\\x1bb"
column a of of_type: unknown type "e\\x01"
column a\\x1bb of names: the name 'a\\x1bb' holds a control character (U+001B)
column collation of unquoted: the name "collation" is a word of SQL that SQLAlchemy does not quote
default a of counted: the sequence "s\\x01" is left out
disabled foreign key child_fk of child
enum e\\x01: the name 'e\\x01' holds a control character (U+0001)
foreign key child_fk of child: unknown table "t\\x07"
index i\\x1f of of_type: the name 'i\\x1f' holds a control character (U+001F)
index n2 of names: SQL: syntax error at or near "\\x1b"
sequence s\\x01: the name 's\\x01' holds a control character (U+0001)
table new\\nline: the name 'new\\nline' holds a control character (U+000A)
table parts_long: the SQL is longer than 20,000 characters
table t\\x07: the name 't\\x07' holds a control character (U+0007)
"""


def revision(text: str, to: Path) -> None:
    draft = first_revision(load(text, "spec.yaml"))
    (to / "revision.py").write_text(draft.text(draft.header), encoding="utf-8")


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_what_is_odd_is_held(version: int, tmp_path: Path) -> None:
    with databases.database(version) as url, databases.database(version) as other:
        execute(url, HELD)
        found = run(url, "--name", "odd", "--strict")
        assert (found.exit_code, found.stderr) == (0, "")
        assert dump(load(found.stdout, "spec.yaml"))
        revision(found.stdout, tmp_path)
        offline_sql.upgrade(other, tmp_path)
        assert run(other, "--name", "odd").stdout == found.stdout


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_what_is_refused_is_named_and_the_rest_is_held(
    version: int, tmp_path: Path
) -> None:
    with databases.database(version) as url, databases.database(version) as other:
        # Who may disable the triggers of a foreign key.
        execute(as_superuser(url), REFUSED)
        found = run(url, "--name", "odd", "--verbose")
        assert found.exit_code == 0
        told = [line.removeprefix("left out: ") for line in found.stderr.splitlines()]
        assert "\n".join(sorted(told)) + "\n" == NAMED
        assert run(url, "--strict").exit_code == 1
        revision(found.stdout, tmp_path)
        offline_sql.upgrade(other, tmp_path)
        again = run(other, "--name", "odd", "--strict")
    assert again.exit_code == 0
    assert found.stdout.endswith(again.stdout)
    assert list(load(again.stdout, "spec.yaml").schema.tables)


def test_literals_are_written_as_literals(database: str) -> None:
    execute(database, HELD)
    text = run(database, "--table", "literals", "--name", "x").stdout
    assert (
        text.partition("columns:\n")[2]
        == r"""      a: {type: text, nullable: true, default: 'C:\dir'}
      b: {type: varchar(20), nullable: true, default: \d+}
      c: {type: 'text[]', nullable: true, default: [a\b, c d]}
      d: {type: jsonb, nullable: true, default: {re: ^\d+$}}
      e: {type: 'integer[]', nullable: true, default: [[1, 2], [3, 4]]}
      f: {type: 'text[]', nullable: true, default: '[0:1]={a,b}'}
      g: {type: 'text[]', nullable: true, default: ['NULL', null, '']}
      h: {type: char(5), nullable: true, default: \}
      i: {type: interval day to second(3), nullable: true, default: 1 day}
      j: {type: text, nullable: true, default: "\x02\n"}
      k: {type: text, nullable: true, default: '{a'}
      l: {type: 'text[]', nullable: true, default: {sql: 'ARRAY[''a''::text]'}}
      m: {type: bytea, nullable: true, default: \x00}
"""
    )


def test_a_key_says_not_null_of_a_child_where_it_came_with_it(database: str) -> None:
    """PostgreSQL 18 keeps which of the two said it; a spec need not, beside a key.

    A child has the default of a serial column.
    """
    execute(
        database,
        """
        CREATE TABLE p (a integer NOT NULL, b serial);
        CREATE TABLE within (PRIMARY KEY (a)) INHERITS (p);
        CREATE TABLE later () INHERITS (p);
        ALTER TABLE later ADD PRIMARY KEY (a);
        """,
    )
    spec = load(run(database, "--name", "children").stdout, "spec.yaml")
    own = {name.name: one.own for name, one in spec.schema.tables.items()}
    assert own == {"later": {}, "p": {}, "within": {"a": {"nullable": False}}}
    tables = {name: replace(one, own={}) for name, one in spec.schema.tables.items()}
    silent = replace(spec.schema, tables=tables)
    assert with_names_left_open(spec.schema, silent) == silent


def test_tables_that_are_not_wanted(database: str) -> None:
    execute(
        database,
        "CREATE TABLE a (id integer PRIMARY KEY); CREATE TABLE b (id integer REFERENCES a);"
        "CREATE TABLE p (n integer) PARTITION BY LIST (n);"
        "CREATE TABLE p_1 PARTITION OF p FOR VALUES IN (1); CREATE RULE r AS ON DELETE TO p_1"
        " DO INSTEAD NOTHING",
    )
    found = run(
        database, "--name", "x", "--exclude-table", "a", "--exclude-table", "public.p"
    )
    assert found.stderr == ""
    spec = load(found.stdout, "spec.yaml")
    assert list(map(str, spec.schema.tables)) == ["b"]
    assert list(map(str, spec.external)) == ["a"]
    unknown = run(database, "--exclude-table", "aa")
    assert 'the database has no table "aa"' in unknown.stderr


def test_a_schema_that_the_role_may_not_see_is_named(database: str) -> None:
    role = database.partition("?")[0].rpartition("/")[2] + "_other"
    execute(database, "CREATE SCHEMA app; CREATE TABLE app.t (); CREATE TABLE u ()")
    execute(database, f"CREATE ROLE {role} LOGIN")
    try:
        found = run(f"{database}&options=-crole%3D{role}", "--name", "x")
    finally:
        execute(database, f"DROP OWNED BY {role}; DROP ROLE {role}")
    assert found.exit_code == 0, found.stderr
    assert list(map(str, load(found.stdout, "x").schema.tables)) == ["u"]
    assert found.stderr == (
        "left out: schema app: the role may not look into it (GRANT USAGE ON SCHEMA)\n"
    )


def test_versions_of_extensions_are_a_servers_own(database: str) -> None:
    execute(database, "CREATE EXTENSION vector")
    assert "extensions: [vector]\n" in run(database).stdout
    assert "vector: {version: " in run(database, "--versions").stdout


def test_what_is_left_out_is_told_kind_by_kind() -> None:
    found = [Unheld(kind="row level security", name=f"t{n}") for n in range(80)]
    found += [Unheld(kind="policy", name=f"p of t{n}") for n in range(4)]
    found += [Unheld(kind="grants", name="a"), Unheld(kind="grants", name="b")]
    found += [Unheld(kind="settings of an index", name=n) for n in "ab"]
    found += [Unheld(kind="view", name="v"), Unheld(kind="check", name="c", reason="x")]
    assert lines(found, verbose=False) == [
        "row level security on 80 tables: t0, t1, t2 and 77 more",
        "4 policies: p of t0, p of t1, p of t2 and 1 more",
        "grants on 2 objects: a, b",
        "2 settings of an index: a, b",
        "view v",
        "check c: x",
    ]
    assert lines(found, verbose=True) == list(map(str, found))
