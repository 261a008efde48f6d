"""Parts of a picture: a table and what is near it, or less of every table. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.base.errors import Error, nearest, quoted
from gen_migration.review.diagram.model import Detail, End

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gen_migration.review.diagram.model import Box, Diagram

# How many boxes a picture shows all of, and the columns of: of more, it shows the keys.
FEW, SOME = 12, 40


def around(diagram: Diagram, chosen: Collection[int], depth: int) -> Diagram:
    """Return the part of a diagram that is chosen boxes, and what is near them."""
    boxes = (
        replace(box, chosen=place in chosen) for place, box in enumerate(diagram.boxes)
    )
    marked = replace(diagram, boxes=tuple(boxes))
    return only(marked, near(marked, chosen, depth))


def near(diagram: Diagram, boxes: Collection[int], depth: int) -> list[int]:
    """Return the boxes that are at most so many relations away, themselves among them."""
    found = set(boxes)
    for _ in range(depth):
        more = set()
        for one in diagram.relations:
            ends = {one.child.box, one.parent.box}
            more |= ends if found & ends else set()
        if more <= found:
            break
        found |= more
    return sorted(found)


def only(diagram: Diagram, boxes: Sequence[int]) -> Diagram:
    """Return the part of a diagram that some of its boxes are, with the lines between them."""
    number = {box: place for place, box in enumerate(boxes)}
    return replace(
        diagram,
        boxes=tuple(diagram.boxes[box] for box in boxes),
        relations=tuple(
            replace(
                one,
                child=End(number[one.child.box], one.child.row),
                parent=End(number[one.parent.box], one.parent.row),
            )
            for one in diagram.relations
            if one.child.box in number and one.parent.box in number
        ),
    )


def kept(box: Box, detail: Detail) -> list[int]:
    """Return the rows of a box that are shown."""
    return [place for place, row in enumerate(box.rows) if row.detail <= detail]


def reduced(diagram: Diagram, detail: Detail) -> Diagram:
    """Return a diagram with those rows alone that are shown."""
    rows = [kept(box, detail) for box in diagram.boxes]
    places = [{row: place for place, row in enumerate(one)} for one in rows]

    def end(at: End) -> End:
        return End(at.box, None if at.row is None else places[at.box].get(at.row))

    return replace(
        diagram,
        boxes=tuple(
            replace(box, rows=tuple(box.rows[row] for row in one))
            for box, one in zip(diagram.boxes, rows, strict=True)
        ),
        relations=tuple(
            replace(one, child=end(one.child), parent=end(one.parent))
            for one in diagram.relations
        ),
    )


def called(diagram: Diagram, names: Sequence[str]) -> list[int]:
    """Return the boxes of these names. Raises Error for one that is none."""
    known = {box.name: place for place, box in enumerate(diagram.boxes)}
    plain: dict[str, list[int]] = {}
    for place, box in enumerate(diagram.boxes):
        plain.setdefault(box.key.name, []).append(place)
    found = []
    for name in names:
        places = [known[name]] if name in known else plain.get(name, [])
        if not places:
            raise Error(
                f"no table or view is called {quoted(name)}",
                hint=nearest(name, [*known]),
            )
        found += places
    return found


def fitting(diagram: Diagram) -> Detail:
    """Return how much a picture shows of each table, so that it can be read."""
    count = len(diagram.boxes)
    if count <= FEW:
        return Detail.ALL
    return Detail.COLUMNS if count <= SOME else Detail.KEYS
