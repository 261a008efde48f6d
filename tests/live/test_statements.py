"""Statements of a spec on a server: verified, and no drift; and what stays beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from environment import as_superuser
from gen_migration.scratch import databases as scratch

if TYPE_CHECKING:
    from environment import Environment

SPEC = """\
name: shop
postgresql: 16
functions:
  f(integer): {arguments: {x: integer}, returns: text, language: sql, body: SELECT 'a'}
statements:
  twice:
    create: CREATE FUNCTION twice(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2'
    drop: DROP FUNCTION twice(integer)
  op:
    create: {file: sql/op.sql}
    drop: DROP OPERATOR !@ (NONE, integer)
    after: [function f(integer)]
publications:
  p: {tables: {t: {columns: [id, a], where: a > 3}}, publish: [insert]}
tables:
  t: {columns: {id: {type: integer, primary_key: true}, a: integer}, checks: {c: twice(a) > 3}}
"""
OPERATOR = "CREATE OPERATOR !@ (FUNCTION = f, RIGHTARG = integer);"


def put(project: Environment, spec: str) -> str:
    """Write a spec and its file of SQL; return the spec's path."""
    path = project.spec(spec)
    place = (project.root / path).parent / "sql"
    place.mkdir(exist_ok=True)
    (place / "op.sql").write_text(OPERATOR, encoding="utf-8")
    return path


def test_what_statements_make_is_the_specs(generic: Environment) -> None:
    path = put(generic, SPEC)
    done = generic.run("verify", path)
    assert done.status == 0, done.stderr
    assert generic.run(path).status == 0
    assert generic.run(path, "--check").status == 0
    edited = SPEC.replace("$1 * 2", "$1 * 3")
    start, _, rest = edited.partition("  op:")
    edited = start + rest[rest.index("publications:") :]
    done = generic.run("verify", put(generic, edited))
    assert done.status == 0, done.stderr
    assert generic.run(path, "--check").status == 1


def test_a_statement_that_does_not_undo_itself_is_seen(generic: Environment) -> None:
    spec = SPEC.replace("drop: DROP FUNCTION twice(integer)", "drop: SELECT 1")
    done = generic.run("verify", put(generic, spec))
    assert done.status == 1
    assert "twice(integer)" in done.stdout


def test_a_database_that_is_built_of_it_has_no_drift(
    generic: Environment, database: str
) -> None:
    path = put(generic, SPEC)
    assert generic.run(path).status == 0
    sql = generic.run(path, "--sql", "--amend").stdout.partition("-- downgrade")[0]
    with scratch.connect(as_superuser(database)) as connection:
        connection.execute(sql.encode())
    done = generic.run("diff", path, as_superuser(database))
    assert (done.status, done.stdout) == (0, ""), done.stdout
    with scratch.connect(as_superuser(database)) as connection:
        connection.execute("ALTER PUBLICATION p SET TABLE t WHERE (a > 4)")
    done = generic.run("diff", path, as_superuser(database))
    assert done.status == 1
    assert "publication p" in done.stdout
