"""The picture of a schema as SVG. Pure: same diagram, same bytes."""

from __future__ import annotations

import html
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from gen_migration.base.own_files import own_text
from gen_migration.review.diagram.arrangement import arranged
from gen_migration.review.diagram.grid import HEAD, PADDING, ROW, width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Template

    from gen_migration.review.diagram.arrangement import Arrangement
    from gen_migration.review.diagram.model import Diagram, Relation
    from gen_migration.review.diagram.packing import Point

MARGIN = 24
FOOT, BAR = 12, 7  # how far from the box a crow's foot begins, and a bar stands
BULGE = 48  # how far a line goes that comes back to the same side
LEGEND = 40
MARKS = "+ added, \N{MINUS SIGN} dropped, ~ changed"
# What the tags of rows stand for.
TAGS = {
    "PK": "primary key",
    "FK": "foreign key",
    "UQ": "unique",
    "EX": "exclusion",
    "CK": "check",
    "IX": "index",
}


def svg(diagram: Diagram, title: str) -> str:
    """Return a picture as a document of its own.

    `title` is its name for those who do not see it.
    """
    made = arranged(diagram)
    said = legend(diagram)
    return template().render(
        title=title,
        style=style(),
        legend=said,
        wide=max(made.layout.width, width(said)) + 2 * MARGIN,
        high=made.layout.height + 2 * MARGIN + LEGEND,
        margin=MARGIN,
        padding=PADDING,
        head=HEAD,
        height=ROW,
        frames=made.frames,
        relations=relations(diagram, made),
        boxes=boxes(diagram, made),
    )


def legend(diagram: Diagram) -> str:
    """Return what the signs of a picture mean, those alone that it has."""
    rows = [row for box in diagram.boxes for row in box.rows]
    seen = {tag for row in rows for tag in row.keys}
    said = [f"{tag} {text}" for tag, text in TAGS.items() if tag in seen]
    said += ["null: may be null"] if any(row.nullable for row in rows) else []
    if any(one.reads for one in diagram.relations):
        said.append("dotted: what a view reads")
    parts = [", ".join(said), MARKS if diagram.compared else ""]
    return "; ".join(one for one in parts if one)


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
    return own_text("templates", "diagram.css")


def escape(value: str) -> str:
    """Return a text as markup: the one way in which names of the schema come into it."""
    return html.escape(value)


def boxes(diagram: Diagram, made: Arrangement) -> Iterator[dict[str, Any]]:
    """Yield what the template says of boxes."""
    corners = made.layout.corners
    for box, grid, (x, y) in zip(diagram.boxes, made.grids, corners, strict=True):
        yield {
            "name": box.name,
            "about": f"{box.name}: {box.note}" if box.note else box.name,
            "kind": f"{box.mark.name.lower()} {box.word.replace(' ', '-')}"
            + (" chosen" if box.chosen else ""),
            "sign": box.mark.value,
            "word": "" if box.word == "table" else box.word,
            "link": box.link,
            "rows": box.rows,
            "grid": grid,
            "x": x,
            "y": y,
            "wide": grid.size.width,
            "high": grid.size.height,
        }


def relations(diagram: Diagram, made: Arrangement) -> Iterator[dict[str, Any]]:
    """Yield what the template says of relations; one that is told has nothing to be seen."""
    for one, route in zip(diagram.relations, made.layout.routes, strict=True):
        path_, ends, sign_at = drawn(one, route, made) if route else ("", "", (0, 0))
        yield {
            "name": one.name,
            "kind": one.mark.name.lower()
            + (" reads" if one.reads else "")
            + ("" if route else " told"),
            "child": one.child.box,
            "parent": one.parent.box,
            "path": path_,
            "ends": ends,
            "sign": one.mark.value,
            "sign_at": sign_at,
        }


def drawn(
    one: Relation, route: tuple[Point, ...], made: Arrangement
) -> tuple[str, str, Point]:
    """Return the paths of a line and of its ends, and where the sign stands.

    The ends of a foreign key are a crow's foot where there are many, and a bar where one is; beside
    the child's stands what changed.
    """
    corners = made.layout.corners
    (x, y), (far, low) = route[0], route[-1]
    side = -1 if x == corners[one.child.box][0] else 1
    other = -1 if far == corners[one.parent.box][0] else 1
    foot, bar = x + side * FOOT, far + other * BAR
    ends = f"M{bar} {low - 5}V{low + 5}"
    if one.many:
        ends += f"M{x} {y - 5}L{foot} {y}L{x} {y + 5}"
    else:
        ends += f"M{x + side * BAR} {y - 5}V{y + 5}"
    return path(route), "" if one.reads else ends, (foot + side * 4, y - 4)


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
