"""Texts and expressions in Alembic's directives."""

from __future__ import annotations

import re
from typing import Any

from gen_migration.alembic_ops.calls import Call
from gen_migration.alembic_ops.stubs import described
from gen_migration.postgres.expressions import parse_expression, parse_target
from gen_migration.postgres.names import quote_text
from gen_migration.sql import ddl

# sqlalchemy.sql.compiler.BIND_PARAMS_ESC
ESCAPED = re.compile(r"\\(:[\w$]*)(?![:\w$])")


def text(value: Any) -> str:
    """Return the SQL of a string or of `sa.text(…)`. Raises TypeError for anything else."""
    if isinstance(value, Call) and value.name in {"sa.text", "sa.literal_column"}:
        value = value.arguments[0]
    if not isinstance(value, str):
        raise TypeError(f"{described(value)} is no text")
    return ESCAPED.sub(r"\1", value)


# What SQLAlchemy takes for a parameter in a text.
PARAMETER = re.compile(r"(?<![:\w\\]):[\w$]+(?![:\w$])")


def statement(value: Any) -> str:
    """Return the SQL of a text with parameters; of their values, replay knows nothing."""
    if isinstance(value, Call) and value.name == "sa.text":
        value = value.arguments[0]
    return text(PARAMETER.sub("$1", value) if isinstance(value, str) else value)


def expression(value: Any) -> str:
    """Return an expression in its canonical form."""
    return parse_expression(text(value)).sql


def default(value: Any) -> str | None:
    """Return the SQL of a `server_default`."""
    if value is None:
        return None
    if isinstance(value, str):
        return quote_text(value)
    if isinstance(value, Call):
        word = value.name.removeprefix("sa.")
        if word in {"true", "false", "null"}:
            return None if word == "null" else word
        if word.startswith("func.") and not value.arguments:
            return expression(f"{word.removeprefix('func.')}()")
    sql = text(value)
    if ddl.CONSTANT.fullmatch(sql):
        return quote_text(constant(sql)) if sql.startswith("E") else sql
    found = parse_expression(sql).sql
    return None if found.upper() == "NULL" else found


def constant(sql: str) -> str:
    """Return what a text literal with escapes means."""
    value: str = parse_target(sql)[1].a_const.sval.sval
    return value
