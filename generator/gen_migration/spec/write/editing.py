"""A spec's text with other values at some places; all else stays, and every comment. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gen_migration.spec.write.printer import Printer
from gen_migration.spec.write.pruning import entry, take
from gen_migration.spec.write.spec import text_of
from gen_migration.spec.write.tree import Collection, Scalar, tree, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gen_migration.base.errors import Place
    from gen_migration.spec.write.tree import Item

GONE = object()


def edited(text: str, edits: Mapping[Place, Any]) -> str:
    """Return a spec's text, laid out, with the values of `edits` at their places; GONE is none.

    What a place is in is made where it is missing, or is no mapping.
    """
    made = tree(text.replace("\r\n", "\n").replace("\r", "\n"))
    for place, value in edits.items():
        put(made.root, place, value)
    return Printer().text(made)


def put(holder: Collection, place: Place, value: Any) -> None:
    """Put a value to its place in a tree."""
    step, *rest = place
    item = entry(holder, step)
    if value is GONE and item is None:
        return
    if rest and item is not None and is_mapping(item.value):
        assert isinstance(item.value, Collection)  # noqa: S101 - it is a mapping
        put(item.value, tuple(rest), value)
        if not item.value.items:
            take(holder, item)
        return
    if value is GONE and item is not None:
        item.before += comments(item.value)
        take(holder, item)
        return
    for key in reversed(rest):
        value = {key: value}
    new = item_of(step, value)
    if item is None:
        holder.items.append(new)
    else:
        item.before += comments(item.value)
        item.value = new.value


def is_mapping(value: Scalar | Collection) -> bool:
    return isinstance(value, Collection) and not value.is_list


def item_of(key: Any, value: Any) -> Item:
    """Return an entry with a value; no text in it depends on where it stands."""
    found = tree(text_of({key: value}))
    (item,) = found.root.items
    for one in (item, *walk(found.root)):
        if isinstance(one.value, Scalar) and one.value.style in {"|", ">"}:
            one.value.raw, one.value.style = json.dumps(one.value.value), '"'
    return item


def comments(value: Scalar | Collection) -> list[str]:
    """Return the comments inside of a value, which stay where it goes."""
    if isinstance(value, Scalar):
        return []
    found: Iterable[str] = (
        one
        for item in value.items
        for one in (*item.before, *item.after, *comments(item.value))
    )
    return [one for one in (*found, *value.tail) if one]
