"""What a person writes into a revision: it counts, it concerns rows alone, or it is refused."""

from __future__ import annotations

import textwrap

import pytest
from gen_migration.base.errors import Error
from gen_migration.model.schema import Schema
from gen_migration.operations.base import apply
from gen_migration.postgres.names import Name
from gen_migration.replay.replay import replay

REVISION = """\
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "a"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "t",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_t"),
    )
    op.create_table(
        "u",
        sa.Column("t_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["t_id"], ["t.id"], name="fk_u"),
    )
"""
LINE = REVISION.count("\n") + 1


def replayed(code: str) -> list[str]:
    """Return what code at the end of a revision does."""
    text = REVISION + textwrap.indent(code, "    ") + "\n"
    operations, _ = replay(text, "r.py", Schema())
    return [one.summary for one in operations[2:]]


ROWS = [
    'op.execute("SELECT pg_sleep(0)")',
    "op.execute(\"INSERT INTO t VALUES (1, 'create table x ()')\")",
    'op.execute("WITH gone AS (DELETE FROM t RETURNING id) SELECT * FROM gone")',
    'op.execute("TRUNCATE t")',
    'op.execute(sa.text("UPDATE t SET note = :note").bindparams(note="a"))',
    'op.execute(sa.text("UPDATE t SET note = id::text"))',
    't = sa.table("t", sa.column("id"))\nop.execute(t.update().values(note="a"))',
    (
        't = sa.table("t", sa.column("id"))\n'
        "op.execute(sa.update(t).where((t.c.id > 1) & (t.c.id < sa.func.now() + 1)).values(id=2))"
    ),
    (
        't = sa.table("t", sa.column("id"))\n'
        "op.execute(postgresql.insert(t).values(id=1).on_conflict_do_nothing())"
    ),
    't = sa.table("t", sa.column("id"))\nop.bulk_insert(t, [{"id": 1}])',
    "op.execute(\"DO $$ BEGIN PERFORM 1; RAISE NOTICE 'create table'; END $$\")",
    'op.execute("GRANT SELECT ON others TO bob")',
    'op.execute("GRANT bob TO ann")',
    'op.execute("GRANT CONNECT ON DATABASE d TO bob")',
    'op.execute("GRANT SELECT ON t TO CURRENT_USER")',
    (
        "op.execute(\"DO $$ BEGIN IF to_regrole('bob') IS NOT NULL THEN"
        ' GRANT ALL ON t TO bob; END IF; END $$")'
    ),
    'op.execute("ALTER TABLE others ADD COLUMN x integer")',
    'op.add_column("others", sa.Column("x", sa.Integer()))',
]


@pytest.mark.parametrize("code", ROWS)
def test_what_concerns_rows_or_others_is_passed_over(code: str) -> None:
    assert replayed(code) == []


COUNTS = [
    ('op.execute("ALTER TABLE t ADD a int, ADD b int")', 2),
    ('op.add_column("t", sa.Column("a", sa.Integer()))', 1),
    ('with op.batch_alter_table("t") as t:\n    t.drop_column("note")', 1),
    (
        (
            'with op.batch_alter_table("t") as t:\n'
            '    t.create_index("i", ["note"])\n'
            '    t.create_foreign_key("fk", "u", ["id"], ["t_id"])\n'
            '    t.create_unique_constraint("uq", ["note"])\n'
            '    t.execute("ALTER TABLE t ADD c int")\n'
            '    t.drop_index("i")'
        ),
        5,
    ),
    ('op.create_index(index_name="i", table_name="t", columns=["note"])', 1),
    (
        (
            "with op.get_context().autocommit_block():\n"
            '    op.execute("CREATE INDEX CONCURRENTLY i ON t (note)")'
        ),
        1,
    ),
    # As revisions of before have it.
    (
        (
            'op.drop_index("i", table_name="t", postgresql_concurrently=True, if_exists=True)\n'
            'op.create_index("i", "t", ["note"], postgresql_concurrently=True,'
            " if_not_exists=True)"
        ),
        1,
    ),
    (
        'for name in ("a", "b", "c"):\n    op.add_column("t", sa.Column(name, sa.Text()))',
        3,
    ),
    ('op.execute("DROP TABLE u; DROP TABLE t")', 2),
    ('op.execute("DO $$ BEGIN DROP TABLE u; CREATE TABLE x (); END $$")', 2),
    ('op.execute("ALTER TABLE t OWNER TO bob")', 1),
    ('op.execute("ALTER TABLE t OWNER TO CURRENT_ROLE")', 0),
    ('op.execute("GRANT SELECT ON t TO bob; GRANT ALL (id) ON TABLE t TO PUBLIC")', 1),
    ('op.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO bob")', 2),
    ('op.execute("REVOKE ALL ON t FROM bob")', 0),
    ('op.execute("DO $$ BEGIN GRANT SELECT ON t TO bob; END $$")', 1),
    # The foreign key goes with it.
    ('op.execute("DROP TABLE t CASCADE")', 2),
    ('op.execute("DROP TABLE IF EXISTS others, u")', 1),
]


