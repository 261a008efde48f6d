"""Publications of a database: what import makes of them, and what PostgreSQL refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import databases
import pytest
from dumps import dump
from environment import as_superuser
from gen_migration.history import offline_sql
from gen_migration.history.drafts import first_revision
from gen_migration.scratch import databases as scratch
from gen_migration.spec.load import load
from round_trips import imported
from statements import execute

if TYPE_CHECKING:
    from pathlib import Path

BUILT = """
CREATE SCHEMA app;
CREATE TABLE t (id integer PRIMARY KEY, "A b" text, c integer);
CREATE TABLE app.u (id integer PRIMARY KEY);
CREATE TABLE parts (id integer PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (1) TO (10);
CREATE PUBLICATION plain FOR TABLE t, app.u;
CREATE PUBLICATION "Rows" FOR TABLE t ("A b", id) WHERE (c > 3 AND "A b" = 'x'), parts_1
    WITH (publish = 'delete, insert');
CREATE PUBLICATION nothing WITH (publish = '');
CREATE PUBLICATION roots FOR TABLE parts WITH (publish_via_partition_root);
CREATE PUBLICATION of_schema FOR TABLES IN SCHEMA app, public;
CREATE PUBLICATION whole FOR ALL TABLES;
COMMENT ON PUBLICATION whole IS 'All.';
"""
SPEC = """\
publications:
  Rows:
    tables:
      parts_1: {}
      t: {columns: [A b, id], where: c > 3 AND "A b" = 'x'}
    publish: [insert, delete]
  nothing: {publish: []}
  of_schema: {schemas: [app, public]}
  plain: [t, app.u]
  roots: {tables: [parts], publish_via_partition_root: true}
  whole: {all_tables: true, comment: All.}
"""


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_what_is_imported_builds_it_again(version: int, tmp_path: Path) -> None:
    with databases.database(version) as one, databases.database(version) as two:
        url, other = as_superuser(one), as_superuser(two)
        execute(url, BUILT)
        found = imported(url, "--name", "shop", "--strict")
        assert (found.exit_code, found.stderr) == (0, "")
        assert SPEC in found.stdout
        draft = first_revision(load(found.stdout, "spec.yaml"))
        text = draft.text(draft.header)
        (tmp_path / "revision.py").write_text(text, encoding="utf-8")
        offline_sql.upgrade(other, tmp_path)
        execute(other, "DROP TABLE alembic_version")
        assert dump(other) == dump(url)


def test_those_of_chosen_tables_come_along(database: str) -> None:
    url = as_superuser(database)
    execute(url, BUILT)
    found = imported(url, "--name", "shop", "--schema", "app")
    publications = load(found.stdout, "spec.yaml").schema.of("publication")
    assert sorted(publications) == ["nothing", "whole"]
    found = imported(url, "--name", "shop", "--table", "parts")
    publications = load(found.stdout, "spec.yaml").schema.of("publication")
    assert sorted(publications) == ["nothing", "roots", "whole"]
