"""Policies, triggers and rules on a server: with rows, with roles, and as others have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import databases
import pytest
from gen_migration.catalog import reader
from gen_migration.catalog.values import Selection
from gen_migration.scratch import databases as scratch
from gen_migration.verify.fill.fill import fill

if TYPE_CHECKING:
    from collections.abc import Iterator

    from environment import Environment

NOTES = """
name: notes
tables:
  notes:
    columns: {id: {type: integer, primary_key: true}, author: text}
    row_security: forced
    policies:
      own: {to: [gm_reader, gm_writer], using: author = current_user}
      nobody: {restrictive: true, using: 'false'}
"""


def test_rows_behind_policies_are_seen(project: Environment) -> None:
    """Roles that a spec names are made for the trial, and policies hide no rows from it."""
    assert project.generate(spec=NOTES).status == 0
    changed = NOTES.replace("author: text", "author: varchar(9)")
    done = project.run("verify", project.spec(changed))
    assert done.status == 0, done.stderr
    assert "no rows in" not in done.stderr
    assert "value too long for type character varying(9)" in done.stderr


ROWS = """
name: shop
functions:
  fits(orders): {returns: boolean, language: sql, immutable: true, body: SELECT $1.n > 0}
tables:
  orders:
    columns: {n: integer}
    checks: {ck_orders: fits(orders.*)}
"""


def test_a_check_calls_a_function_of_its_own_rows(project: Environment) -> None:
    """The table comes first, then the function of its rows, then the check; and back."""
    assert project.generate(spec=ROWS).status == 0
    done = project.run("verify", project.spec(ROWS))
    assert done.status == 0, done.stderr


BODIES = """
name: shop
functions:
  count_of(): {returns: bigint, language: sql, body: SELECT count(*) FROM NAME}
  touch(): {returns: trigger, language: plpgsql, body: BEGIN PERFORM nothing(); RETURN NEW; END}
  joined(text, text): {returns: text, language: sql, body: SELECT $1 || $2}
aggregates:
  joined(text): {sfunc: joined, stype: text}  # which has no body
tables:
  orders:
    columns: {n: integer}
    triggers: {touch: before update execute touch()}
"""
CHECKER = """
CREATE FUNCTION plpgsql_check_function(f regprocedure, t regclass) RETURNS SETOF text
LANGUAGE sql AS $$
    SELECT format('error:42883:2:PERFORM:%s on %s', f, t)
    UNION ALL SELECT 'warning extra:00000:unused parameter' $$;
"""


def test_bodies_are_looked_at_once_all_is_there(project: Environment) -> None:
    """By the language's own validator, and by plpgsql_check where it is."""
    spec = project.spec(BODIES.replace("NAME", "orders"))
    assert project.run("verify", spec).status == 0
    before = project.root / "before.sql"
    before.write_text(CHECKER, encoding="utf-8")
    done = project.run("verify", spec, "--before", str(before))
    assert done.status == 1
    assert (
        "body of touch(): plpgsql_check: error:42883:2:PERFORM:touch() on orders"
        in (done.stdout + done.stderr)
    )
    assert "unused parameter" not in done.stdout + done.stderr
    # It may be a temporary table.
    done = project.run("verify", project.spec(BODIES.replace("NAME", "order_s")))
    assert done.status == 0
    assert (
        'note: the body of count_of(): relation "order_s" does not exist' in done.stderr
    )


def test_a_body_may_be_for_another_search_path(project: Environment) -> None:
    spec = """
name: shop
schemas: [app]
domains: {app.csv: text}
functions:
  app.as_csv(integer): {returns: app.csv, language: sql, body: "SELECT $1::text::KIND"}
"""
    done = project.run("verify", project.spec(spec.replace("KIND", "csv")))
    told = 'the body of app.as_csv(integer): type "csv" does not exist, unless'
    assert (done.status, f"note: {told}" in done.stderr) == (0, True), done.stderr
    done = project.run("verify", project.spec(spec.replace("KIND", "tsv")))
    assert (
        done.status,
        'error: the body of app.as_csv(integer): type "tsv"' in done.stderr,
    ) == (1, True)


def test_a_body_that_was_wrong_before_is_no_fault_of_a_change(
    generic: Environment,
) -> None:
    before = generic.root / "before.sql"
    before.write_text(CHECKER, encoding="utf-8")
    spec = BODIES.replace("NAME", "orders")
    assert generic.generate(spec=spec).status == 0
    wider = generic.spec(
        spec.replace("{n: integer}", "{n: integer, m: {type: text, nullable: true}}")
    )
    done = generic.run("verify", wider, "--before", str(before))
    assert done.status == 0
    told = "touch(): plpgsql_check: error:42883:2:PERFORM:touch() on orders, as before"
    assert f"note: the body of {told}\n" in done.stderr


TABLES = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'not today'; END $$;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE SCHEMA other;
CREATE TABLE kept (a integer);
CREATE TABLE gone (a integer);
CREATE TABLE other.t (a integer);
CREATE VIEW other.v AS SELECT a FROM other.t;
CREATE TABLE days (a integer) PARTITION BY RANGE (a);
CREATE TABLE early PARTITION OF days FOR VALUES FROM (1) TO (2);
CREATE TRIGGER refuse BEFORE INSERT ON kept FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE TRIGGER touch BEFORE UPDATE ON gone FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER touch INSTEAD OF INSERT ON other.v FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER touch BEFORE UPDATE ON days FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE early DISABLE TRIGGER touch;
CREATE RULE r AS ON DELETE TO gone DO INSTEAD NOTHING;
CREATE POLICY p ON gone;
CREATE RULE r AS ON DELETE TO other.v DO INSTEAD NOTHING;
"""


@pytest.fixture
def connection() -> Iterator[Any]:
    with databases.database() as url, scratch.connect(url) as connection:
        connection.execute(TABLES)
        yield connection


def members(connection: Any, selection: Selection) -> list[str]:
    found = reader.read(connection, selection).schema
    kinds = ("policy", "trigger", "rule")
    return [f"{kind} {name}" for kind in kinds for name in found.of(kind)]


def test_they_are_selected_with_what_they_stand_on(connection: Any) -> None:
    assert members(connection, Selection(without=("gone",), schemas=("public",))) == [
        "trigger touch on days",
        "trigger refuse on kept",
    ]
    assert members(connection, Selection(schemas=("other",))) == [
        "trigger touch on other.v",
        "rule r on other.v",
    ]


def test_a_partition_whose_trigger_is_off_is_a_statement(connection: Any) -> None:
    found = reader.read(connection)
    assert found.unheld == ()
    (statement,) = found.schema.of("statement").values()
    assert statement.create == ("ALTER TABLE ONLY early DISABLE TRIGGER touch",)


def test_what_a_trigger_refuses_comes_in_without_it(connection: Any) -> None:
    """A row that no values let in is put there while triggers are off."""
    assert fill(connection, reader.read(connection).schema) == ()
    assert connection.execute("SELECT count(*) FROM kept").fetchone() != (0,)
