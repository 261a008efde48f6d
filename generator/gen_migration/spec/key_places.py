"""Where a key stands that is unknown where it was written."""

from __future__ import annotations

import typing
from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration.base.errors import quoted
from gen_migration.kinds.shape import Shape

if TYPE_CHECKING:
    from collections.abc import Iterator

Location = tuple[int | str, ...]

MOST = (
    4  # places that a hint names; what stands in more of them is in most of the objects
)
DEPTH = 3  # mappings with keys of their own, one in another


class Place(NamedTuple):
    """A shape, and how it is reached from another one: the keys, with a name below some."""

    shape: type[Shape]
    keys: tuple[str, ...] = ()

    def example(self, key: str) -> str:
        """Return what to write to have a key there."""
        first, *rest = [*self.keys, key]
        text = "…"
        for one in reversed(rest):
            text = f"{{{one}: {text}}}"
        return f"{first}: {text}"


def place_of_key(location: Location, shape: type[Shape]) -> str:
    """Return a hint at where the last key of a location stands; empty where nowhere near.

    `shape` is that of the document.
    """
    if location[1:]:
        return further_out(location, shape)
    return further_in(str(location[0]), shape)


def further_out(location: Location, shape: type[Shape]) -> str:
    """Return a hint at what stands too far in: the key, or the name of what it is in."""
    for end in range(len(location) - 1, 0, -1):
        beside, known = (
            str(location[end - 1]),
            shape_at(location[:end], shape).by_word(),
        )
        if beside not in known:  # a name
            continue
        for part in (location[-1], location[end]):
            if part in known and part != beside:
                return f"{quoted(part)} stands beside {quoted(beside)}, not below it"
    return ""


def further_in(key: str, shape: type[Shape]) -> str:
    """Return a hint at the place nearest below a shape that has a key; a table's, if it has."""
    around = [Place(shape)]
    for _ in range(DEPTH):
        around = [inner for one in around for inner in below(one)]
        found = [one for one in around if key in one.shape.by_word()]
        if found:
            best = next((one for one in found if one.keys[0] == "tables"), found[0])
            return f"{quoted(key)} stands further in, as in {best.example(key)}"
    return ""


def below(place: Place) -> Iterator[Place]:
    """Yield the shapes right below another one."""
    for word, known in place.shape.by_word().items():
        if word == "blocks":  # parts of what stands elsewhere
            continue
        named = ("NAME",) if has_names(known.annotation) else ()
        for one in dict.fromkeys(shapes(known.annotation)):
            yield Place(one, (*place.keys, word, *named))


def has_names(annotation: Any) -> bool:
    """Tell whether names stand below a key, and what it is about below those."""
    if typing.get_origin(annotation) is dict:
        return True
    return any(map(has_names, typing.get_args(annotation)))


def shapes(annotation: Any) -> Iterator[type[Shape]]:
    """Yield the shapes that a key's annotation names."""
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        yield annotation
    for argument in typing.get_args(annotation):
        yield from shapes(argument)


def shape_at(location: Location, shape: type[Shape]) -> type[Shape]:
    """Return the shape that holds the last key of one of pydantic-core's locations.

    `shape` is that of the document.
    """
    for part in location[:-1]:
        if (known := shape.by_word().get(str(part))) is not None:
            shape = next(shapes(known.annotation), shape)
    return shape
