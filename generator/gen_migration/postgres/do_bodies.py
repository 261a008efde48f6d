"""Bodies of DO blocks: texts with marks that are filled with literals, and read back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from gen_migration.postgres.names import Name, dollar_quoted, quote_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    Value = str | Name | Iterable[str] | Mapping[str, str]

LITERAL = r"E?'(?:[^']|'')*'"
# What stands for a mark: literals, or pairs of them.
ITEM = rf"(?:{LITERAL}|\({LITERAL},\s+{LITERAL}\))"
MARK = re.compile(r"\{(\w+)\}")


class Body:
    """A body with marks, `{table}`; each stands for a literal, for some, or for pairs of them."""

    def __init__(self, text: str) -> None:
        self.text = text

    def filled(self, **values: Value) -> str:
        """Return the body with values in place of its marks; pairs stand on lines of their own."""
        lines = self.text.split("\n")
        return self.text.format(
            **{
                key: spelled(value, indentation(lines, f"{{{key}}}"))
                for key, value in values.items()
            }
        )

    def statement(self, **values: Value) -> str:
        """Return the DO statement of the filled body."""
        return f"DO {dollar_quoted(self.filled(**values))}"

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What a filled body looks like, whatever blanks stand in it."""
        found, seen = "", set()
        for number, piece in enumerate(MARK.split(self.text.strip())):
            if number % 2 == 0:
                found += r"\s+".join(map(re.escape, re.split(r"\s+", piece)))
            elif piece in seen:
                found += f"(?P={piece})"
            else:
                found += rf"(?P<{piece}>{ITEM}(?:,\s+{ITEM})*)"
                seen.add(piece)
        return re.compile(found)

    def read(self, text: str) -> dict[str, tuple[str, ...]] | None:
        """Return the texts that stand for each mark; None where a text is no such body."""
        match = self.pattern.fullmatch(text.strip())
        if match is None:
            return None
        return {
            key: tuple(map(plain, re.findall(LITERAL, value)))
            for key, value in match.groupdict().items()
        }


def indentation(lines: list[str], mark: str) -> str:
    """Return the blanks before a mark on its line."""
    line = next(line for line in lines if mark in line)
    return line[: len(line) - len(line.lstrip())]


def spelled(value: Value, blanks: str) -> str:
    """Return a value as literals."""
    if isinstance(value, Name):
        return quote_text(value.sql)
    if isinstance(value, str):
        return quote_text(value)
    if isinstance(value, Mapping):
        pairs = (f"({quote_text(a)}, {quote_text(b)})" for a, b in value.items())
        return f",\n{blanks}".join(pairs)
    return ", ".join(map(quote_text, value))


def plain(literal: str) -> str:
    """Return the text of a literal that `quote_text` has made."""
    inside = literal[literal.index("'") + 1 : -1].replace("''", "'")
    return inside.replace("\\\\", "\\") if literal.startswith("E") else inside
