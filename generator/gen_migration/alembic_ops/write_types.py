"""Types of columns in the words of SQLAlchemy.

Source: SQLAlchemy's documentation, "PostgreSQL" (dialect).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from gen_migration.alembic_ops.calls import Call, call, said
from gen_migration.postgres.names import KEYWORDS
from gen_migration.postgres.types import Type

if TYPE_CHECKING:
    from gen_migration.postgres.names import Name

# What stands for a class where SQLAlchemy has none for a type; it is never written, since such a
# column stands in SQL.
TYPE_CLASS = "PostgreSQLType"
# Types that need no arguments but those that are given here.
PLAIN_TYPES: dict[str, Call] = {
    "bigint": call("sa.BigInteger"),
    "boolean": call("sa.Boolean"),
    "bytea": call("sa.LargeBinary"),
    "date": call("sa.Date"),
    "double precision": call("postgresql.DOUBLE_PRECISION"),
    "integer": call("sa.Integer"),
    "real": call("sa.REAL"),
    "smallint": call("sa.SmallInteger"),
    "text": call("sa.Text"),
    "uuid": call("postgresql.UUID", as_uuid=True),
    **{
        name: call(f"postgresql.{name.upper()}")
        for name in """
        cidr daterange inet int4multirange int4range int8multirange int8range json jsonb jsonpath
        macaddr macaddr8 money nummultirange numrange oid regclass regconfig tsmultirange tsquery
        tsrange tstzmultirange tstzrange tsvector datemultirange
        """.split()
    },
}
# Types of extensions that SQLAlchemy has a class for.
EXTENSION_CLASSES = frozenset(("citext", "hstore"))
SQLALCHEMY_COLLATES = {"varchar": "sa.String", "text": "sa.Text", "char": "sa.CHAR"}


@lru_cache(maxsize=1000)
def column_type(value: Type, collation: Name | None = None) -> Call:
    """Return the expression of a column's type."""
    if collation is not None:
        return collated_type(value, collation)
    if value.array:
        return call("postgresql.ARRAY", column_type(value.element))
    if value.kind == "enum" and value.schema in KEYWORDS:
        # SQLAlchemy leaves `timestamp` without quotes.
        return call(TYPE_CLASS, value.sql)
    if value.kind == "enum":
        named = said(name=value.name, schema=value.schema)
        return call("postgresql.ENUM", **named, create_type=False)
    if value == Type(name=value.name, kind="other") and value.name in EXTENSION_CLASSES:
        return call(f"postgresql.{value.name.upper()}")
    if value.kind == "other" or value.is_serial:
        return call(TYPE_CLASS, value.sql)
    if value.name in PLAIN_TYPES:
        return PLAIN_TYPES[value.name]
    numbers = tuple(int(argument) for argument in value.arguments)
    return modified_type(value, numbers) or call(TYPE_CLASS, value.sql)


def modified_type(value: Type, numbers: tuple[int, ...]) -> Call | None:
    match value.name, numbers:
        case "varchar", _:
            return call("sa.String", *numbers)
        case "char", _:
            return call("sa.CHAR", *numbers)
        case "numeric", _:
            return call("sa.Numeric", *numbers)
        case (("time" | "timetz" | "timestamp" | "timestamptz"), _):
            name = value.name.removesuffix("tz")
            zone = said(timezone=value.name != name)
            if not numbers:
                return call("sa.Time" if name == "time" else "sa.DateTime", **zone)
            return call(f"postgresql.{name.upper()}", **zone, precision=numbers[0])
        case "bit", (length,):
            return call("postgresql.BIT", length)
        case "varbit", _:
            return call("postgresql.BIT", *numbers, varying=True)
    if value.name.startswith("interval"):
        fields = value.name.removeprefix("interval").strip()
        precision = {"precision": numbers[0]} if numbers else {}
        return call("postgresql.INTERVAL", **said(fields=fields), **precision)
    return None


def collated_type(value: Type, collation: Name) -> Call:
    name = SQLALCHEMY_COLLATES.get(value.name)
    is_plain_type = value.kind == "builtin" and not value.array
    if name is None or collation.schema is not None or not is_plain_type:
        return call(TYPE_CLASS, f"{value.sql} COLLATE {collation.sql}")
    return call(name, *map(int, value.arguments), collation=collation.name)


def has_no_class(of: Call) -> bool:
    inside = (one for one in of.arguments if isinstance(one, Call))
    return of.name == TYPE_CLASS or any(map(has_no_class, inside))
