"""Where boxes go and how the lines between them run. Pure.

A box stands right of those that it points at, in columns ("layers"), as Sugiyama, Tagawa and Toda
have it (IEEE Transactions on Systems, Man and Cybernetics 11(2), 1981): cycles are broken, and
each layer is ordered so that few lines cross. Lines bend in the gutters between layers only, and
cross a layer at a height that they have for themselves, so none runs through a box. Those that
lead to the same place run together.
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.review.diagram.layers import acyclic, connected, layered, ordered
from gen_migration.review.diagram.packing import GAP, SCREEN, Point, Size, packed

if TYPE_CHECKING:
    from collections.abc import Sequence

LANE = 14  # the height that a line across a layer has for itself
GUTTER, PER_LINE, WIDEST = 72, 4, 180
SWEEPS = 8
MOST_LAYERS, MANY = 14, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """From a box to the one that it points at, each at a height below the box's top."""

    child: int
    child_at: int
    parent: int
    parent_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The corners (left, top) of boxes, and the points of lines from child to parent.

    Between the points, a line goes straight and bends by turns, straight first.
    """

    width: int
    height: int
    corners: tuple[Point, ...]
    routes: tuple[tuple[Point, ...], ...]

    @property
    def badness(self) -> float:
        """How small it is shown on a screen."""
        return max(self.width / SCREEN, self.height)


def layout(sizes: Sequence[Size], lines: Sequence[Line]) -> Layout:
    """Return positions for boxes, which never overlap, and for the lines between them.

    Parts that no line connects stand side by side.
    """
    corners: list[Point] = [(0, 0)] * len(sizes)
    routes: list[tuple[Point, ...]] = [()] * len(lines)
    parts = connected(len(sizes), [(one.child, one.parent) for one in lines])
    of = {box: number for number, part in enumerate(parts) for box in part}
    inside: list[list[int]] = [[] for _ in parts]
    for number, line in enumerate(lines):
        inside[of[line.child]].append(number)
    found = [
        best(part, sizes, [lines[number] for number in inside[place]])
        for place, part in enumerate(parts)
    ]
    places, width, height = packed([Size(one.width, one.height) for one in found])
    for part, numbers, one, (x, y) in zip(parts, inside, found, places, strict=True):
        for box, corner in zip(part, one.corners, strict=True):
            corners[box] = (corner[0] + x, corner[1] + y)
        for number, route in zip(numbers, one.routes, strict=True):
            routes[number] = tuple((a + x, b + y) for a, b in route)
    return Layout(
        width=width, height=height, corners=tuple(corners), routes=tuple(routes)
    )


def best(part: list[int], sizes: Sequence[Size], lines: list[Line]) -> Layout:
    """Return the layout of connected boxes that a screen shows largest."""
    number = {box: place for place, box in enumerate(part)}
    own = [sizes[box] for box in part]
    local = [
        Line(
            child=number[one.child],
            child_at=one.child_at,
            parent=number[one.parent],
            parent_at=one.parent_at,
        )
        for one in lines
    ]
    if len(part) == 1:
        return Component(own, local, [0]).layout()
    parents, order = acyclic(len(own), [(one.child, one.parent) for one in local])
    total = sum(one.height + GAP for one in own)
    tried: dict[tuple[int, ...], Layout] = {}
    for count in counts(own):
        layers = layered(own, parents, order, total // count)
        if tuple(layers) not in tried:
            tried[tuple(layers)] = Component(own, local, layers).layout()
    return min(tried.values(), key=lambda one: one.badness)


def counts(sizes: Sequence[Size]) -> range:
    """Return the numbers of layers to try: of many boxes, those near the shape of a screen."""
    if len(sizes) <= MANY:
        return range(1, min(MOST_LAYERS, len(sizes)) + 1)
    high = sum(one.height + GAP for one in sizes)
    wide = max(one.width for one in sizes) + GUTTER
    middle = max(3, round((SCREEN * high / wide) ** 0.5))
    return range(middle - 2, middle + 3)


class Component:
    """Connected boxes whose layers are known.

    Nodes are the boxes, and after them the lanes in which lines cross a layer.
    """

    def __init__(
        self, sizes: Sequence[Size], lines: Sequence[Line], layers: Sequence[int]
    ) -> None:
        self.sizes, self.lines = sizes, lines
        self.layers = list(layers)
        self.heights = [one.height for one in sizes]
        lanes: dict[tuple[int, int, int], int] = {}
        self.paths: list[list[int]] = []
        # By node: what it is tied to, and at which heights below the two tops.
        self.ties: list[list[tuple[int, int, int]]] = [[] for _ in sizes]
        for line in lines:
            first, last = layers[line.child], layers[line.parent]
            path: list[int] = []
            step = 1 if last > first else -1
            for layer in range(first + step, last, step) if first != last else ():
                key = (line.parent, line.parent_at, layer)
                if key not in lanes:
                    lanes[key] = len(self.layers)
                    self.layers.append(layer)
                    self.heights.append(0)
                    self.ties.append([])
                path.append(lanes[key])
            self.paths.append(path)
            if first != last:
                at = [line.child_at, *[0] * len(path), line.parent_at]
                nodes = list(zip([line.child, *path, line.parent], at, strict=True))
                for (one, high), (other, low) in pairwise(nodes):
                    self.ties[one].append((other, high, low))
                    self.ties[other].append((one, low, high))

    def layout(self) -> Layout:
        rows = ordered(self.layers, [[one for one, _, _ in ties] for ties in self.ties])
        tops = self.tops(rows)
        lowest = min(tops)
        tops = [one - lowest for one in tops]
        count = len(self.sizes)
        widths = [
            max((self.sizes[one].width for one in row if one < count), default=0)
            for row in rows
        ]
        bends = [0] * len(rows)  # lines in the gutter right of a layer
        for line, path in zip(self.lines, self.paths, strict=True):
            for node in {line.child, line.parent, *path}:
                bends[self.layers[node]] += 1
        gutters = [min(GUTTER + PER_LINE * one, WIDEST) for one in bends]
        gutters[-1] = GUTTER if self.turns(len(rows) - 1) else 0
        steps = (w + g for w, g in zip(widths, gutters, strict=True))
        lefts = list(accumulate(steps, initial=0))
        rights = [a + w for a, w in zip(lefts, widths, strict=False)]
        spans = [(lefts[layer], rights[layer]) for layer in self.layers]
        return Layout(
            width=lefts[-1],
            height=max(a + b for a, b in zip(tops, self.heights, strict=True)),
            corners=tuple((spans[box][0], tops[box]) for box in range(count)),
            routes=tuple(
                self.route(number, tops, spans) for number in range(len(self.lines))
            ),
        )

    def turns(self, layer: int) -> bool:
        """Tell whether a line leaves a layer to the right and comes back."""
        return any(
            self.layers[one.child] == self.layers[one.parent] == layer
            for one in self.lines
        )

    def tops(self, rows: list[list[int]]) -> list[int]:
        """Return the tops of nodes, each near what it is tied to."""
        tops = [0.0] * len(self.layers)
        for row in rows:
            apart = self.apart(row)
            for node, start in zip(row, apart, strict=True):
                tops[node] = start - apart[-1] / 2
        for sweep in range(SWEEPS):
            for row in rows if sweep % 2 else reversed(rows):
                wanted = [self.wanted(node, tops) for node in row]
                for node, top in zip(row, spread(wanted, self.apart(row)), strict=True):
                    tops[node] = top
        exact = [round(one) for one in tops]
        for row in rows:
            apart = self.apart(row)
            for (one, first), (other, second) in pairwise(zip(row, apart, strict=True)):
                exact[other] = max(exact[other], exact[one] + second - first)
        return exact

    def apart(self, row: list[int]) -> list[int]:
        """Return the tops of a layer's nodes where they stand as close as they may."""
        found, at = [], 0
        for before, node in pairwise([None, *row]):
            if before is not None and node is not None:
                box = min(before, node) < len(self.sizes)
                at += self.heights[before] + (GAP if box else LANE)
            found.append(at)
        return found

    def wanted(self, node: int, tops: Sequence[float]) -> float:
        ties = self.ties[node]
        if not ties:
            return tops[node]
        return sum(tops[other] + low - high for other, high, low in ties) / len(ties)

    def route(
        self, number: int, tops: Sequence[int], spans: Sequence[tuple[int, int]]
    ) -> tuple[Point, ...]:
        """Return the points of a line."""
        line = self.lines[number]
        child, parent = line.child, line.parent
        start, end = tops[child] + line.child_at, tops[parent] + line.parent_at
        edges = [spans[box][0] + self.sizes[box].width for box in (child, parent)]
        near, far = self.layers[child], self.layers[parent]
        if near == far:
            right = edges[0] if child == parent else spans[child][1]
            return ((edges[0], start), (right, start), (right, end), (edges[1], end))
        side = 0 if near > far else 1  # by which the line leaves
        points = [(spans[child][0] if side == 0 else edges[0], start)]
        points.append((spans[child][side], start))
        for node in self.paths[number]:
            points += [
                (spans[node][1 - side], tops[node]),
                (spans[node][side], tops[node]),
            ]
        points.append((spans[parent][1 - side], end))
        points.append((spans[parent][0] if side == 1 else edges[1], end))
        return tuple(points)


def spread(wanted: Sequence[float], apart: Sequence[int]) -> list[float]:
    """Return the positions nearest to those wanted that keep their order and distances.

    This is isotonic regression: neighbours that are in each other's way move as one.
    """
    blocks: list[tuple[float, int]] = []  # the mean of a block, and how many are in it
    for place, distance in zip(wanted, apart, strict=True):
        mean, count = place - distance, 1
        while blocks and blocks[-1][0] > mean:
            before, more = blocks.pop()
            mean = (mean * count + before * more) / (count + more)
            count += more
        blocks.append((mean, count))
    flat = [mean for mean, count in blocks for _ in range(count)]
    return [mean + distance for mean, distance in zip(flat, apart, strict=True)]
