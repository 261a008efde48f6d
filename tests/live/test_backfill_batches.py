"""A backfill goes along the whole key, so that no batch has more rows than it should."""

from __future__ import annotations

import uuid

import databases
import psycopg
import pytest
from gen_migration.operations.rows import Backfill
from gen_migration.postgres.names import Name
from gen_migration.postgres.settings import Safety
from gen_migration.render.backfill import in_batches
from gen_migration.render.create import plain
from gen_migration.render.hidden_rows import refused
from gen_migration.scratch import databases as scratch
from gen_migration.spec.load import load

SPEC = """\
name: shop
tables:
  t:
    columns: {a: integer, b: integer, c: {type: text, nullable: true}}
    primary_key: [a, b]
"""


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_a_key_whose_first_column_is_always_the_same(version: int) -> None:
    table = load(SPEC, "spec.yaml").schema.tables[Name(None, "t")]
    fill = Backfill(table=Name(None, "t"), name="c", new="'x'")
    safety = Safety(batch_rows=3, batch_pause="0s")
    with databases.database(version) as url, scratch.connect(url) as connection:
        connection.execute(
            "CREATE TABLE t (a integer, b integer, c text, PRIMARY KEY (a, b));"
            " INSERT INTO t SELECT 1, b FROM generate_series(1, 10) AS b"
        )
        connection.execute(in_batches(fill, table, safety))
        # Each batch is a transaction of its own.
        rows = connection.execute(
            "SELECT count(*) FROM t WHERE c = 'x' GROUP BY xmin::text ORDER BY 1 DESC"
        ).fetchall()
    assert rows == [(3,), (3,), (3,), (1,)]


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_rows_that_a_policy_hides_are_not_passed_over(version: int) -> None:
    table = load(SPEC, "spec.yaml").schema.tables[Name(None, "t")]
    fill = Backfill(table=Name(None, "t"), name="c", new="'x'")
    ways = ([in_batches(fill, table, Safety())], [*plain(fill)][:1])
    role = f"gm_owner_{uuid.uuid4().hex}"
    with databases.database(version) as url, scratch.connect(url) as connection:
        connection.execute(
            f"CREATE ROLE {role}; GRANT CREATE ON SCHEMA public TO {role}; SET ROLE {role};"
            "CREATE TABLE t (a integer, b integer, c text, PRIMARY KEY (a, b));"
            "INSERT INTO t SELECT 1, b FROM generate_series(1, 3) AS b;"
            "ALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
            "CREATE POLICY own ON t USING (b > 1)"
        )
        for way in ways:
            off, statement, _ = refused(way)
            connection.execute(str(off))
            with pytest.raises(psycopg.Error, match="row-level security policy"):
                connection.execute(str(statement))
        connection.execute(f"RESET ROLE; DROP OWNED BY {role}; DROP ROLE {role}")
