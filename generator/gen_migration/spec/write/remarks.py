"""The comments of a YAML text, and where they stand."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from gen_migration.spec.yaml_reader import Loader

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMENT = re.compile(r"#[^\n\x85\u2028\u2029]*")
HEADER = re.compile(r"[|>][-+0-9]*[ \t]*")


@dataclass(frozen=True, slots=True, order=True)
class Remark:
    """A comment in the text."""

    at: int
    column: int
    text: str
    alone: bool


class Text:
    """A text whose lines end in LF, with its tokens and where its lines start."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Any] = [
            token
            for token in yaml.scan(text, Loader=Loader)
            if token.start_mark.index < token.end_mark.index
        ]
        self.lines = [0, *(found.end() for found in re.finditer("\n", text))]

    def line(self, at: int) -> int:
        """Return the number of a position's line, from 0."""
        return bisect_right(self.lines, at) - 1

    def column(self, at: int) -> int:
        """Return how much stands before a position on its line."""
        return at - self.lines[self.line(at)]

    def is_alone(self, at: int) -> bool:
        """Tell whether only white space stands before a position on its line."""
        while at and self.text[at - 1] in " \t":
            at -= 1
        return at == 0 or self.text[at - 1] == "\n"

    def is_parted(self, at: int) -> bool:
        """Tell whether the line above a position is empty."""
        line = self.line(at)
        return (
            line > 0 and not self.text[self.lines[line - 1] : self.lines[line]].strip()
        )

    def remarks(self) -> Iterator[Remark]:
        """Yield the comments between the tokens, and in the headers of block scalars."""
        end = 0
        for token in self.tokens:
            start = token.start_mark.index
            yield from self.between(end, start)
            end = token.end_mark.index
            if isinstance(token, yaml.ScalarToken) and token.style in {"|", ">"}:
                header = HEADER.match(self.text, start)
                if header and (found := COMMENT.match(self.text, header.end())):
                    yield self.remark(found)
        yield from self.between(end, len(self.text))

    def between(self, start: int, end: int) -> Iterator[Remark]:
        """Yield the comments in a stretch without tokens."""
        if "#" in self.text[start:end]:
            yield from map(self.remark, COMMENT.finditer(self.text, start, end))

    def remark(self, found: re.Match[str]) -> Remark:
        """Return a comment that was found."""
        at = found.start()
        return Remark(at, self.column(at), found[0].rstrip(), self.is_alone(at))

    def openings(self) -> Iterator[Remark]:
        """Yield directives and `---`, which stand among the comments at the top."""
        for token in self.tokens:
            if isinstance(token, yaml.DirectiveToken | yaml.DocumentStartToken):
                start, end = token.start_mark.index, token.end_mark.index
                yield Remark(start, 0, self.text[start:end].rstrip(), alone=True)


def comments(text: str) -> list[str]:
    """Return the comments of a text whose lines end in LF, in their order."""
    return [remark.text for remark in Text(text).remarks()]
