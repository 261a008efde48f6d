"""The picture of a schema as SVG. Pure: same diagram, same bytes."""

from __future__ import annotations

import html
import unicodedata
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.review.diagram.layout import Line, layout
from gen_migration.review.diagram.model import Mark
from gen_migration.review.diagram.packing import Size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Template

    from gen_migration.review.diagram.layout import Layout
    from gen_migration.review.diagram.model import Box, Diagram, End
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
    return template().render(
        title=title,
        style=style(),
        legend=legend,
        wide=max(made.width, width(legend)) + 2 * MARGIN,
        high=made.height + 2 * MARGIN + LEGEND,
        margin=MARGIN,
        padding=PADDING,
        head=HEAD,
        height=ROW,
        relations=relations(diagram, made),
        boxes=boxes(diagram, grids, made),
    )


@cache
def template() -> Template:
    import jinja2

    environment = jinja2.Environment(  # noqa: S701 - names come in through `markup`
        loader=jinja2.PackageLoader("gen_migration.templates", ""),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["markup"] = escape
    return environment.get_template("diagram.svg.j2")


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
        [" ".join(row.keys) for row in box.rows],
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


def boxes(
    diagram: Diagram, grids: list[Columns], made: Layout
) -> Iterator[dict[str, Any]]:
    """Yield what the template says of boxes."""
    for box, grid, (x, y) in zip(diagram.boxes, grids, made.corners, strict=True):
        yield {
            "name": box.name,
            "about": f"{box.name}: {box.note}" if box.note else box.name,
            "kind": box.mark.name.lower() + (" external" if box.external else ""),
            "sign": box.mark.value,
            "external": box.external,
            "rows": box.rows,
            "grid": grid,
            "x": x,
            "y": y,
            "wide": grid.size.width,
            "high": grid.size.height,
        }


def relations(diagram: Diagram, made: Layout) -> Iterator[dict[str, Any]]:
    """Yield what the template says of relations.

    Their ends are a crow's foot where there are many, and a bar where one is; beside the child's
    stands what changed.
    """
    for one, route in zip(diagram.relations, made.routes, strict=True):
        (x, y), (far, low) = route[0], route[-1]
        side = -1 if x == made.corners[one.child.box][0] else 1
        other = -1 if far == made.corners[one.parent.box][0] else 1
        foot, bar = x + side * FOOT, far + other * BAR
        ends = f"M{bar} {low - 5}V{low + 5}"
        if one.many:
            ends += f"M{x} {y - 5}L{foot} {y}L{x} {y + 5}"
        else:
            ends += f"M{x + side * BAR} {y - 5}V{y + 5}"
        yield {
            "name": one.name,
            "kind": one.mark.name.lower(),
            "child": one.child.box,
            "parent": one.parent.box,
            "path": path(route),
            "ends": ends,
            "sign": one.mark.value,
            "sign_at": (foot + side * 4, y - 4),
        }


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
