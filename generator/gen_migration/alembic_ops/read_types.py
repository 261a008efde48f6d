"""SQLAlchemy's types as types of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.alembic_ops.calls import Call
from gen_migration.alembic_ops.stubs import Reference, described
from gen_migration.alembic_ops.write_types import TYPE_CLASS
from gen_migration.base.data_class import replace
from gen_migration.postgres.names import Name
from gen_migration.postgres.parser import postgast
from gen_migration.postgres.types import Type, TypeMistake, parse_type
from gen_migration.sql import tree_columns

if TYPE_CHECKING:
    from collections.abc import Collection


# Types by the last part of their name; those of one word are what they are called.
TYPES = {
    "String": "varchar",
    "Unicode": "varchar",
    "UnicodeText": "text",
    "CHAR": "char",
    "NCHAR": "char",
    "NVARCHAR": "varchar",
    "BigInteger": "bigint",
    "SmallInteger": "smallint",
    "Float": "double precision",
    "FLOAT": "double precision",
    "Double": "double precision",
    "DOUBLE": "double precision",
    "DOUBLE_PRECISION": "double precision",
    "DECIMAL": "numeric",
    "LargeBinary": "bytea",
    "Uuid": "uuid",
    "BIT": "bit",
}


MOMENTS = {
    "DateTime": "timestamp",
    "TIMESTAMP": "timestamp",
    "Time": "time",
    "TIME": "time",
}


def column_type(value: Any, enums: Collection[Name]) -> tuple[Type, Name | None]:
    """Return a type, and the collation that it carries."""
    if isinstance(value, Reference):
        value = Call(value.name)
    if not isinstance(value, Call):
        raise TypeError(f"{described(value)} is no type")
    if value.name == TYPE_CLASS:
        (sql,) = value.arguments
        return spelled_type(sql, enums)
    word = value.name.rpartition(".")[2]
    if word == "ARRAY":
        element, _ = column_type(value.arguments[0], enums)
        return replace(element, array=True), None
    if word in {"ENUM", "Enum"}:
        return enum_type(value, enums), None
    collation = value.keywords.get("collation")
    return parse_type(spelling(word, value)), Name(
        None, collation
    ) if collation else None


def spelling(word: str, value: Call) -> str:
    """Return a type as SQL."""
    options = value.keywords
    precision = [] if options.get("precision") is None else [options["precision"]]
    if word in MOMENTS:
        zone = "tz" if options.get("timezone", value.arguments[:1] == (True,)) else ""
        return with_numbers(f"{MOMENTS[word]}{zone}", precision)
    if word in {"INTERVAL", "Interval"}:
        fields = f" {options['fields']}" if options.get("fields") else ""
        return with_numbers(f"interval{fields}".lower(), precision)
    if word == "BIT" and options.get("varying"):
        word = "varbit"
    given = [one for one in value.arguments if isinstance(one, int)]
    given += [
        options[key] for key in ("length", "precision", "scale") if key in options
    ]
    if word in {"FLOAT", "Float"} and given:
        return with_numbers("float", given[:1])
    return with_numbers(TYPES.get(word, word.lower()), given)


def with_numbers(name: str, numbers: list[int]) -> str:
    return f"{name}({', '.join(map(str, numbers))})" if numbers else name


def enum_type(value: Call, enums: Collection[Name]) -> Type:
    name = Name(value.keywords.get("schema"), value.keywords.get("name") or "")
    if name in enums:
        return Type(name=name.name, schema=name.schema, kind="enum")
    if value.keywords.get("create_type", True) or not name.name:
        raise ValueError(
            "an enum that the directive creates: write CREATE TYPE with op.execute, and"
            " postgresql.ENUM(name=…, create_type=False)"
        )
    return Type(name=name.name, schema=name.schema, kind="other")


def spelled_type(sql: str, enums: Collection[Name]) -> tuple[Type, Name | None]:
    """Return a type as PostgreSQL spells it, perhaps with its collation."""
    try:
        found = parse_type(sql)
    except TypeMistake:
        pass
    else:
        if (found.kind == "other" and " COLLATE " not in sql) or found.is_serial:
            return found, None  # its modifiers keep their case
    tree = postgast().parse(f"CREATE TABLE t (c {sql})")
    node = tree.stmts[0].stmt.create_stmt.table_elts[0].column_def
    _, column, _ = tree_columns.column(node, enums)
    return column.type, column.collation
