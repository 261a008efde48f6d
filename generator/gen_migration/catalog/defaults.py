"""Defaults of columns and domains, as a catalog prints them. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from gen_migration.postgres.names import quote_text
from gen_migration.postgres.names_in_texts import TYPES
from gen_migration.postgres.type_names import INTEGERS
from gen_migration.sql import ddl
from gen_migration.sql.simplify import readable

LITERAL = re.compile(r"(E?'(?:[^']|'')*')::(.+)", re.DOTALL)
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@lru_cache(maxsize=10_000)
def default_of(text: str, base: str, full: str) -> str:
    """Return a default: a literal as a spec's value makes it, or an expression.

    `base` is the column's type without modifiers, `full` with them: a cast may be to either.
    """
    if ddl.CONSTANT.fullmatch(text):
        return text
    literal = LITERAL.fullmatch(text)
    if literal is not None and "'::" not in literal[2]:
        inside = literal[1].removeprefix("E")[1:-1]
        if NUMBER.fullmatch(inside) and natural(inside) == literal[2]:
            return inside
        if literal[2] in {base, full} and base not in TYPES:
            # PostgreSQL prints a backslash as it is.
            return (
                literal[1]
                if literal[1][0] == "E"
                else quote_text(inside.replace("''", "'"))
            )
    return readable(text, {})


def natural(number: str) -> str:
    """Return the type that PostgreSQL reads a number as (manual, chapter 4.1.2.6)."""
    if "." in number:
        return "numeric"
    value = int(number)
    for name in ("integer", "bigint"):
        if abs(value) in INTEGERS[name]:  # the sign is an operator
            return name
    return "numeric"
