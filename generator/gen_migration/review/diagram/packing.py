"""Rectangles side by side, so that a screen shows them large. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

Point = tuple[int, int]

GAP = 28  # between rectangles
SCREEN = 1.6  # width by height


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a rectangle."""

    width: int
    height: int


def packed(sizes: Sequence[Size]) -> tuple[list[Point], int, int]:
    """Return corners for rectangles that a screen shows largest, and the size of it all."""
    if not sizes:
        return [], 0, 0
    area = sum((one.width + GAP) * (one.height + GAP) for one in sizes)
    widest = max(one.width for one in sizes) + GAP
    tries = {
        max(widest, int((area * SCREEN) ** 0.5 * part / 10)) for part in range(8, 21)
    }
    found = []
    for width in sorted(tries):
        corners = skyline(sizes, width)
        pairs = list(zip(corners, sizes, strict=True))
        right = max(x + one.width for (x, _), one in pairs)
        bottom = max(y + one.height for (_, y), one in pairs)
        found.append((corners, right, bottom))
    return min(found, key=lambda one: max(one[1] / SCREEN, one[2]))


def skyline(sizes: Sequence[Size], width: int) -> list[Point]:
    """Return corners for rectangles below each other's, each as high up as it fits."""
    corners: list[Point] = [(0, 0)] * len(sizes)
    line = [(0, 0)]  # where a step begins, and how low it is
    for place in sorted(
        range(len(sizes)), key=lambda one: (-sizes[one].height, -sizes[one].width, one)
    ):
        wide, high = sizes[place].width + GAP, sizes[place].height + GAP
        y, x = min(
            (max(low for at, low in between(line, start, start + wide)), start)
            for start, _ in line
            if start + wide <= width
        )
        corners[place] = (x, y)
        after = between(line, x + wide, x + wide + 1)[0][1]
        line = [
            *(step for step in line if step[0] < x),
            (x, y + high),
            *([(x + wide, after)] if x + wide < width else []),
            *(step for step in line if step[0] > x + wide),
        ]
    return corners


def between(line: Sequence[Point], start: int, end: int) -> list[Point]:
    """Return the steps of a skyline over a stretch."""
    first = max(number for number, step in enumerate(line) if step[0] <= start)
    return [step for step in line[first:] if step[0] < end]
