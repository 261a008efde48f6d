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


class Parts:
    """Finds parts of a diagram, each without a look at all the rest."""

    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        self.relations: list[list[int]] = [[] for _ in diagram.boxes]
        for number, one in enumerate(diagram.relations):
            for box in {one.child.box, one.parent.box}:
                self.relations[box].append(number)

    def around(self, chosen: Collection[int], depth: int) -> Diagram:
        """Return the part that is chosen boxes, and what is near them."""
        found = self.near(chosen, depth)
        part = self.only(found)
        boxes = (
            replace(box, chosen=place in chosen)
            for place, box in zip(found, part.boxes, strict=True)
        )
        return replace(part, boxes=tuple(boxes))

    def near(self, boxes: Collection[int], depth: int) -> list[int]:
        """Return the boxes that are at most so many relations away, themselves among them."""
        found = last = set(boxes)
        for _ in range(depth):
            lines = (self.diagram.relations[one] for one in self.touching(last))
            last = {end.box for one in lines for end in (one.child, one.parent)} - found
            if not last:
                break
            found = found | last
        return sorted(found)

    def touching(self, boxes: Collection[int]) -> set[int]:
        """Return the relations that have an end at one of some boxes."""
        return {one for box in boxes for one in self.relations[box]}

    def between(self, boxes: Collection[int]) -> list[int]:
        """Return the relations that have both ends at some boxes."""
        held = {*boxes}
        ends = self.diagram.relations
        return sorted(
            one
            for one in self.touching(held)
            if ends[one].child.box in held and ends[one].parent.box in held
        )

    def only(self, boxes: Sequence[int]) -> Diagram:
        """Return the part that some boxes are, with the lines between them."""
        number = {box: place for place, box in enumerate(boxes)}
        lines = (self.diagram.relations[one] for one in self.between(boxes))
        return replace(
            self.diagram,
            boxes=tuple(self.diagram.boxes[box] for box in boxes),
            relations=tuple(
                replace(
                    one,
                    child=End(number[one.child.box], one.child.row),
                    parent=End(number[one.parent.box], one.parent.row),
                )
                for one in lines
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
