"""A value for each type, for rows that get a column back whose values are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gen_migration.postgres.types import Type

NEUTRAL: dict[str, str] = {
    **dict.fromkeys(("smallint", "integer", "bigint", "oid"), "0"),
    **dict.fromkeys(("numeric", "real", "double precision", "money"), "0"),
    **dict.fromkeys(("text", "varchar", "char", "bpchar", "name"), "''"),
    "boolean": "false",
    "bytea": "''",
    "uuid": "'00000000-0000-0000-0000-000000000000'",
    "date": "'1970-01-01'",
    **dict.fromkeys(("timestamp", "timestamptz"), "'1970-01-01'"),
    **dict.fromkeys(("time", "timetz"), "'00:00'"),
    "interval": "'0'",
    **dict.fromkeys(("json", "jsonb"), "'{}'"),
    "tsvector": "''",
    "varbit": "''",
    "point": "'(0,0)'",
    "inet": "'0.0.0.0'",
    "cidr": "'0.0.0.0'",
    "macaddr": "'00:00:00:00:00:00'",
}


def neutral_value(of: Type) -> str | None:
    """Return an empty value as SQL: zero, no text, no elements; None where a type has none."""
    if of.array:
        return "'{}'"
    if of.kind != "builtin":
        return None
    if of.name == "bit":
        return f"B'{'0' * int(of.arguments[0])}'"
    name = of.name.split()[0] if of.name.startswith("interval") else of.name
    if name.endswith("multirange"):
        return "'{}'"
    if name.endswith("range"):
        return "'empty'"
    return NEUTRAL.get(name)
