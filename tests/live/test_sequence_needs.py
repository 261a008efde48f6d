"""Defaults that take values from the sequence of another table's column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import databases
import pytest
from environment import Environment
from gen_migration.diff.creation import creation
from gen_migration.history import offline_sql
from gen_migration.kinds.graph import Graph, holder
from gen_migration.operations.base import CreateTable
from gen_migration.postgres.names import Name
from gen_migration.scratch import databases as scratch
from gen_migration.spec.load import load

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """\
name: shop
schemas: [app]
tables:
  aa: {{columns: {{id: {{type: integer, default: {{sql: "{default}"}}}}}}}}
  zz: {{columns: {{id: serial}}}}
  app.zz: {{columns: {{id: serial}}}}
  app.yy: {{columns: {{id: serial}}}}
"""


@pytest.mark.parametrize(
    ("default", "needed"),
    [
        ("nextval('zz_id_seq')", Name(None, "zz")),
        ("nextval('zz_id_seq'::regclass)", Name(None, "zz")),
        ("nextval(('zz_id_seq'::text)::regclass)", Name(None, "zz")),
        ("nextval('\\\"zz_id_seq\\\"')", Name(None, "zz")),
        ("nextval('public.zz_id_seq')", Name(None, "zz")),
        ("nextval('app.zz_id_seq')", Name("app", "zz")),
        (
            "nextval('yy_id_seq')",
            Name("app", "yy"),
        ),  # where the search path leads there
        ("nextval('other.yy_id_seq')", None),
        ("pg_catalog.nextval('zz_id_seq') * 2", Name(None, "zz")),
        ("pg_catalog.nextval('nobodys')", None),
        ("length('nextval')", None),
    ],
)
def test_what_a_default_needs(default: str, needed: Name | None) -> None:
    schema = load(SPEC.format(default=default), "spec.yaml").schema
    table = Name(None, "aa")
    found = Graph(schema).edges()["default", table, "id"]
    others = {holder(one)[1] for one in found} - {table}
    assert others == (set() if needed is None else {needed})
    made = [one.name for one in creation(schema) if isinstance(one, CreateTable)]
    if needed is not None:
        assert made.index(needed) < made.index(Name(None, "aa"))
    else:
        assert made == list(schema.tables)


def test_a_table_that_inherits_counts_with_the_sequence_of_its_parent(
    tmp_path: Path, database: str
) -> None:
    with scratch.connect(database) as connection:
        connection.execute(
            "CREATE TABLE t1 (id serial PRIMARY KEY, a text);"
            "CREATE TABLE inh (b text) INHERITS (t1)"
        )
    project = Environment(tmp_path)
    done = project.run("import", database, "--name", "shop", "--output", "shop.yaml")
    assert done.status == 0, done
    assert done.stderr == ""
    text = (tmp_path / "shop.yaml").read_text("utf-8")
    assert "t1_id_seq" not in text, text  # it is the default above
    done = project.run("shop.yaml")
    assert done.status == 0, done
    with databases.database() as url:
        offline_sql.upgrade(url, tmp_path / "output")
        with scratch.connect(url) as connection:
            connection.execute("INSERT INTO inh (b) VALUES ('x')")
        offline_sql.downgrade(url, tmp_path / "output")
