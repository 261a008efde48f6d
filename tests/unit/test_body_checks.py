"""Bodies in SQL that PostgreSQL cannot check before a column gets another type."""

from __future__ import annotations

import pytest
from gen_migration.operations import every as op
from gen_migration.operations.columns import Typing
from gen_migration.postgres.names import Name
from gen_migration.render.body_checks import first_unchecked
from gen_migration.spec.load import load

SPEC = """
name: shop
tables:
  t: {columns: {id: integer, j: json}}
functions:
  f(json): {arguments: {j: json}, returns: text, language: sql, body: %r}
"""


@pytest.mark.parametrize(
    ("body", "position"),
    [
        ("SELECT j ->> 'a'", None),  # it is the argument
        ("SELECT max(id)::text FROM t", None),
        ("SELECT max(t.j::text) FROM t", 0),
        ("SELECT t::text FROM (SELECT * FROM t) AS t", 0),
    ],
)
def test_what_a_body_names_of_a_table(body: str, position: int | None) -> None:
    schema = load(SPEC % body, "spec.yaml").schema
    ((name, function),) = schema.of("function").items()
    table = Name(None, "t")
    held = schema.tables[table].columns
    old, new = Typing(held["j"].type), Typing(held["id"].type)
    steps = [
        op.CreateObject(kind="function", name=name, new=function),
        op.SetColumnType(table=table, name="j", old=old, new=new),
    ]
    assert first_unchecked(steps, schema) == position
