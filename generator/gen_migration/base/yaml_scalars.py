"""Scalars of YAML: what a plain one means, and a text as one.

A plain one is read by the core schema of YAML 1.2 (chapter 10.3.2).
"""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from gen_migration.base.errors import printable

# An integer that is longer stays text: no type of PostgreSQL holds it.
MAX_DIGITS = 1_000
CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
INTEGER = re.compile(r"[-+]?[0-9]+", re.ASCII)
OCTAL = re.compile(r"0o[0-7]+", re.ASCII)
HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+", re.ASCII)
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
INFINITY = re.compile(r"[-+]?\.(inf|Inf|INF)")
NOT_A_NUMBER = frozenset((".nan", ".NaN", ".NAN"))
# What a plain scalar may be at any place, inside of brackets and as a key as well (chapter 7.3.3).
PLAIN = re.compile(r"[^\W\d][\w.$()-]*(?: [\w.$()-]+)*")
NUMBER_START = frozenset("0123456789.+-")


def decimal_of(text: str) -> Decimal | str:
    """Return a number, or the text of one that is beyond anything that PostgreSQL holds."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    return value if abs(value.adjusted()) <= MAX_DIGITS else text


@lru_cache(maxsize=1000)
def resolve(text: str) -> str | int | Decimal | bool | None:
    """Return the value of a plain scalar (YAML 1.2.2, chapter 10.3.2)."""
    if text in CONSTANTS:
        return CONSTANTS[text]
    if text[0] not in NUMBER_START:
        return text
    if INTEGER.fullmatch(text):
        return int(text) if len(text) <= MAX_DIGITS else text
    if len(text) > MAX_DIGITS:
        return text
    if OCTAL.fullmatch(text) or HEXADECIMAL.fullmatch(text):
        return int(text, 0)
    if FLOAT.fullmatch(text):
        return decimal_of(text)
    if INFINITY.fullmatch(text):
        return Decimal(text.replace(".", "", 1))
    return Decimal("NaN") if text in NOT_A_NUMBER else text


def in_yaml(text: object) -> str:
    """Return a text as a hint writes it into a spec: plain, or in quotes where it needs them."""
    word = str(text)
    is_plain = PLAIN.fullmatch(word) is not None and word not in CONSTANTS
    return word if is_plain else in_quotes(word)


def in_quotes(text: object) -> str:
    """Return a text in the quotes that YAML reads it back from."""
    word = str(text)
    if not word.isprintable():
        # Escapes of JSON and of Python are ones of YAML (chapter 5.7).
        return printable(json.dumps(word, ensure_ascii=False))
    if '"' not in word and "\\" not in word:
        return f'"{word}"'
    return "'" + word.replace("'", "''") + "'"
