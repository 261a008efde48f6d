"""What partitions have of their own of a column that comes in steps."""

from __future__ import annotations

from gen_migration.model.own_columns import own_parts
from gen_migration.operations.base import apply
from gen_migration.operations.columns import AddColumn
from gen_migration.plan.forms import apart
from gen_migration.plan.modes import Rules
from gen_migration.postgres.names import Name
from gen_migration.spec.load import load

SPEC = """\
name: s
tables:
  events:
    columns:
      id: integer
      at: date
      code: {type: uuid, default: {sql: gen_random_uuid()}}
    partition_by: {range: [at]}
    partitions:
      p:
        from: 2025-01-01
        to: 2026-01-01
        columns: {code: {default: null, not_null: coded, comment: A code.}}
        partition_by: {list: [id]}
        partitions: {p_1: {in: [1], columns: {code: {nullable: false}}}}
      q: {bound: default}
"""
EVENTS = Name(None, "events")


def test_it_is_kept_where_a_default_varies() -> None:
    schema = load(SPEC, "spec.yaml").schema
    come = AddColumn(
        table=EVENTS,
        name="code",
        new=schema.tables[EVENTS].columns["code"],
        own=own_parts(schema, EVENTS, "code"),
    )
    rules = Rules(schema=schema, unused=frozenset(), postgresql=14)
    before = apply(schema, [come.inverse()])
    steps = list(apart(come, rules))
    assert len(steps) > 1
    assert apply(before, steps) == schema
