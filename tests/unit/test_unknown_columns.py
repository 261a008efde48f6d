"""A column that a query names and nothing has is told; where that is not sure, nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from comparing import run
from gen_migration import kinds
from gen_migration.kinds.unknown_columns import Names
from gen_migration.spec.load import load

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """
name: t
external: {others: {id: uuid}}
functions:
  full(a): {returns: text, language: sql, body: "SELECT ''"}
statements:
  more: {create: ALTER TABLE altered ADD added int, drop: ALTER TABLE altered DROP added}
tables:
  a: {columns: {id: integer, name: text}}
  b: {columns: {id: integer, a_id: integer, note: text}}
  altered: {columns: {a: integer}}
views:
  of_a: SELECT id AS n, lower(name) FROM a
"""
WRONG = [
    ("SELECT naem FROM a", '"naem"'),
    ("SELECT a.naem FROM a", '"a" has no column "naem"'),
    ("SELECT of_a.id FROM of_a", '"of_a" has no column "id"'),
    ("SELECT id FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.x = a.id)", '"x"'),
    ("SELECT id FROM a WHERE id IN (SELECT a_id FROM b WHERE y = name)", '"y"'),
    ("WITH q AS (SELECT id AS n FROM a) SELECT q.id FROM q", '"id"'),
    ("SELECT q.m FROM (SELECT id AS n FROM a) AS q", '"m"'),
    ("SELECT 1 FROM a, (SELECT a_id FROM b WHERE note = name) AS l", '"name"'),
    ("SELECT 1 FROM a JOIN b ON b.a_id = a.id AND b.z", '"z"'),
    ("SELECT x FROM a AS q (id, y)", '"x"'),
    ("SELECT name FROM a AS q (id, y)", '"name"'),
    ("SELECT id FROM a ORDER BY z + 1", '"z"'),
    ("SELECT count(*) OVER w FROM a WINDOW w AS (PARTITION BY z)", '"z"'),
    ("SELECT j.z FROM (a JOIN b USING (id)) AS j", '"z"'),
]
UNSURE = [
    "SELECT a.full, a.row_to_json, a.ctid, tableoid FROM a",
    "SELECT x.anything, y FROM a, others AS x, generate_series(1, 2) AS y",
    "SELECT anything FROM a, others",
    "SELECT added FROM altered",
    "SELECT l.n FROM a, LATERAL (SELECT count(*) AS n FROM b WHERE note = name) AS l",
    "SELECT name AS c FROM a GROUP BY GROUPING SETS ((c), ()) ORDER BY c",
    "SELECT name AS c, id AS d FROM a GROUP BY (c, d)",
    (
        "WITH RECURSIVE w (n, m) AS (SELECT id, a_id FROM b UNION ALL SELECT b.id, w.m FROM b"
        " JOIN w ON w.n = b.a_id) SEARCH DEPTH FIRST BY n SET ord SELECT n, ord FROM w"
    ),
    "SELECT j.id, row_to_json(a) FROM (a JOIN b USING (id)) AS j, a",
    "SELECT k.x FROM (VALUES (1, 2)) AS k (x, y) WHERE k.x > (SELECT min(k.y))",
    "SELECT column2 FROM (VALUES (1, 2)) AS k",
    "SELECT id FROM a UNION SELECT id FROM b ORDER BY id",
    "SELECT t.e, o FROM a, unnest(ARRAY[a.id]) WITH ORDINALITY AS t (e, o)",
    (
        "SELECT s.max, s.coalesce, s.case FROM"
        " (SELECT max(id), coalesce(1, 2), CASE WHEN true THEN 1 END FROM a) AS s"
    ),
    "SELECT of_a.lower, a FROM of_a, a",
    "SELECT tablename FROM pg_tables",
    "SELECT id FROM a NATURAL JOIN b WHERE note = name",
]


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(load(SPEC, "spec.yaml").schema)


@pytest.mark.parametrize(("query", "words"), WRONG)
def test_a_column_that_is_not_there(names: Names, query: str, words: str) -> None:
    (found,) = names.of_query(query)
    assert words in found.message


@pytest.mark.parametrize("query", UNSURE)
def test_what_may_be_there(names: Names, query: str) -> None:
    assert names.of_query(query) == []


def test_a_sub_select_of_a_policy() -> None:
    policy = "p: {using: 'id IN (SELECT a_id FROM b WHERE b.nothing = name)'}"
    spec = SPEC.replace("a: {", f"a: {{row_security: enabled, policies: {{{policy}}}, ")
    schema = load(spec, "spec.yaml").schema
    found = [
        one.message
        for kind in kinds.of(schema)
        for name, value in schema.of(kind.word).items()
        for one in kind.unknown_columns(name, value, Names(schema))
    ]
    assert found == ['"b" has no column "nothing"']


def test_a_review_says_what_names_something_that_goes(tmp_path: Path) -> None:
    """As a run does, which writes no revision then."""
    view = "views: {v: 'SELECT f(1) AS x'}\n"
    function = (
        "functions: {f(integer): {returns: integer, language: sql, body: SELECT 1}}\n"
    )
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(f"name: s\n{function}{view}")
    new.write_text(f"name: s\n{view}")
    found = run(str(old), str(new)).stderr
    assert 'view "v": it names function f(integer), which this edit drops' in found
