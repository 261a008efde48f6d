"""Where the texts of a box stand: its columns, as wide as what is in them. Pure."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.review.diagram.model import Mark
from gen_migration.review.diagram.packing import Size

if TYPE_CHECKING:
    from gen_migration.review.diagram.model import Box, End

# Of a monospace font at 12px: none of those in diagram.css is wider (DejaVu Sans Mono: 7.23).
CHARACTER = 7.25
HEAD, ROW = 28, 20
PADDING = 10
SIGN = 14  # the room of a sign that says what changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Where the texts of rows begin, and how wide and high a box is.

    What is no column has `more` behind its name, in the place of a type.
    """

    keys: int
    name: int
    type: int
    null: int
    value: int
    to: int
    more: int
    size: Size


@lru_cache(maxsize=50_000)
def width(value: str) -> int:
    """Return an estimate of a text's width, which no font is needed for; wide characters are 2.

    Source: Unicode Standard Annex 11 (East Asian Width).
    """
    cells = sum(
        0
        if unicodedata.combining(one)
        else 2
        if unicodedata.east_asian_width(one) in "WF"
        else 1
        for one in value
    )
    return round(cells * CHARACTER)


def height(end: End) -> int:
    """Return how far below the top of its box an end of a relation is."""
    return HEAD // 2 if end.row is None else HEAD + end.row * ROW + ROW // 2


def grid(box: Box) -> Grid:
    """Return the grid of a box, as wide as its texts."""
    at = [PADDING]
    if box.mark is not Mark.SAME or any(row.mark is not Mark.SAME for row in box.rows):
        at[0] += SIGN
    columns = [row for row in box.rows if row.is_column]
    rest = [row for row in box.rows if not row.is_column]
    parts = [
        [row.name for row in columns],
        [row.type for row in columns],
        ["null" if row.nullable else "" for row in columns],
        [row.value for row in columns],
        [row.to for row in columns],
    ]
    at.append(after(at[0], [" ".join(row.keys) for row in box.rows]))
    for texts in parts:
        at.append(after(at[-1], texts))
    more = after(at[1], [row.name for row in rest])
    end = max(at[-1], after(more, [row.type for row in rest]))
    head = at[0] + width(box.name) + PADDING
    head += width(box.word) + PADDING if box.word != "table" else 0
    size = Size(max(end, head), HEAD + ROW * len(box.rows) + 4)
    words = ("keys", "name", "type", "null", "value", "to")
    return Grid(**dict(zip(words, at, strict=False)), more=more, size=size)


def after(start: int, texts: list[str]) -> int:
    """Return where the next text of rows begins, behind those that begin at `start`."""
    widest = max(map(width, texts), default=0)
    return start + widest + (PADDING if widest else 0)
