"""The order of a spec's keys: that of its shapes, but for what a reader wants first.

What is listed by name keeps the order that it was written in: that of columns is PostgreSQL's.
"""

from __future__ import annotations

from dataclasses import field

from gen_migration.base.data_class import dataclass
from gen_migration.kinds.forms import Either, Form, Listed, Mapped, Maybe, Plain
from gen_migration.kinds.shape import Shape, Shaped
from gen_migration.spec import shape_constraints, shapes


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
    shapes.IdentityShape: ("generated",),
    shapes.TableShape: ("renamed_from", "comment", "columns"),
    shapes.PartitionShape: (
        *("bound", "from", "to", "in", "modulus", "remainder"),
        *("renamed_from", "comment", "attached", "columns", "inherited"),
    ),
}
OPENED = frozenset((shapes.SpecShape, shapes.SafetyShape, shapes.TableShape))


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
        keys |= {key: of_form(known.form) for key, known in words.items()}
    return KNOWN[shape]


def of_form(form: Form) -> KeyOrder:
    """Return the kind of what has a form; objects are listed, by their names or without."""
    match form:
        case Shaped():
            return of_shape(form.shape)
        case Maybe():
            return of_form(form.of)
        case Either():
            return of_form(form.ways[dict])
        case Listed():
            return of_form(form.each)
        case Mapped() if not isinstance(form.each, Plain):
            return KeyOrder(each=of_form(form.each), opened=True)
        case _:
            return FREE
