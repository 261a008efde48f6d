"""A document without what is wrong in it, so that the rest can be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.kinds import KINDS

if TYPE_CHECKING:
    from gen_migration.base.errors import Place

    # The numbers that the items of lists had before others were left out, by the lists' places.
    Left = dict[Place, list[int]]

# What a mistake inside of it takes along: the whole object, so that nothing half is looked at.
OBJECTS = (
    "uniques",
    "foreign_keys",
    "checks",
    "excludes",
    "indexes",
    "partitions",
    *(kind.key for kind in KINDS if kind.holders),
    "enums",
)


# Stands for the type of a column that is left out: no type is called so.
NO_TYPE = "\0"
# The keys that stand-ins have, whatever the document says.
STAND_INS = frozenset(("name", "type", "nullable"))
# Stands for an item of a list that is left out, until nothing else of the round is looked up.
GONE = object()


def original(place: Place, left: Left) -> Place:
    """Return where a place of a pruned document is in the one that was written."""
    path: Place = ()
    for part in place:
        kept = left.get(path) if isinstance(part, int) else None
        path = (*path, kept[int(part)] if kept and int(part) < len(kept) else part)
    return path


def pruned(document: Any, places: set[Place], left: Left) -> Any:
    """Return a copy of a document without what stands at these places.

    What lists keep is added to `left`: each of their items has its number there yet.
    """
    if () in places:
        return {"name": "broken"}
    result = {key: value for key, value in document.items() if (key,) not in places}
    result.setdefault("name", "broken")
    shorter: set[Place] = set()
    for place in sorted(places, key=lambda p: (len(p), str(p))):
        prune(result, place, shorter)
    new: dict[Place, list[int]] = {}
    for place in shorter:
        shorten(result, place, original(place, left), left, new)
    left |= new
    return result


def shorten(document: Any, place: Place, written: Place, left: Left, new: Left) -> None:
    """Take out of a list what is left out of it; `written` is where it was written."""
    here = document
    for part in place:
        try:
            here = here[part]
        except (KeyError, TypeError):
            return  # it is left out as a whole
    if isinstance(here, list):
        numbers = left.get(written, range(len(here)))
        pairs = zip(numbers, here, strict=True)
        new[written] = [number for number, item in pairs if item is not GONE]
        here[:] = [item for item in here if item is not GONE]


def prune(document: dict[str, Any], place: Place, shorter: set[Place]) -> None:
    """Leave out what stands at a place, or what it takes along; lists of it are `shorter`."""
    target = [*place]
    for position, part in enumerate(place):
        if part in OBJECTS and position >= (0 if part == "enums" else 2):
            target = [*place[: position + 2]]
            break
        if part == "columns" and position in {2, 4} and len(place) > position + 1:
            column = place[: position + 2]
            shape = follow(document, column)
            # An unknown key is left out; any other mistake leaves the column without a type.
            if isinstance(shape, dict) and place[-1] not in {"type", column[-1]}:
                break
            replace(document, column, {"type": NO_TYPE, "nullable": True})
            return
    if len(target) > 1 and replace(document, tuple(target), None):
        shorter.add(tuple(target[:-1]))


def follow(document: Any, place: Place) -> Any:
    for part in place:
        document = document.get(part) if isinstance(document, dict) else None
    return document


def replace(document: dict[str, Any], place: Place, value: Any) -> bool:
    """Set, or with None remove, what stands at a place; the containers on the way are copied.

    True where it is an item of a list, which is marked only: the others keep their numbers.
    """
    here: Any = document
    for part in place[:-1]:
        try:
            copy = here[part].copy()
        except (KeyError, IndexError, TypeError, AttributeError):
            return False
        here[part] = copy
        here = copy
    last = place[-1]
    if isinstance(here, dict):
        if value is None:
            here.pop(last, None)
        else:
            here[last] = value
    elif isinstance(here, list) and isinstance(last, int) and last < len(here):
        here[last] = GONE
        return True
    return False
