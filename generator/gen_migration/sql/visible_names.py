"""The names that a place in a query sees: those of its own FROM, and those around it. Pure."""

from __future__ import annotations

from dataclasses import field

from gen_migration.base.data_class import dataclass
from gen_migration.sql.outputs import Column, Item


@dataclass(slots=True, eq=False)
class Level:
    """The names that one query's FROM brings, and those around it."""

    outer: Level | None = None
    items: list[Item] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    # Items whose columns are not known.
    unknown: list[Item] = field(default_factory=list)


def beside(level: Level) -> Level:
    """Return what is seen from the side: the names so far, and those around."""
    return Level(level.outer, [*level.items], [*level.columns], level.unknown)


def item_called(level: Level | None, names: tuple[str, ...]) -> Item | None:
    """Return the item of a name, perhaps behind its schema, of this level or of one around it."""
    while level is not None:
        for one in level.items:
            in_schema = (
                one.of is not None and (one.of.schema, one.of.name) == names[-2:]
            )
            if names == (one.alias,) or (len(names) > 1 and in_schema):
                return one
        level = level.outer
    return None


def of_item(item: Item, name: str) -> list[Column]:
    """Return the column of an item; where its columns are not known, one that may be there."""
    if item.columns is None:
        return [Column(name, None, ((item, name),), item)]
    return [one for one in item.columns if one.name == name]


def find(level: Level | None, name: str) -> tuple[list[Column], Item | None]:
    """Return the columns that a bare name may be, or the item that it is."""
    maybe: list[Column] = []
    while level is not None:
        found = [one for one in level.columns if one.name == name]
        if found:
            return [*found[:1], *maybe], None
        maybe += [each for one in level.unknown for each in of_item(one, name)]
        if not maybe and (item := item_called(Level(None, level.items), (name,))):
            return [], item
        level = level.outer
    return maybe, None