@pytest.mark.parametrize(("code", "count"), COUNTS)
def test_what_changes_the_schema_counts(code: str, count: int) -> None:
    assert len(replayed(code)) == count


def test_partitions_go_with_their_table() -> None:
    code = (
        'op.execute("CREATE TABLE p (a int NOT NULL) PARTITION BY LIST (a)")\n'
        'op.execute("CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)")\n'
        'op.drop_table("p")'
    )
    assert replayed(code)[2:] == ["drop table p1", "drop table p"]


REFUSED = [
    ("op.get_bind()", "op.get_bind"),
    ('sa.inspect(op.get_bind()).has_table("t")', "op.get_bind"),
    ("import app.models", "imports app.models"),
    (
        'op.execute("DO $$ BEGIN IF now() > now() THEN CREATE TABLE x (); END IF; END $$")',
        "a DO block",
    ),
    ('op.execute("SELECT 1 INTO x")', "SELECT INTO"),
    ('op.execute("CREATE TABLE x AS SELECT 1")', "CREATE TABLE AS"),
    ('op.execute("CREATE TABLE x (LIKE t)")', "LIKE"),
    ('op.execute("ALTER TABLE t ADD UNIQUE (note)")', "without a name"),
    ('op.create_index(None, "t", ["note"])', "without a name"),
    ('op.execute("ALTER TABLE t DROP COLUMN note CASCADE")', "CASCADE"),
    ('op.execute("ALTER TABLE t DROP CONSTRAINT pk_t CASCADE")', "CASCADE"),
    ('op.execute("DROP TYPE x CASCADE")', "CASCADE"),
    ('op.drop_column("t", "nothing")', "nothing"),
    ('op.execute("ALTER TABLE t ADD")', "syntax error"),
    (
        (
            'op.execute("CREATE FUNCTION f() RETURNS int LANGUAGE sql SET work_mem FROM CURRENT'
            " AS 'SELECT 1'\")"
        ),
        "write the value, SET work_mem TO …",
    ),
    (
        (
            'op.execute("CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN 1;'
            ' ALTER FUNCTION f() SET search_path FROM CURRENT")'
        ),
        "SET search_path FROM CURRENT is what a session has that runs it",
    ),
    ("op.no_directive(1)", "op.no_directive"),
    ('op.create_table(5, sa.Column("a", sa.Text()))', "5 as a name"),
    ('op.create_table("x", sa.Column(True, sa.Text()))', "True as a name"),
    ('op.create_table("x", schema=5)', "5 as a name"),
    ('op.rename_table("t", 5)', "5 as a name"),
    ('op.alter_column("t", "note", new_column_name=5)', "5 as a name"),
    ('op.alter_column("t", "note", comment=5)', "5 as a comment"),
    (
        (
            'op.execute("CREATE VIEW v AS SELECT id FROM t");'
            ' op.alter_column("v", "id", new_column_name="key")'
        ),
        "op.alter_column of view v",
    ),
    ("1 / 0", "division by zero"),
    ("raise SystemExit(0)", "SystemExit"),
]


@pytest.mark.parametrize(("code", "words"), REFUSED)
def test_what_cannot_be_known_is_refused_where_it_stands(code: str, words: str) -> None:
    with pytest.raises(Error) as caught:
        replayed(code)
    assert caught.value.where == f"r.py:{LINE}"
    assert words in str(caught.value)
    assert "hint: " in str(caught.value)


VIEWS = {
    "CREATE VIEW v AS SELECT * FROM t": "create view v",
    "CREATE VIEW v AS SELECT id FROM t; DROP VIEW v; DROP VIEW IF EXISTS w": (
        "create view v\ndrop view v"
    ),
    "CREATE VIEW v AS SELECT id FROM t; ALTER VIEW v RENAME TO w": (
        "create view v\nrename view v to w"
    ),
    "CREATE VIEW v AS SELECT id FROM t; ALTER VIEW v RENAME COLUMN id TO x": (
        "create view v\nrename column id of view v to x"
    ),
    "CREATE VIEW v AS SELECT id FROM t; SELECT 1; ALTER TABLE t RENAME TO x;"
    " CREATE OR REPLACE VIEW v WITH (security_barrier) AS SELECT id, note FROM x": (
        "create view v\nrename table t to x\n"
        "change query of view v from SELECT id FROM x to SELECT id, note FROM x"
    ),
}


