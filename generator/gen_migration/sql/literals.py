"""A value of YAML as the literal of a column's type, checked as far as can be told offline.

Source: the PostgreSQL manual, chapter 8 (Data Types), the input syntax of each type.
"""

from __future__ import annotations

import json
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import nearest, quoted
from gen_migration.base.yaml_scalars import in_quotes
from gen_migration.postgres import text_search
from gen_migration.postgres.arrays import quoted_item
from gen_migration.postgres.names import quote_text
from gen_migration.postgres.names_in_texts import respelled
from gen_migration.postgres.type_names import INTEGERS
from gen_migration.sql.literal_words import EXPRESSION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.model.schema import Enum
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type


class LiteralMistake(ValueError):
    """A value that is none of its type; `args` are the message and the hint."""


# Types whose values are short: no text of another length needs a closer look.
SHORT = frozenset(
    "uuid date time timetz timestamp timestamptz interval inet cidr".split()
)
MAX_SHORT = 100
FLOATS = {"real": "f", "double precision": "d"}  # as struct calls them
NUMERIC = frozenset(("numeric", *FLOATS))
TEXT = frozenset(("varchar", "char", "text", "bpchar", "name", '"char"', "citext"))
JSON = frozenset(("json", "jsonb"))


def literal(value: Any, column_type: Type, enums: Mapping[Name, Enum]) -> str:
    """Return the SQL literal of a value for a column of this type.

    Raises LiteralMistake when the value does not fit.
    """
    if column_type.array:
        text = array_text(value, column_type, enums)
        return quote_text(text)
    if column_type.kind == "builtin":
        if column_type.name in INTEGERS or column_type.name == "oid":
            return integer(value, column_type)
        if column_type.name in NUMERIC:
            return number(value, column_type)
        if column_type.name == "boolean":
            if not isinstance(value, bool):
                raise misfit(value, column_type, "write true or false")
            return "true" if value else "false"
        if column_type.name in text_search.TYPES:
            # With its type, so that it is known to name an object wherever it stands.
            text = scalar_text(value, column_type, enums)
            return f"{quote_text(respelled(text))}::{column_type.name}"
    return quote_text(scalar_text(value, column_type, enums))


def is_endless(sql: str, column_type: Type) -> bool:
    """Tell whether a literal has an infinite interval, which PostgreSQL knows from 17 on."""
    if column_type.kind != "builtin" or "infinity" not in sql.lower():
        return False
    return column_type.name.split()[0] == "interval"


def misfit(value: Any, column_type: Type, hint: str) -> LiteralMistake:
    shown = json.dumps(value, ensure_ascii=False, default=str)
    shown = shown if len(shown) <= 60 else shown[:57] + "…"
    return LiteralMistake(f"the default {shown} is no {column_type}", hint)


def integer(value: Any, column_type: Type) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        raise misfit(value, column_type, f"write a whole number, {EXPRESSION}")
    held = INTEGERS.get(column_type.name, range(2**32))
    if value not in held:
        raise misfit(value, column_type, f"{column_type} holds {held[0]} to {held[-1]}")
    return str(value)


def number(value: Any, column_type: Type) -> str:
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        raise misfit(value, column_type, f"write a number, {EXPRESSION}")
    if isinstance(value, Decimal) and not value.is_finite():
        if column_type.arguments and value.is_infinite():
            raise misfit(
                value, column_type, "a numeric with a precision holds no infinity"
            )
        return quote_text(
            "NaN" if value.is_nan() else "-Infinity" if value < 0 else "Infinity"
        )
    if column_type.arguments:
        precision, scale = (int(argument) for argument in column_type.arguments)
        with localcontext(prec=2500):  # what a Decimal of the reader may have
            rounded = round(Decimal(value), scale)
        if abs(rounded) >= Decimal(10) ** (precision - scale):
            raise misfit(value, column_type, f"below 10^{precision - scale} it fits")
    code = FLOATS.get(column_type.name)
    if code is not None:
        from gen_migration.sql.literal_forms import is_float

        if not is_float(Decimal(value), code):
            raise misfit(value, column_type, f"it is out of the range of {column_type}")
    return str(value)


