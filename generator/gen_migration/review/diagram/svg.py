"""The picture of a schema as SVG. Pure: same diagram, same bytes."""

from __future__ import annotations

import html
import unicodedata
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.review.diagram.layout import Line, layout
from gen_migration.review.diagram.model import Mark
from gen_migration.review.diagram.packing import Size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.review.diagram.layout import Layout
    from gen_migration.review.diagram.model import Box, Diagram, End, Relation, Row
    from gen_migration.review.diagram.packing import Point

# Of a monospace font at 12px: none of those in diagram.css is wider (DejaVu Sans Mono: 7.23).
CHARACTER = 7.25
HEAD, ROW = 28, 20
PADDING = 10
MARGIN = 24
FOOT, BAR = 12, 7  # how far from the box a crow's foot begins, and a bar stands
BULGE = 48  # how far a line goes that comes back to the same side
LEGEND = 40
KEYS = "PK primary key, FK foreign key, UQ unique, null: may be null"
MARKS = "; + added, \N{MINUS SIGN} dropped, ~ changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where a box's columns begin, and how wide and high it is."""

    keys: int
    name: int
    type: int
    null: int
    size: Size


def svg(diagram: Diagram, title: str) -> str:
    """Return a picture as a document of its own.

    `title` is its name for those who do not see it.
    """
    grids = [columns(box) for box in diagram.boxes]
    lines = [
        Line(
            child=one.child.box,
            child_at=height(one.child),
            parent=one.parent.box,
            parent_at=height(one.parent),
        )
        for one in diagram.relations
    ]
    made = layout([one.size for one in grids], lines)
    legend = KEYS + (MARKS if diagram.compared else "")
    wide = max(made.width, width(legend)) + 2 * MARGIN
    high = made.height + 2 * MARGIN + LEGEND
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}"'
        f' height="{high}" class="schema" aria-labelledby="schema-title">'
    )
    parts = [
        head,
        f'<title id="schema-title">{escape(title)}</title>',
        f"<style>{style()}</style>",
        f'<rect class="paper" width="{wide}" height="{high}"/>',
        f'<g transform="translate({MARGIN} {MARGIN})">',
        *relations(diagram, made),
        *boxes(diagram, grids, made),
        "</g>",
        text(MARGIN, high - MARGIN, legend, "quiet"),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


@cache
def style() -> str:
    """Return the style of a picture, which has no character that XML or HTML would escape."""
    from importlib.resources import files

    return files("gen_migration.templates").joinpath("diagram.css").read_text("utf-8")


def escape(value: str) -> str:
    """Return a text as markup: the one way in which names of the schema come into it."""
    return html.escape(value)


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


def columns(box: Box) -> Columns:
    """Return the grid of a box, as wide as its texts."""
    at = [PADDING]
    if box.mark is not Mark.SAME or any(row.mark is not Mark.SAME for row in box.rows):
        at[0] += 14
    parts = [
        [tags(row) for row in box.rows],
        [row.name for row in box.rows],
        [row.type for row in box.rows],
        ["null" if row.nullable else "" for row in box.rows],
    ]
    for texts in parts:
        widest = max(map(width, texts), default=0)
        at.append(at[-1] + widest + (PADDING if widest else 0))
    head = at[0] + width(box.name) + PADDING
    head += width("external") + PADDING if box.external else 0
    size = Size(max(at[4], head), HEAD + ROW * len(box.rows) + 4)
    return Columns(keys=at[0], name=at[1], type=at[2], null=at[3], size=size)


def tags(row: Row) -> str:
    return " ".join(row.keys)


def text(x: int, y: int, value: str, kind: str, anchor: str = "") -> str:
    return f'<text class="{kind}" x="{x}" y="{y}"{anchor}>{escape(value)}</text>'


def boxes(diagram: Diagram, grids: list[Columns], made: Layout) -> Iterator[str]:
    for number, (box, grid) in enumerate(zip(diagram.boxes, grids, strict=True)):
        x, y = made.corners[number]
        kind = f"table {box.mark.name.lower()}" + (" external" if box.external else "")
        wide, high = grid.size.width, grid.size.height
        yield f'<g id="table-{number}" class="{kind}" transform="translate({x} {y})">'
        about = f"{box.name}: {box.note}" if box.note else box.name
        yield f"<title>{escape(about)}</title>"
        yield f'<rect class="body" width="{wide}" height="{high}" rx="4"/>'
        top = f"M0 {HEAD}V4a4 4 0 0 1 4 -4H{wide - 4}a4 4 0 0 1 4 4V{HEAD}z"
        yield f'<path class="head" d="{top}"/>'
        yield from sign(box.mark, 19)
        yield text(grid.keys, 19, box.name, "name")
        if box.external:
            yield text(wide - PADDING, 19, "external", "quiet", ' text-anchor="end"')
        for position, row in enumerate(box.rows):
            yield from row_lines(row, grid, HEAD + position * ROW)
        yield f'<rect class="frame" width="{wide}" height="{high}" rx="4"/>'
        yield "</g>"


def row_lines(row: Row, grid: Columns, top: int) -> Iterator[str]:
    yield f'<g class="row {row.mark.name.lower()}">'
    if row.note:
        yield f"<title>{escape(row.note)}</title>"
    yield f'<rect class="line" y="{top}" width="{grid.size.width}" height="{ROW}"/>'
    base = top + 14
    yield from sign(row.mark, base)
    if row.keys:
        yield text(grid.keys, base, tags(row), "key")
    yield text(grid.name, base, row.name, "column")
    if row.type:
        yield text(grid.type, base, row.type, "quiet")
    if row.nullable:
        yield text(grid.null, base, "null", "quiet")
    yield "</g>"


def sign(mark: Mark, base: int) -> Iterator[str]:
    if mark is not Mark.SAME:
        yield text(PADDING, base, mark.value, "sign")


def relations(diagram: Diagram, made: Layout) -> Iterator[str]:
    for one, route in zip(diagram.relations, made.routes, strict=True):
        kind = f"relation {one.mark.name.lower()}"
        yield (
            f'<g class="{kind}" data-child="table-{one.child.box}"'
            f' data-parent="table-{one.parent.box}">'
        )
        yield f"<title>{escape(one.name)}</title>"
        yield f'<path d="{path(route)}"/>'
        yield ends(one, route, made)
        yield "</g>"


def ends(relation: Relation, route: tuple[Point, ...], made: Layout) -> str:
    """Return the ends of a relation: a crow's foot where there are many, a bar where one is.

    Beside the child's stands what changed.
    """
    (x, y), (far, low) = route[0], route[-1]
    side = -1 if x == made.corners[relation.child.box][0] else 1
    other = -1 if far == made.corners[relation.parent.box][0] else 1
    foot, bar = x + side * FOOT, far + other * BAR
    marks = f"M{bar} {low - 5}V{low + 5}"
    if relation.many:
        marks += f"M{x} {y - 5}L{foot} {y}L{x} {y + 5}"
    else:
        marks += f"M{x + side * BAR} {y - 5}V{y + 5}"
    found = f'<path d="{marks}"/>'
    if relation.mark is not Mark.SAME:
        middle = ' text-anchor="middle"'
        found += text(foot + side * 4, y - 4, relation.mark.value, "sign", middle)
    return found


def path(route: tuple[Point, ...]) -> str:
    """Return a route as the data of a path."""
    found = [f"M{route[0][0]} {route[0][1]}"]
    for number, ((a, b), (x, y)) in enumerate(pairwise(route)):
        if number % 2 == 0:
            found.append(f"H{x}")
            continue
        middle = (a + x) // 2 if a != x else a + BULGE
        found.append(f"C{middle} {b} {middle} {y} {x} {y}")
    return "".join(found)
