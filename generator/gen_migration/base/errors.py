"""What went wrong, where, and how to mend it.

A user's mistake is always an Error; anything else that escapes is a defect.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Place = tuple[str | int, ...]

# A stranger's file may hold a mistake on every line; past this many they no longer help.
MAX_PROBLEMS = 100
MAX_SHOWN = 600  # characters of a message or a hint
# Where a misspelt word is looked for: it takes time for each pair of words.
MAX_CANDIDATES, MAX_WORD, MAX_DISTANCE = 200, 64, 6
ALIKE = 0.7  # the part of two words that is the same

# A name as a spec spells it, whose parts stand in quotes where they hold a dot or a quote.
PART = r'(?:[^\s."]+|"(?:[^"]|"")+")'
SPELLED = re.compile(rf"{PART}(?:\.{PART})*")


class Error(Exception):
    """A mistake that its message tells how to mend.

    `where` is `file:line:column` (or less, where less is known) or empty; `file`, `line` and
    `column` are its parts. `errors` are the mistakes one by one: this one alone.
    """

    def __init__(self, message: str, *, hint: str = "", where: str = "") -> None:
        super().__init__(message)
        self.message = visible(message)
        self.hint = visible(hint)
        self.where = visible(where)

    @property
    def errors(self) -> tuple[Error, ...]:
        """The mistakes that it reports, in the order of their places."""
        return (self,)

    @property
    def file(self) -> str:
        """The file that the mistake is in, or whatever it is in; empty where that is unknown."""
        return parts(self.where)[0]

    @property
    def line(self) -> int | None:
        """The line of the mistake, counted from 1."""
        return parts(self.where)[1]

    @property
    def column(self) -> int | None:
        """The column of the mistake, counted from 1."""
        return parts(self.where)[2]

    def __str__(self) -> str:
        start = f"error: {self.where}: " if self.where else "error: "
        hint = f"\n  hint: {further_in(self.hint, 4)}" if self.hint else ""
        return start + further_in(self.message, 2) + hint


class Errors(Error):
    """Several mistakes, reported together in the order of their places.

    `more` says that the search for further ones was given up.
    """

    def __init__(self, errors: Iterable[Error], *, more: bool = False) -> None:
        self._errors = tuple(errors)
        self.more = more or len(self._errors) > MAX_PROBLEMS
        super().__init__(f"{len(self._errors)} errors")

    @property
    def errors(self) -> tuple[Error, ...]:
        """The mistakes that it reports, in the order of their places."""
        return self._errors

    def __str__(self) -> str:
        shown = [str(error) for error in self.errors[:MAX_PROBLEMS]]
        if self.more:
            shown.append("error: and more; mend these first")
        return "\n".join(shown)


class TooManyError(Exception):
    """Enough problems were found; looking for more would only cost time."""


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


def further_in(text: str, columns: int) -> str:
    """Return a text whose lines after the first stand further in: they belong to it."""
    return text.replace("\n", "\n" + columns * " ")


def parts(where: str) -> tuple[str, int | None, int | None]:
    """Return the file, the line and the column of a place; a path may hold a colon itself."""
    rest = where
    numbers: list[int] = []
    while len(numbers) < 2:
        before, _, last = rest.rpartition(":")
        if not (before and last.isdecimal()):
            break
        rest, numbers = before, [int(last), *numbers]
    line, column = (*numbers, None, None)[:2]
    return rest, line, column


def visible(text: str) -> str:
    """Return a text of a stranger's as a terminal may show it: no controls, no end of words."""
    return printable(text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…")


def printable(text: str) -> str:
    """Return a text with escapes for all that nobody sees, but for the ends of lines."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)


def quoted(name: object) -> str:
    """Return a text in double quotes.

    A name that a spec spells with quotes (`app."a.b"`) has them already; around any other text
    with quotes, single ones stand.
    """
    text = str(name)
    if '"' not in text:
        return f'"{text}"'
    return text if SPELLED.fullmatch(text) else f"'{text}'"


def listed(words: Sequence[str], most: int) -> str:
    """Return words with commas; of many, the first and how many more there are."""
    more = f" and {len(words) - most} more" if words[most:] else ""
    return ", ".join(words[:most]) + more


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the hint `did you mean "…"?` for a misspelt word, or an empty string."""
    import difflib  # what is spelt right needs none

    near = (one for one in known if abs(len(one) - len(word)) <= MAX_DISTANCE)
    known = (
        list(itertools.islice(near, MAX_CANDIDATES)) if len(word) <= MAX_WORD else []
    )
    lowered = {k.lower(): k for k in known}
    found = difflib.get_close_matches(word.lower(), list(lowered), n=1, cutoff=ALIKE)
    found += [one for one in lowered if is_slip(word.lower(), one)]
    if found:
        return f"did you mean {quoted(lowered[found[0]])}?"
    return ""


def is_slip(word: str, other: str) -> bool:
    """Tell whether two words differ by one letter, or by the order of letters."""
    differing = sum(a != b for a, b in zip(word, other, strict=False))
    is_close = differing == 1 or sorted(word) == sorted(other)
    return len(word) == len(other) > 2 and is_close


def choices(words: Iterable[str]) -> str:
    """Return words as a readable list: `"a", "b" or "c"`."""
    named = [quoted(word) for word in words]
    return " or ".join([", ".join(named[:-1]), named[-1]] if named[1:] else named)
