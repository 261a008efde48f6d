"""What statements of a spec stand on: that which their SQL names."""

from __future__ import annotations

import json

import pytest
from gen_migration.kinds.graph import Graph
from gen_migration.postgres.names import Name, member
from gen_migration.spec.load import load

SPEC = """\
name: shop
functions:
  f(): {{returns: trigger, language: plpgsql, body: BEGIN RETURN NEW; END}}
  g(integer): {{arguments: {{x: integer}}, returns: integer, language: sql, body: SELECT x}}
tables:
  p:
    columns: {{a: {{type: integer, primary_key: true}}, b: integer}}
    partition_by: {{list: [a]}}
    partitions: {{p_1: {{in: [1]}}}}
    triggers: {{h: before insert execute f()}}
    indexes: {{ix: [b]}}
statements:
  s: {{create: {}, drop: SELECT 1}}
"""
P, P_1 = Name(None, "p"), Name(None, "p_1")
TABLE = ("table", P)


@pytest.mark.parametrize(
    ("create", "expected"),
    [
        (
            "ALTER TABLE ONLY p_1 DISABLE TRIGGER h",
            {("table", P_1), ("trigger", member(P, "h"))},
        ),
        (
            "ALTER INDEX ix ALTER COLUMN 1 SET STATISTICS 9",
            {("index", P, "ix"), ("column", P, "b")},
        ),
        ("COMMENT ON CONSTRAINT pk_p ON p IS 'x'", {TABLE, ("constraint", P, "pk_p")}),
        ("GRANT SELECT (b) ON p TO PUBLIC", {TABLE, ("column", P, "b")}),
        ("DO 'BEGIN PERFORM FROM p; END'", set()),
    ],
)
def test_they_stand_on_what_their_sql_names(create: str, expected: set[object]) -> None:
    schema = load(SPEC.format(json.dumps(create)), "spec.yaml").schema
    assert Graph(schema).edges()["statement", "s"] == expected


def test_they_stand_on_the_functions_of_what_they_make() -> None:
    create = json.dumps("CREATE OPERATOR ! (FUNCTION = g, RIGHTARG = integer)")
    found = Graph(load(SPEC.format(create), "spec.yaml").schema).edges()[
        "statement", "s"
    ]
    assert [(word, name.called.name) for word, name in found] == [("function", "g")]
