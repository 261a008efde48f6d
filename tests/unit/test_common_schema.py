"""Rows that two schemas allow: what is asked for is asked of what both have."""

from __future__ import annotations

from gen_migration.model.schema import ForeignKey, Schema
from gen_migration.spec.load import load
from gen_migration.verify.common_schema import fitting


def schema(shops: str, referred: str) -> Schema:
    text = f"""
name: shop
tables:
  shops: {{columns: {{{shops}: {{type: integer, primary_key: true}}}}}}
  orders: {{columns: {{shop: {{type: integer, references: shops.{referred}}}}}}}
"""
    return load(text, "shop.yaml").schema


def referred_columns(found: Schema) -> list[tuple[str, ...]]:
    return [
        key.referred_columns
        for table in found.tables.values()
        for key in table.constraints.values()
        if isinstance(key, ForeignKey)
    ]


def test_a_key_to_a_column_that_comes_is_not_asked_for_before() -> None:
    old, new = schema("code", "code"), schema("id", "id")
    assert referred_columns(fitting(old, new, "public")) == [("code",)]


def test_a_key_to_a_column_that_is_there_is_asked_for() -> None:
    shops = "code: {type: integer, unique: true}, id"
    old, new = schema(shops, "id"), schema(shops, "code")
    assert referred_columns(fitting(old, new, "public")) == [("id",), ("code",)]
