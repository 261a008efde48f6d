"""Identifiers of Python for the names of PostgreSQL. Pure.

Source: the Python reference, chapter 2.3 (Identifiers and keywords): an identifier is compared in
the normal form NFKC.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from typing import TYPE_CHECKING

from gen_migration.models.inflection import singular

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# What looks like a digit, which linters (E741) do not take.
ALIKE = frozenset("lOI")
BETWEEN_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|_")


def identifier(text: str, kind: str) -> str:
    """Return an identifier that is like a text.

    `kind` is its first word where it is none by itself, or starts with a digit. It is no keyword,
    and has no underscore in front, which means something to Python.
    """
    normal = unicodedata.normalize("NFKC", text)
    found = "".join(one if f"a{one}".isidentifier() else "_" for one in normal)
    found = found.strip("_")
    if not found.isidentifier():
        found = f"{kind}_{found}".rstrip("_")
    return f"{found}_" if keyword.iskeyword(found) or found in ALIKE else found


def class_name(text: str) -> str:
    """Return the name of a class for one row of a table, or for an enum."""
    words = [one for one in BETWEEN_WORDS.split(identifier(text, "table")) if one]
    last = words[-1]
    one = singular(last.lower())
    if one != last.lower():
        words[-1] = one
    found = "".join(word[:1].upper() + word[1:] for word in words)
    return f"{found}_" if keyword.iskeyword(found) else found


def constant_name(text: str) -> str:
    """Return the name of a member of an enum."""
    words = BETWEEN_WORDS.split(identifier(text, "value"))
    return "_".join(word.upper() for word in words if word)


class Scope:
    """The names that are taken in a module or a class."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = set(taken)

    def free(self, *wanted: str, suffixes: Sequence[str] = ("",)) -> str:
        """Return the first of several names that is free, or the last one with underscores.

        It is free with each of the suffixes, with which it is taken.
        """
        found = next((one for one in wanted if self.is_free(one, suffixes)), wanted[-1])
        while not self.is_free(found, suffixes):
            found += "_"
        self.taken.update(found + one for one in suffixes)
        return found

    def is_free(self, name: str, suffixes: Sequence[str]) -> bool:
        """Tell whether a name is free with each of several suffixes."""
        return self.taken.isdisjoint(name + one for one in suffixes)
