"""Changes of types stand together in the order. Pure.

What stands on their columns is off meanwhile, once for all of them, and those of one table are one
pass over it. So what is dropped for one of them goes before all, and what comes after one of them
comes after all.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from gen_migration.kinds.walk import reached
from gen_migration.operations import every as op

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

VALUES = (op.SetEnumValues, op.RemoveEnumValue)
BLOCK = (op.SetColumnType, op.SetColumnGenerated, *VALUES)


def of_types(
    operations: Sequence[op.Operation], needs: Mapping[int, set[int]]
) -> Iterator[tuple[int, int]]:
    """Yield pairs of positions, of which the first comes before the second.

    What `needs` have between two changes of types stays there.
    """
    block = [n for n, one in enumerate(operations) if isinstance(one, BLOCK)]
    objects = [
        position
        for position, one in enumerate(operations)
        if isinstance(one, op.CreateObject | op.DropObject)
    ]
    if not block[1:] or not objects:
        return
    needed_by = defaultdict(set)
    for position, found in needs.items():
        for one in found:
            needed_by[one].add(position)
    before, after = reached(block, needs), reached(block, needed_by)
    first = next((one for one in block if one not in after), None)
    last = next((one for one in block[::-1] if one not in before | {first}), None)
    if first is None or last is None:
        return
    for one in block:
        yield first, one
        yield one, last
    for one in objects:
        if one in after and one not in before:
            yield last, one
        if one in before and one not in after:
            yield one, first
