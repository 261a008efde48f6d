"""The order of a spec's keys: that of its shapes, but for what a reader wants first.

What is listed by name keeps the order that it was written in: that of columns is PostgreSQL's.
"""

from __future__ import annotations

import typing
from dataclasses import field
from typing import Any

from gen_migration.base.data_class import dataclass
from gen_migration.kinds.shape import Shape
from gen_migration.spec import column_shapes, shape_constraints, shapes, table_shapes


@dataclass(frozen=True, slots=True)
class KeyOrder:
    """What a mapping or a list of a spec is.

    `order` are its keys where they have one; `keys` the kinds of what stands under them, `each`
    that of what stands under any other. `opened`: one entry to a line, however few there are.
    """

    order: tuple[str, ...] = ()
    keys: dict[str, KeyOrder] = field(default_factory=dict)
    each: KeyOrder | None = None
    opened: bool = False

    def of(self, key: str) -> KeyOrder:
        """Return the kind of what stands under a key."""
        return self.keys.get(key, self.each or FREE)

    def of_entry(self) -> KeyOrder:
        """Return the kind of an entry where this is written as a list."""
        return self.each or self


FREE = KeyOrder()  # as written: a value of JSON, parameters


# What a reader wants before the other keys of a shape; of all others, their type.
FIRST: dict[type[Shape], tuple[str, ...]] = {
    shape_constraints.PrimaryKeyShape: ("name",),
    column_shapes.IdentityShape: ("generated", "sequence"),
    table_shapes.TableShape: (
        *("renamed_from", "comment", "group", "inherits", "of", "columns"),
    ),
    table_shapes.PartitionShape: (
        *("bound", "from", "to", "in", "modulus", "remainder"),
        *("renamed_from", "comment", "attached", "columns", "inherited"),
    ),
}
OPENED = frozenset((shapes.SpecShape, shapes.SafetyShape, table_shapes.TableShape))


def spec() -> KeyOrder:
    """Return the kind of a whole spec."""
    return of_shape(shapes.SpecShape)


KNOWN: dict[type[Shape], KeyOrder] = {}


def of_shape(shape: type[Shape]) -> KeyOrder:
    """Return the kind of a shape's mapping."""
    if shape not in KNOWN:
        words = shape.by_word()
        first = [key for key in FIRST.get(shape, ("type",)) if key in words]
        order = (*first, *(key for key in words if key not in first))
        keys: dict[str, KeyOrder] = {}
        KNOWN[shape] = KeyOrder(order, keys, opened=shape in OPENED)
        # A shape may hold itself.
        keys |= {key: of_type(known.annotation) for key, known in words.items()}
    return KNOWN[shape]


def of_type(annotation: Any) -> KeyOrder:
    """Return the kind of what has a type; objects are listed, by their names or without."""
    if is_shape(annotation):
        return of_shape(annotation)
    of, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if of is dict:
        each = arguments[1]
        is_object = is_shape(each) or typing.get_origin(each) is dict
        return KeyOrder(each=of_type(each), opened=True) if is_object else FREE
    # `X | None`, a list of X, what is said of X; of a mapping or a list, the mapping comes first.
    return of_type(arguments[0]) if arguments and of is not typing.Literal else FREE


def is_shape(annotation: Any) -> bool:
    """Tell whether a type is a shape."""
    return isinstance(annotation, type) and issubclass(annotation, Shape)