@pytest.mark.parametrize("sql", VIEWS)
def test_statements_on_views(sql: str) -> None:
    assert "\n".join(replayed(f"op.execute({sql!r})")) == VIEWS[sql]


def test_comments_by_directives() -> None:
    """As Alembic's autogenerate writes them, in a batch, and of a view's column."""
    code = """\
op.create_table_comment("t", "T", existing_comment=None, schema=None)
with op.batch_alter_table("t") as batch:
    batch.create_table_comment("It's :t", existing_comment="T")
    batch.alter_column("note", existing_type=sa.Text(), comment="N", existing_nullable=True)
op.alter_column("t", "note", comment=None, existing_comment="N", type_=sa.String())
op.drop_table_comment("t", existing_comment="T")
op.create_table_comment("others", "O")
op.execute('CREATE TABLE "a.b".x (); CREATE VIEW v AS TABLE t')
op.create_table_comment("x", "X", schema=sa.quoted_name("a.b", quote=True))
op.alter_column("v", "note", comment="V", existing_comment="W")
op.alter_column("v", "note", comment=False)
op.add_column("t", sa.Column("a", sa.Text(), nullable=True))
op.execute("COMMENT ON COLUMN t.a IS 'A'; COMMENT ON TABLE t IS 'of old revisions'")
"""
    assert replayed(code) == [
        "set comment of table t to 'T'",
        "change comment of table t from 'T' to 'It''s :t'",
        "set comment of column t.note to 'N'",
        "change type of column t.note from text to varchar",
        "change comment of column t.note from 'N' to none",
        "change comment of table t from 'It''s :t' to none",
        'create table "a.b".x',
        "create view v",
        "set comment of table \"a.b\".x to 'X'",
        "set comment of column note of view v to V",
        "add column a to table t",
        "set comment of table t to 'of old revisions'",
    ]


def test_a_view_keeps_what_a_star_stood_for() -> None:
    sql = (
        "CREATE VIEW v AS TABLE t; ALTER TABLE t RENAME note TO text;"
        " COMMENT ON COLUMN v.note IS 'x'"
    )
    text = REVISION + f"    op.execute({sql!r})\n"
    _, schema = replay(text, "r.py", Schema())
    (view,) = schema.of("view").values()
    assert (view.query, view.column_comments) == (
        "SELECT id, text AS note FROM t",
        {"note": "x"},
    )


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TEMP VIEW v AS SELECT 1",
        "CREATE VIEW v WITH (other) AS SELECT 1",
        "CREATE VIEW v AS VALUES (1); ALTER VIEW v RENAME COLUMN column1 TO x",
        "CREATE VIEW v AS SELECT * FROM f(); ALTER VIEW v RENAME COLUMN a TO x",
    ],
)
def test_views_that_cannot_be_replayed(sql: str) -> None:
    with pytest.raises(Error, match="cannot be replayed without a database"):
        replayed(f"op.execute({sql!r})")


def test_a_column_of_a_view_that_is_not_there() -> None:
    sql = "CREATE VIEW v AS SELECT id FROM t; ALTER VIEW v RENAME COLUMN a TO x"
    with pytest.raises(Error, match="rename column a of view v to x: 'a' is not there"):
        replayed(f"op.execute({sql!r})")


PUT_OFF = 'op.execute("ALTER TABLE t ADD CONSTRAINT there NOT NULL note NOT VALID")\n'
NOT_NULL = [
    (PUT_OFF, ["forbid NULL in column t.note"]),
    (
        PUT_OFF
        + 'op.execute("ALTER TABLE t VALIDATE CONSTRAINT there")\n'
        + 'op.execute("ALTER TABLE t ALTER CONSTRAINT there NO INHERIT")\n'
        + "op.execute(\"COMMENT ON CONSTRAINT there ON t IS 'x'\")",
        ["forbid NULL in column t.note"],
    ),
    (
        (
            'op.execute("ALTER TABLE t ADD COLUMN a text")\n'
            'op.execute("ALTER TABLE t ADD CONSTRAINT there NOT NULL a NOT VALID")\n'
            'op.add_column("t", sa.Column("b", sa.Text(), nullable=True))\n'
            'op.execute("ALTER TABLE t VALIDATE CONSTRAINT there")'
        ),
        [
            "add column a to table t",
            "add column b to table t",
            "forbid NULL in column t.a",
        ],
    ),
    (
        'op.execute("ALTER TABLE t ALTER CONSTRAINT t_id_not_null NO INHERIT")\n',
        ["change NOT NULL t_id_not_null of column t.id from VALID to NO INHERIT VALID"],
    ),
    (
        PUT_OFF + 'op.execute("ALTER TABLE t DROP CONSTRAINT there")',
        ["forbid NULL in column t.note", "allow NULL in column t.note"],
    ),
    (
        # The name is kept in a rename.
        (
            'op.alter_column("t", "id", new_column_name="key")\n'
            'op.execute("ALTER TABLE t DROP CONSTRAINT t_id_not_null")'
        ),
        ["rename column id of table t to key", "allow NULL in column t.key"],
    ),
]


