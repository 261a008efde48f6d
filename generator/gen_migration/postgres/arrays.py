"""Arrays in PostgreSQL's own text form. Pure.

Source: the manual, chapter 8.15.6 (Array Input and Output Syntax).
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

# An opening or closing brace, a comma, an item in quotes, or one without.
TOKEN = re.compile(r'\s*(?:([{},])|"((?:[^"\\]|\\.)*)"|([^{},"\\\s]+))\s*', re.DOTALL)
WHOLE = re.compile(r"-?[0-9]+", re.ASCII)
CONSTANTS = {"NULL": None, "true": True, "false": False}
MAX_DEPTH = 6  # dimensions that PostgreSQL has


def lists(text: str) -> list[list[Any]]:
    """Return the lists that an array's text may have come from, the nicest first.

    None where it is no array, or one that no list makes: with bounds (`[0:1]={a,b}`), say.
    """
    tokens = tokens_of(text)
    if tokens is None:
        return []
    found = [nested(tokens, constant), nested(tokens, text_of)]
    return [one for one in found if one is not None]


def tokens_of(text: str) -> list[tuple[str, str, str]] | None:
    """Return braces, items in quotes and other items; None where there is anything else."""
    found, position = [], 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            return None
        brace, quoted, word = match.groups()
        found.append((brace or "", quoted, word or ""))
        position = match.end()
    return found


def nested(tokens: list[tuple[str, Any, str]], value: Any) -> list[Any] | None:
    """Return the list of a list of tokens; None where they are none."""
    outer: list[Any] = []
    open_: list[list[Any]] = [outer]
    wants_item = True
    for brace, quoted, word in tokens:
        if brace == "{":
            if not wants_item or len(open_) > MAX_DEPTH:
                return None
            inner: list[Any] = []
            open_[-1].append(inner)
            open_.append(inner)
        elif brace == "}":
            if len(open_) == 1:
                return None
            open_.pop()
            wants_item = False
        elif brace == ",":
            wants_item = True
        elif len(open_) == 1:
            return None
        else:
            item = value(word) if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
            open_[-1].append(item)
            wants_item = False
    return outer[0] if len(open_) == 1 and len(outer) == 1 else None


def text_of(word: str) -> str | None:
    """Return an item of an array of texts; only quotes make a text of `NULL`."""
    return None if word == "NULL" else word


def constant(word: str) -> Any:
    """Return an item that is no text; the text where it is none."""
    if word in CONSTANTS:
        return CONSTANTS[word]
    try:
        return int(word) if WHOLE.fullmatch(word) else Decimal(word)
    except InvalidOperation:
        return word


PLAIN_ELEMENT = re.compile(r"[^\s{}\",\\]+")


def quoted_item(text: str) -> str:
    """Return an item of an array's text, in quotes where it needs them."""
    if PLAIN_ELEMENT.fullmatch(text) and text.upper() != "NULL":
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
