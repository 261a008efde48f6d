"""What went wrong, where, and how to mend it.

A user's mistake is always an Error; anything else that escapes is a defect.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Place = tuple[str | int, ...]

# A stranger's file may hold a mistake on every line; past this many they no longer help.
MAX_PROBLEMS = 100


class Error(Exception):
    """A mistake that its message tells how to mend.

    `where` is `file:line:column` (or less, where less is known) or empty.
    """

    def __init__(self, message: str, *, hint: str = "", where: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.where = where

    def __str__(self) -> str:
        start = f"error: {self.where}: " if self.where else "error: "
        return start + self.message + (f"\n  hint: {self.hint}" if self.hint else "")


class Errors(Error):
    """Several mistakes, reported together in the order of their places."""

    def __init__(self, errors: Iterable[Error]) -> None:
        self.errors = tuple(errors)
        super().__init__(f"{len(self.errors)} errors")

    def __str__(self) -> str:
        shown = [str(error) for error in self.errors[:MAX_PROBLEMS]]
        if (more := len(self.errors) - MAX_PROBLEMS) > 0:
            shown.append(f"error: and {more:,} more")
        return "\n".join(shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A mistake at a path of a document, before its line is known.

    `offset` counts characters into the text at that path (a position in SQL);
    `at_key` says that the key is wrong rather than its value.
    """

    message: str
    path: Place
    hint: str = ""
    offset: int | None = None
    at_key: bool = False


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the hint `did you mean "…"?` for a misspelt word, or an empty string."""
    known = list(known)
    lowered = {k.lower(): k for k in known}
    found = difflib.get_close_matches(word.lower(), list(lowered), n=1, cutoff=0.6)
    if found:
        return f'did you mean "{lowered[found[0]]}"?'
    return ""


def choices(words: Iterable[str]) -> str:
    """Return words as a readable list: `"a", "b" or "c"`."""
    quoted = [f'"{word}"' for word in words]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]] if quoted[1:] else quoted)
