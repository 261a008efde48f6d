"""Places of a spec taken out of its value and its text; comments stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.spec.write.tree import Collection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.base.errors import Place
    from gen_migration.spec.write.tree import Item


def without(value: Any, places: Iterable[Place]) -> Any:
    """Return a document's value without what stands at some places; nothing of it is shared."""
    gone = [place for place in places if place]
    here = {place[0] for place in gone if len(place) == 1}
    if isinstance(value, dict):
        return {
            key: without(item, [one[1:] for one in gone if one[0] == key])
            for key, item in value.items()
            if key not in here
        }
    if isinstance(value, list):
        return [
            without(item, [one[1:] for one in gone if one[0] == number])
            for number, item in enumerate(value)
        ]
    return value


def drop(root: Collection, places: Iterable[Place]) -> None:
    """Take what stands at some places out of a tree; comments go to what is beside it.

    What stands behind an alias or a merge is left.
    """
    for place in places:
        *way, last = place
        holder: Collection | None = root
        for step in way:
            found = None if holder is None else entry(holder, step)
            value = None if found is None else found.value
            holder = value if isinstance(value, Collection) else None
        item = None if holder is None else entry(holder, last)
        if holder is not None and item is not None:
            take(holder, item)


def entry(collection: Collection, step: str | int) -> Item | None:
    """Return the entry of a mapping by its key, or of a list by its number."""
    if collection.is_list:
        return collection.items[int(step)] if isinstance(step, int) else None
    return next((one for one in collection.items if one.name == step), None)


def take(holder: Collection, item: Item) -> None:
    """Take an entry out of its collection, and leave its comments with those beside it."""
    number = holder.items.index(item)
    del holder.items[number]
    comments = [one for one in (*item.before, *item.after) if one]
    if number < len(holder.items):
        holder.items[number].before[:0] = comments
    else:
        holder.tail[:0] = comments
