"""Types of a spec's own stand in its text without quotes, where readers know them."""

from __future__ import annotations

from gen_migration.spec.load import load
from gen_migration.spec.write.spec import dump

SPEC = """\
name: shop
composite_types:
  pair:
    attributes: {a: integer, b: email}
range_types:
  spans: {subtype: float8, multirange: many_spans}
domains:
  email: text
  Odd: text
functions:
  f(pair[], email): {returns: email, language: sql, body: 'SELECT $2'}
  g(t): {returns: {setof: t}, language: sql, body: SELECT $1}
  k(v): {returns: {setof: v}, language: sql, body: SELECT $1}
  h(date): {returns: '"Odd"', language: sql, body: 'SELECT NULL::text'}
tables:
  t:
    columns:
      id: {type: bigint, primary_key: true}
      e: email
      p: {type: 'pair[]', nullable: true}
      m: {type: many_spans, nullable: true}
      other: {type: '"of_an_extension"', nullable: true}
      odd: {type: '"Odd"', nullable: true}
views: {v: SELECT id FROM t}
"""


def test_types_of_a_spec_need_no_quotes() -> None:
    spec = load(SPEC, "shop.yaml")
    text = dump(spec)
    assert load(text, "shop.yaml") == spec
    quoted = {line.strip() for line in text.splitlines() if '"' in line}
    assert quoted == {
        "h(date): {returns: '\"Odd\"', language: sql, body: 'SELECT NULL::text'}",
        "other: {type: '\"of_an_extension\"', nullable: true}",
        "odd: {type: '\"Odd\"', nullable: true}",
    }
