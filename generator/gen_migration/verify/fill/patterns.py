"""Texts that match a regular expression or a pattern of LIKE, as far as it is simple. Pure.

Source: the PostgreSQL manual, chapter 9.7 (Pattern Matching). What is not understood gives a
text that does not match; the database tells.
"""

from __future__ import annotations

import re
import string
import warnings

# Private, but the only reader of regular expressions that comes with Python: packages that write
# what matches (rstr, hypothesis) use it too.
from re import _compiler as compiler  # type: ignore[attr-defined]
from re import _constants as of  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

ALPHABET = string.ascii_letters + string.digits + "_-. @#" + string.punctuation
CLASSES = {
    "digit": r"\d",
    "alpha": "a-zA-Z",
    "lower": "a-z",
    "upper": "A-Z",
    "alnum": "a-zA-Z0-9",
    "xdigit": "0-9a-f",
    "space": r"\s",
    "punct": "_.-",
}
MOST = 1_000  # repetitions; more are not written


def like(pattern: str, number: int) -> str:
    """Return a text that a pattern of LIKE matches; `number` chooses among several."""
    wild = {"%": str(number + 1), "_": ALPHABET[number % 26]}
    return re.sub(
        r"\\(.)|([%_])",
        lambda found: found[1] or wild[found[2]],
        pattern,
        flags=re.DOTALL,
    )


def matching(pattern: str, number: int) -> str:
    """Return a text that a regular expression matches; `number` chooses among several."""
    for name, characters in CLASSES.items():
        pattern = pattern.replace(f"[:{name}:]", characters)
    try:
        # Of what Python may read otherwise some day.
        with warnings.catch_warnings(action="ignore"):
            return written(parser.parse(re.sub(r"\\[mMyY]", "", pattern)), number)
    except (re.error, RecursionError, OverflowError):
        return ""


def written(parts: Any, number: int) -> str:
    """Return what the parts of a regular expression match, one after the other."""
    text = ""
    for kind, value in parts:
        match kind:
            case of.LITERAL:
                text += chr(value)
            case of.ANY | of.IN | of.NOT_LITERAL:
                part = parser.SubPattern(parser.State(), [(kind, value)])
                found = [*filter(compiler.compile(part).fullmatch, ALPHABET)]
                text += found[number % len(found)] if found else ""
            case of.BRANCH:
                text += written(value[1][number % len(value[1])], number)
            case of.SUBPATTERN:
                text += written(value[-1], number)
            case of.MAX_REPEAT | of.MIN_REPEAT:
                least, most, inner = value
                text += written(inner, number) * min(max(least, min(most, 1)), MOST)
    return text  # without places, and without looks ahead or behind