def scalar_text(value: Any, column_type: Type, enums: Mapping[Name, Enum]) -> str:
    """Return the input text of a value of a type whose literals are quoted."""
    name = column_type.name
    if column_type.kind == "enum":
        return enum_text(value, column_type, enums)
    if column_type.kind == "builtin" and name in JSON:
        return json_text(value, column_type)
    if not isinstance(value, str):
        if isinstance(value, int | Decimal) and (
            column_type.kind == "other" or name == "money"
        ):
            if name == "money":
                from gen_migration.sql.literal_forms import money_range

                if problem := money_range(Decimal(value)):
                    raise misfit(value, column_type, problem)
            return str(value).lower()
        hint = (
            f"write it as text, in quotes: {in_quotes(value)}"
            if not isinstance(value, dict)
            else ""
        )
        raise misfit(value, column_type, hint or "write an expression: {sql: …}")
    if column_type.kind == "builtin":
        if len(value) > MAX_SHORT and name.split()[0] in SHORT:
            raise misfit(value, column_type, f"it has {len(value)} characters")
        if problem := fault(value, column_type):
            raise misfit(value, column_type, problem)
    return value


def fault(value: str, column_type: Type) -> str:
    """Return what is wrong with a text of a builtin type, as a hint, or nothing."""
    name = column_type.name.split()[0]
    if name in LIMITED:
        return check_length(value, column_type)
    if name in UNCHECKED:
        return ""
    from gen_migration.sql.literal_checks import CHECKS

    check = CHECKS.get(name)
    return "" if check is None else check(value, column_type)


# The types of most columns: the checks of all others are imported where one of those has a text.
LIMITED = frozenset(("varchar", "char"))
UNCHECKED = frozenset(("text", "bpchar", "citext"))


def check_length(value: str, column_type: Type) -> str:
    if column_type.arguments and len(value.rstrip(" ")) > int(column_type.arguments[0]):
        return f"it has {len(value)} characters; shorten it, or make the column longer"
    return ""


def enum_text(value: Any, column_type: Type, enums: Mapping[Name, Enum]) -> str:
    enum = next(
        enum
        for key, enum in enums.items()
        if key.name == column_type.name and key.schema == column_type.schema
    )
    if value in enum.values and isinstance(value, str):
        return value
    hint = nearest(str(value), enum.values) or "its values are " + ", ".join(
        map(quoted, enum.values[:10])
    )
    raise misfit(value, column_type, hint)


def json_text(value: Any, column_type: Type) -> str:
    if isinstance(value, str):
        try:
            json.loads(value, parse_constant=refuse_constant)
        except (ValueError, RecursionError):
            as_json = in_quotes(json.dumps(value))
            hint = f"a string of JSON needs quotes of its own: {as_json}"
            raise misfit(value, column_type, hint) from None
        if column_type.name == "jsonb" and "\\u0000" in value:
            raise misfit(value, column_type, "jsonb holds no \\u0000")
        return value
    return json_of(value, column_type)


def json_of(value: Any, column_type: Type) -> str:
    """Return JSON; numbers keep the digits that they were written with."""
    if isinstance(value, dict):
        members = (
            f"{json.dumps(key, ensure_ascii=False)}: {json_of(item, column_type)}"
            for key, item in value.items()
        )
        return "{" + ", ".join(members) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(json_of(item, column_type) for item in value) + "]"
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise misfit(value, column_type, "JSON has no infinity and no NaN")
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def refuse_constant(name: str) -> None:
    raise ValueError(name)


def array_text(value: Any, column_type: Type, enums: Mapping[Name, Enum]) -> str:
    """Return the input text of an array (manual, chapter 8.15.2)."""
    if isinstance(value, str) and value[:1] in {"{", "["} and value[-1:] == "}":
        return value  # an array's text in PostgreSQL's own syntax
    if not isinstance(value, list):
        raise misfit(value, column_type, f"write a list: [a, b], {EXPRESSION}")
    parts = []
    for item in value:
        if item is None:
            parts.append("NULL")
        elif isinstance(item, list) and column_type.name not in JSON:
            parts.append(array_text(item, column_type, enums))
        else:
            parts.append(element_text(item, column_type.element, enums))
    return "{" + ",".join(parts) + "}"


def element_text(item: Any, element: Type, enums: Mapping[Name, Enum]) -> str:
    if element.kind == "builtin" and (
        element.name in INTEGERS
        or element.name in NUMERIC
        or element.name in {"oid", "boolean"}
    ):
        return literal(item, element, enums).strip("'")
    return quoted_item(scalar_text(item, element, enums))
