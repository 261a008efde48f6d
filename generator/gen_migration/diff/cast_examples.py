"""Expressions that make a value of a column's new type of its old one, for a hint.

Source: the PostgreSQL manual, "Type Conversion" and "Date/Time Functions": between these types,
there are functions, and no casts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.postgres.names import quote_name
from gen_migration.postgres.type_names import INTEGERS

if TYPE_CHECKING:
    from gen_migration.diff.columns import Question
    from gen_migration.postgres.types import Type

NUMBERS = frozenset((*INTEGERS, "numeric", "real", "double precision"))
MOMENTS = frozenset(("date", "timestamp", "timestamptz"))


def example(question: Question) -> str:
    """Return an expression that may be what is meant by a change of a type, as SQL."""
    if question.example is not None:
        return question.example
    name, old, new = quote_name(question.column), question.old.plain, question.new.plain
    if new.array and not old.array:
        return f"ARRAY[{name}]"
    if new.name == "boolean":
        return f"{name} <> 0" if is_one(old, NUMBERS) else f"{name} IS NOT NULL"
    if is_one(old, MOMENTS) and is_one(new, NUMBERS):
        return f"extract(epoch FROM {name})::{new.sql}"
    if is_one(old, NUMBERS) and is_one(new, MOMENTS):
        return f"to_timestamp({name})::{new.sql}"
    return f"{name}::text::{new.sql}"


def is_one(of: Type, names: frozenset[str]) -> bool:
    return of.name in names and of.schema is None and not of.array
