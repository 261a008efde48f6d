"""Operations that lock several tables, whatever their schemas."""

from __future__ import annotations

from gen_migration.operations import every as op
from gen_migration.plan.busy_tables import locked, parts
from gen_migration.postgres.names import Name
from gen_migration.spec.load import load

SPEC = """\
name: shop
schemas: [app]
tables:
  t: {columns: {id: {type: bigint, primary_key: true}}}
  app.u: {columns: {t_id: {type: bigint, references: t.id}}}
"""


def test_tables_of_the_default_schema_and_of_another() -> None:
    schema = load(SPEC, "shop.yaml").schema
    (key,) = schema.tables[Name("app", "u")].foreign_keys
    old = schema.tables[Name("app", "u")].foreign_keys[key]
    operation = op.DropConstraint(table=Name("app", "u"), name=key, old=old)
    locks = locked(operation, schema, ())
    assert locks == {Name("app", "u"), Name(None, "t")}
    assert parts([operation], [set()], [False], [locks]) == [0]
