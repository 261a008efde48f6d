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
from re import _constants as of  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

ALPHABET = string.ascii_letters + string.digits + "_-. @#" + string.punctuation
CATEGORIES = {
    of.CATEGORY_DIGIT: r"\d",
    of.CATEGORY_NOT_DIGIT: r"\D",
    of.CATEGORY_SPACE: r"\s",
    of.CATEGORY_NOT_SPACE: r"\S",
    of.CATEGORY_WORD: r"\w",
    of.CATEGORY_NOT_WORD: r"\W",
}
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
        with warnings.catch_warnings(
            action="ignore"
        ):  # of what Python may read otherwise
            return written(parser.parse(re.sub(r"\\[mMyY]", "", pattern)), number)
    except (re.error, RecursionError, OverflowError):
        return ""


def written(parts: Any, number: int) -> str:
    return "".join(one(kind, value, number) for kind, value in parts)


def one(kind: Any, value: Any, number: int) -> str:
    """Return what a part of a regular expression matches."""
    match kind:
        case of.LITERAL:
            return chr(value)
        case of.ANY | of.IN | of.NOT_LITERAL:
            found = [
                character for character in ALPHABET if is_in(kind, value, character)
            ]
            return found[number % len(found)] if found else ""
        case of.BRANCH:
            return written(value[1][number % len(value[1])], number)
        case of.SUBPATTERN:
            return written(value[-1], number)
        case of.MAX_REPEAT | of.MIN_REPEAT:
            least, most, inner = value
            count: int = min(max(least, min(most, 1)), MOST)
            return written(inner, number) * count
    return ""  # a place, or a look ahead or behind


def is_in(kind: Any, value: Any, character: str) -> Any:
    """Tell whether a character is of a class."""
    match kind:
        case of.LITERAL | of.NOT_LITERAL:
            return (ord(character) == value) == (kind == of.LITERAL)
        case of.RANGE:
            return value[0] <= ord(character) <= value[1]
        case of.CATEGORY:
            return re.match(CATEGORIES[value], character) is not None
        case of.IN:
            negated = value[0][0] == of.NEGATE
            return negated != any(is_in(one, inner, character) for one, inner in value)
    return kind == of.ANY
