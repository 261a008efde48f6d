"""Where everything of a picture stands: boxes in the frames of their groups, and lines. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.review.diagram.grid import PADDING, Grid, grid, height, width
from gen_migration.review.diagram.layout import Layout, Line, layout
from gen_migration.review.diagram.packing import Size, packed

if TYPE_CHECKING:
    from gen_migration.review.diagram.model import Diagram
    from gen_migration.review.diagram.packing import Point

LARGE = 18  # the size of a frame's name
# What a frame has around its boxes, and above them for its name.
INSIDE, TITLE = 20, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What is around the boxes of a group."""

    group: str
    corner: Point
    size: Size


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """The grids of boxes, where they and their lines are, and the frames around them.

    A relation that is told has no points.
    """

    grids: tuple[Grid, ...]
    layout: Layout
    frames: tuple[Frame, ...] = ()


def arranged(diagram: Diagram) -> Arrangement:
    """Return where everything of a diagram stands."""
    grids = tuple(grid(box) for box in diagram.boxes)
    if not diagram.groups:
        made = of_boxes(diagram, grids, [*range(len(grids))])
        return Arrangement(grids=grids, layout=made)
    members = {
        group: [at for at, box in enumerate(diagram.boxes) if box.group == group]
        for group in diagram.groups
    }
    inside = [of_boxes(diagram, grids, boxes) for boxes in members.values()]
    sizes = [
        Size(
            max(one.width, LARGE * width(group) // 12 + PADDING) + 2 * INSIDE,
            one.height + TITLE + INSIDE,
        )
        for group, one in zip(members, inside, strict=True)
    ]
    places, wide, high = packed(sizes)
    corners: list[Point] = [(0, 0)] * len(grids)
    routes: list[tuple[Point, ...]] = [()] * len(diagram.relations)
    for boxes, made, (x, y) in zip(members.values(), inside, places, strict=True):
        left, top = x + INSIDE, y + TITLE
        for box in boxes:
            a, b = made.corners[box]
            corners[box] = (a + left, b + top)
        for number, route in enumerate(made.routes):
            if route:
                routes[number] = tuple((a + left, b + top) for a, b in route)
    frames = (
        Frame(group=group, corner=corner, size=size)
        for group, corner, size in zip(members, places, sizes, strict=True)
    )
    whole = Layout(
        width=wide, height=high, corners=tuple(corners), routes=tuple(routes)
    )
    return Arrangement(grids=grids, layout=whole, frames=tuple(frames))


def of_boxes(diagram: Diagram, grids: tuple[Grid, ...], boxes: list[int]) -> Layout:
    """Return the layout of some boxes; all others are at the corner, and have no lines."""
    number = {box: place for place, box in enumerate(boxes)}
    drawn = [
        at
        for at, one in enumerate(diagram.relations)
        if not one.told and one.child.box in number
    ]
    lines = [
        Line(
            child=number[one.child.box],
            child_at=height(one.child),
            parent=number[one.parent.box],
            parent_at=height(one.parent),
        )
        for one in (diagram.relations[at] for at in drawn)
    ]
    made = layout([grids[box].size for box in boxes], lines)
    corners: list[Point] = [(0, 0)] * len(grids)
    for box, corner in zip(boxes, made.corners, strict=True):
        corners[box] = corner
    routes: list[tuple[Point, ...]] = [()] * len(diagram.relations)
    for at, route in zip(drawn, made.routes, strict=True):
        routes[at] = route
    return Layout(
        width=made.width,
        height=made.height,
        corners=tuple(corners),
        routes=tuple(routes),
    )
