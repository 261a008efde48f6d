"""Walks over what needs what: the order that follows, and whether one leads to another. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping

N = TypeVar("N", bound="Hashable")


def in_order(
    nodes: Iterable[N],
    needs: Mapping[N, Collection[N]],
    wishes: Mapping[N, Collection[N]],
) -> list[N]:
    """Return nodes in their order, but right before each those that it needs, and that it wishes.

    A wish is left where a node that waits would have to come first. A circle of needs is cut where
    the walk comes back to a node that waits. It is a walk in depth, and not Kahn's: what something
    needs comes forward, and all else stays where it was.
    """
    done: dict[N, None] = {}

    def following(node: N, left: Iterator[N], waiting: Collection[N]) -> N | None:
        for one in left:
            is_open = one not in done and one not in waiting
            if is_open and (
                one in needs.get(node, ()) or not leads_to(one, waiting, needs)
            ):
                return one
        return None

    for root in nodes:
        waiting = dict.fromkeys([root] if root not in done else [])
        stack = [iter([*needs.get(one, ()), *wishes.get(one, ())]) for one in waiting]
        while stack:
            node = next(reversed(waiting))
            one = following(node, stack[-1], waiting)
            if one is None:
                stack.pop()
                del waiting[node]
                done[node] = None
            else:
                waiting[one] = None
                stack.append(iter([*needs.get(one, ()), *wishes.get(one, ())]))
    return list(done)


def reached(starts: Iterable[N], needs: Mapping[N, Collection[N]]) -> set[N]:
    """Return all that nodes need, and what that needs; of themselves, those that others need."""
    seen: set[N] = set()
    waiting = [*starts]
    while waiting:
        for node in needs.get(waiting.pop(), ()):
            if node not in seen:
                seen.add(node)
                waiting.append(node)
    return seen


def leads_to(start: N, ends: Collection[N], needs: Mapping[N, Collection[N]]) -> bool:
    """Tell whether a node needs one of others, or what it needs does."""
    seen, waiting = {start}, [start]
    while waiting:
        for node in needs.get(waiting.pop(), ()):
            if node in ends:
                return True
            if node not in seen:
                seen.add(node)
                waiting.append(node)
    return False
