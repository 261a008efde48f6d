"""The order of a spec's keys: that of its shapes, but for what a reader wants first.

What is listed by name keeps the order that it was written in: that of columns is PostgreSQL's.
"""

from __future__ import annotations

from dataclasses import field
from functools import cache
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.kinds import KINDS
from gen_migration.spec import shape_constraints, shapes

if TYPE_CHECKING:
    from gen_migration.kinds.shape import Shape


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


def shaped(
    shape: type[Shape],
    *first: str,
    keys: dict[str, KeyOrder] | None = None,
    opened: bool = False,
) -> KeyOrder:
    """Return the kind of a shape's mapping; `first` stand before its other keys."""
    order = (*first, *(key for key in shape.by_word() if key not in first))
    return KeyOrder(order, keys or {}, opened=opened)


def listed(each: KeyOrder) -> KeyOrder:
    """Return the kind of objects that are listed, by their names or without."""
    return KeyOrder(each=each, opened=True)


@cache
def spec() -> KeyOrder:
    """Return the kind of a whole spec."""
    target = shaped(shape_constraints.TargetShape)
    element = shaped(shape_constraints.ElementShape)
    excluded = shaped(shape_constraints.ExcludeElementShape)
    body = {
        "primary_key": shaped(shape_constraints.PrimaryKeyShape, "name"),
        "uniques": listed(shaped(shape_constraints.UniqueShape)),
        "foreign_keys": listed(
            shaped(shape_constraints.ForeignKeyShape, keys={"references": target})
        ),
        "checks": listed(shaped(shape_constraints.CheckShape)),
        "excludes": listed(
            shaped(shape_constraints.ExcludeShape, keys={"elements": excluded})
        ),
        "indexes": listed(
            shaped(shape_constraints.IndexShape, keys={"columns": element})
        ),
        "partition_by": KeyOrder(each=element),
    }
    rows = ("bound", "from", "to", "in", "modulus", "remainder")
    about = ("renamed_from", "comment")
    own = listed(shaped(shapes.PartitionColumnShape))
    partition = shaped(
        shapes.PartitionShape,
        *rows,
        *about,
        "attached",
        "columns",
        "inherited",
        keys=body
        | {"columns": own, "inherited": listed(shaped(shapes.InheritedShape))},
    )
    partition.keys["partitions"] = listed(partition)
    columns = listed(
        shaped(
            shapes.ColumnShape,
            keys={
                "references": target,
                "identity": shaped(shapes.IdentityShape, "generated"),
            },
        )
    )
    body |= {"columns": columns, "partitions": listed(partition)}
    table = shaped(shapes.TableShape, *about, "columns", keys=body, opened=True)
    sections = {
        "safety": shaped(shapes.SafetyShape, opened=True),
        "external": listed(FREE),
        "blocks": listed(columns),
        "tables": listed(table),
    }
    for kind in KINDS:
        shape = kind.shape()
        first = [key for key in shape.by_word() if key == "type"]
        sections[kind.key] = listed(shaped(shape, *first))
    return shaped(shapes.SpecShape, keys=sections, opened=True)