@pytest.mark.parametrize(("code", "summaries"), NOT_NULL)
def test_not_null_that_is_less_than_plain(code: str, summaries: list[str]) -> None:
    assert replayed(code) == summaries


def test_a_not_null_without_a_name_is_refused_where_it_needs_one() -> None:
    with pytest.raises(Error, match="PostgreSQL would choose one"):
        replayed('op.execute("CREATE TABLE x (a int NOT NULL NO INHERIT)")')


def test_statements_of_text_search_that_are_not_ours() -> None:
    """A copy, and dictionaries that are replaced wherever they are, or for some types of tokens."""
    code = """\
op.execute("CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = pg_catalog.simple, Accept = true)")
op.execute("ALTER TEXT SEARCH DICTIONARY d (StopWords = English, Accept)")
op.execute("CREATE TEXT SEARCH CONFIGURATION a (COPY = pg_catalog.english)")
op.execute("ALTER TEXT SEARCH CONFIGURATION a ALTER MAPPING REPLACE english_stem WITH d")
op.execute("CREATE TEXT SEARCH CONFIGURATION b (COPY = a)")
op.execute("ALTER TEXT SEARCH CONFIGURATION b ALTER MAPPING FOR word REPLACE d WITH simple")
op.execute("ALTER TEXT SEARCH CONFIGURATION b DROP MAPPING IF EXISTS FOR tag, email")
op.execute("ALTER TEXT SEARCH CONFIGURATION pg_catalog.english DROP MAPPING FOR email")
"""
    text = REVISION + textwrap.indent(code, "    ") + "\n"
    _, schema = replay(text, "r.py", Schema())
    (dictionary,) = schema.of("text search dictionary").values()
    assert dictionary.options == {"stopwords": "'english'"}
    found = schema.of("text search configuration")
    one, other = (found[Name(None, name)].mappings for name in "ab")
    assert {token for token, names in one.items() if names == (Name(None, "d"),)} == {
        *("asciiword", "asciihword", "hword_asciipart", "word", "hword", "hword_part")
    }
    assert one.keys() - other.keys() == {"email"}
    assert other["word"] == (Name(None, "simple"),)
    assert other["hword"] == (Name(None, "d"),)


def test_a_copy_of_what_is_not_known() -> None:
    with pytest.raises(Error, match=r"a copy of the text search configuration app\.x"):
        replayed('op.execute("CREATE TEXT SEARCH CONFIGURATION a (COPY = app.x)")')


ROUTINES = [
    (
        (
            'op.execute("CREATE FUNCTION f(t.note%TYPE) RETURNS SETOF t.id%TYPE"\n'
            "    \" LANGUAGE sql AS 'SELECT 1'\")"
        ),
        ["create function f(text)"],
    ),
    (
        (
            "op.execute(\"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'\")\n"
            "op.execute(\"CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'\")\n"
            "op.execute(\"COMMENT ON ROUTINE f() IS 'x'\")\n"
            'op.execute("DROP ROUTINE f(), p()")'
        ),
        [
            *("create function f()", "create procedure p()"),
            "set comment of function f() to 'x'",
            *("drop function f()", "drop procedure p()"),
        ],
    ),
]


@pytest.mark.parametrize(("code", "summaries"), ROUTINES)
def test_routines(code: str, summaries: list[str]) -> None:
    assert replayed(code) == summaries


def test_the_type_of_a_column_that_is_not_known_is_refused() -> None:
    with pytest.raises(Error, match=r"%TYPE of t\.x, which no revision has made"):
        replayed(
            "op.execute(\"CREATE FUNCTION f(t.x%TYPE) RETURNS int LANGUAGE sql AS 'SELECT 1'\")"
        )


def test_a_text_alone_has_the_type_of_a_column_of_names() -> None:
    """As a revision of 0.2.0 has it; a spec's default has the type."""
    code = """\
op.create_table("v", sa.Column("a", postgresql.REGCLASS(), server_default=sa.text("'T'")))
op.execute("CREATE TABLE w (a regclass DEFAULT 't', b text DEFAULT 't')")
op.alter_column("w", "a", server_default="u")
op.rename_table("t", "x")
"""
    operations, _ = replay(REVISION + textwrap.indent(code, "    "), "r.py", Schema())
    tables = apply(Schema(), operations).tables
    found = [
        one.default for key in "vw" for one in tables[Name(None, key)].columns.values()
    ]
    assert found == ["'x'::regclass", "'u'::regclass", "'t'"]
