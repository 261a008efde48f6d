"""The views that a page has of its picture: by detail, of everything and around each table. Pure.

All of it are numbers, and paths of numbers: no text of a schema is in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.review.diagram import grid
from gen_migration.review.diagram.arrangement import arranged
from gen_migration.review.diagram.model import Detail
from gen_migration.review.diagram.selection import Parts, reduced
from gen_migration.review.diagram.svg import LEGEND, MARGIN, drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gen_migration.review.diagram.arrangement import Arrangement
    from gen_migration.review.diagram.model import Diagram


def views(diagram: Diagram, start: Detail) -> dict[str, Any]:
    """Return what the script of a page puts where; `start` is the detail that it begins with."""
    return {
        "levels": [level(reduced(diagram, one)) for one in Detail],
        "start": start.value,
        "head": grid.HEAD,
        "row": grid.ROW,
        "padding": grid.PADDING,
        "margin": MARGIN,
        "legend": LEGEND,
    }


def level(diagram: Diagram) -> dict[str, Any]:
    """Return the views of a diagram that shows so much of each table."""
    whole, parts = arranged(diagram), Parts(diagram)
    every = range(len(diagram.boxes))
    return {
        "grids": [
            [
                *(one.keys, one.name, one.type, one.null, one.value, one.to, one.more),
                *(one.size.width, one.size.height),
            ]
            for one in whole.grids
        ],
        "whole": view(parts, [*every], whole),
        "near": [around(parts, box) for box in every],
    }


def around(parts: Parts, box: int) -> dict[str, Any]:
    """Return the view of a box and its neighbours: with lines, and without groups."""
    boxes = parts.near([box], 1)
    return view(parts, boxes, arranged(ungrouped(parts.only(boxes))))


def ungrouped(diagram: Diagram) -> Diagram:
    """Return a diagram whose relations are all drawn, and whose boxes are in no group."""
    return replace(
        diagram,
        boxes=tuple(replace(one, group="") for one in diagram.boxes),
        relations=tuple(replace(one, told=False) for one in diagram.relations),
    )


def view(parts: Parts, boxes: Sequence[int], made: Arrangement) -> dict[str, Any]:
    """Return where those boxes stand that an arrangement is of, and their lines."""
    lines = parts.between(boxes)
    found = parts.only(boxes).relations
    routes = made.layout.routes
    paths = (
        (number, drawn(one, route, made))
        for number, one, route in zip(lines, found, routes, strict=True)
        if route
    )
    corners = zip(boxes, made.layout.corners, strict=True)
    return {
        "size": [made.layout.width, made.layout.height],
        "boxes": {box: list(corner) for box, corner in corners},
        "lines": {number: [way, ends, *at] for number, (way, ends, at) in paths},
        "frames": [
            [*one.corner, one.size.width, one.size.height] for one in made.frames
        ],
    }
