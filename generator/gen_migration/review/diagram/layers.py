"""In which column a box stands, and above which others. Pure."""

from __future__ import annotations

from bisect import bisect_right
from graphlib import CycleError, TopologicalSorter
from statistics import fmean
from typing import TYPE_CHECKING

from gen_migration.review.diagram.packing import GAP

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gen_migration.review.diagram.packing import Size

ROUNDS = 24  # in which layers are ordered


def connected(count: int, edges: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return the boxes that edges connect with each other, in groups."""
    groups = {box: [box] for box in range(count)}
    for child, parent in edges:
        one, other = groups[child], groups[parent]
        if one is not other:
            one += other
            groups |= dict.fromkeys(other, one)
    return sorted({min(group): sorted(group) for group in groups.values()}.values())


def acyclic(
    count: int, edges: Iterable[tuple[int, int]]
) -> tuple[list[set[int]], list[int]]:
    """Return the parents of each box, so that none is above itself, and an order of boxes."""
    parents: list[set[int]] = [set() for _ in range(count)]
    for child, parent in edges:
        if child != parent:
            parents[child].add(parent)
    while True:
        try:
            order = TopologicalSorter(dict(enumerate(parents))).static_order()
            return parents, list(order)
        except CycleError as error:
            before, after = error.args[1][:2]
            parents[after].remove(before)


def layered(
    sizes: Sequence[Size],
    parents: Sequence[set[int]],
    order: Iterable[int],
    most: int,
) -> list[int]:
    """Return the layer of each box: right of its parents, in one with room below `most`."""
    depths = [0] * len(sizes)
    for box in order:
        depths[box] = max((depths[one] + 1 for one in parents[box]), default=0)
    layers = [0] * len(sizes)
    heights: dict[int, int] = {}
    for box in sorted(range(len(sizes)), key=lambda one: (depths[one], one)):
        layer = max((layers[one] + 1 for one in parents[box]), default=0)
        need = sizes[box].height + GAP
        while heights.get(layer, 0) and heights[layer] + need > most:
            layer += 1
        heights[layer] = heights.get(layer, 0) + need
        layers[box] = layer
    return layers


def ordered(layers: Sequence[int], ties: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the nodes of each layer from top to bottom: near the middle of their ties.

    `ties` are between nodes of neighbouring layers.
    """
    rows: list[list[int]] = [[] for _ in range(max(layers) + 1)]
    for node, layer in enumerate(layers):
        rows[layer].append(node)
    # By direction: what each node is tied to in the layer before.
    before = {
        step: [
            [one for one in tied if layers[one] == layers[node] - step]
            for node, tied in enumerate(ties)
        ]
        for step in (1, -1)
    }
    best, fewest, idle = [list(row) for row in rows], crossings(rows, before[-1]), 0
    for sweep in range(ROUNDS):
        if not fewest or idle == 2:  # nothing is better, or nothing moves any more
            break
        step = -1 if sweep % 2 else 1
        last = [list(row) for row in rows]
        places = placed(rows)
        for row in rows[::step]:
            row.sort(
                key={
                    node: fmean(
                        [places[one] for one in before[step][node]] or [places[node]]
                    )
                    for node in row
                }.__getitem__
            )
            places |= placed([row])
        idle = idle + 1 if rows == last else 0
        count = fewest if idle else crossings(rows, before[-1])
        if count < fewest:
            best, fewest = [list(row) for row in rows], count
    return best


def placed(rows: Sequence[list[int]]) -> dict[int, int]:
    return {node: place for row in rows for place, node in enumerate(row)}


def crossings(rows: Sequence[list[int]], after: Sequence[Sequence[int]]) -> int:
    """Return how often lines cross between layers."""
    places, count = placed(rows), 0
    for row in rows:
        passed: list[int] = []
        for node in row:
            ends = sorted([places[one] for one in after[node]])
            for end in ends:
                count += len(passed) - bisect_right(passed, end)
            passed += ends
            passed.sort()
    return count
