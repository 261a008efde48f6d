"""The order of the attributes of composite types, and of the columns of their typed tables.

What is added comes last. Attributes are brought into their order where nothing has values of the
type; a table that becomes one of the type has to have them in the same order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.diff.type_use import is_anew, use
from gen_migration.kinds import BY_WORD
from gen_migration.kinds.graph import Graph
from gen_migration.model.given import columns_of, typed_tables
from gen_migration.operations.alterations import ReorderAttributes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name

WORD = "composite type"


def reorders(
    old: Schema,
    new: Schema,
    leaving: Mapping[Name, Collection[Name]],
    joining: Mapping[Name, Collection[Name]],
) -> tuple[list[ReorderAttributes], list[ReorderAttributes]]:
    """Return what brings attributes of composite types into their order.

    The first ones let those that go stand last, so that they come back to their places; the others
    follow what is altered. `leaving` and `joining` are the tables that are of a type before these
    schemas, or after them.
    """
    first: list[ReorderAttributes] = []
    then: list[ReorderAttributes] = []
    for name, value in new.of(WORD).items():
        held = old.of(WORD).get(name)
        before, after = [*held.attributes] if held else [], [*value.attributes]
        if held is None or before == after or not is_free(old, new, name):
            continue
        start = came(before, after)
        end = came(start, before)
        if before != end and all(
            columns_back(old, new, one) == before for one in leaving.get(name, ())
        ):
            first.append(reorder(name, held, before, end))
        if start != after and are_alike(old, new, name, joining.get(name, ())):
            then.append(reorder(name, value, start, after))
    return first, then


def reorder(
    name: Name, value: Any, old: list[str], new: list[str]
) -> ReorderAttributes:
    return ReorderAttributes(
        name=name, old=tuple(old), new=tuple(new), attributes=value.attributes
    )


def is_free(old: Schema, new: Schema, name: Name) -> bool:
    """Tell whether the attributes of a composite type can be brought into another order."""
    if any(use(one, name).in_column or typed_tables(one, name) for one in (old, new)):
        return False
    standing = Graph(new).standing_on({(WORD, name)})
    return all(BY_WORD[node[0]].space == "functions" for node in standing)


def came(before: Iterable[str], after: Iterable[str]) -> list[str]:
    """Return names in the order in which they came, after which others do."""
    found = [*after]
    return [*dict.fromkeys((*(key for key in before if key in found), *found))]


def are_alike(old: Schema, new: Schema, name: Name, tables: Collection[Name]) -> bool:
    """Tell whether tables come to have the attributes of a composite type in its order."""
    wanted = [*new.of(WORD)[name].attributes]
    return all(columns_in_order(old, new, one) == wanted for one in tables)


def columns_in_order(old: Schema, new: Schema, table: Name) -> list[str]:
    """Return the columns of a table as a database has them after an edit."""
    return came(columns_of(old, table), columns_of(new, table))


def attributes_in_order(
    old: Schema, new: Schema, name: Name, joining: Collection[Name]
) -> list[str]:
    """Return the attributes of a composite type as a database has them after an edit."""
    held, wanted = (one.of(WORD).get(name) for one in (old, new))
    after = [*wanted.attributes] if wanted else []
    if held is None or wanted is None:
        return after
    if is_free(old, new, name) and are_alike(old, new, name, joining):
        return after
    return came(held.attributes, after)


def columns_back(old: Schema, new: Schema, table: Name) -> list[str]:
    """Return the columns of a table as a database has them after an edit and its way back."""
    return came(columns_in_order(old, new, table), columns_of(old, table))


def attributes_back(
    old: Schema, new: Schema, name: Name, leaving: Collection[Name]
) -> list[str]:
    """Return the attributes of a composite type as a database has them after the way back."""
    held, between = (one.of(WORD).get(name) for one in (old, new))
    before = [*held.attributes] if held else []
    if held is None or between is None or is_anew(new, old, WORD, name):
        return before
    alike = all(columns_back(old, new, one) == before for one in leaving)
    if alike and is_free(old, new, name):
        return before
    return came(came(before, between.attributes), before)


def order_back(
    old: Schema, new: Schema, name: Name, table: Name, leaving: Collection[Name]
) -> tuple[tuple[str, ...], bool]:
    """Return the order that attributes need for a table that is of their type again.

    Empty where all such tables find it. With it comes whether PostgreSQL cannot bring them into it.
    """
    wanted = columns_back(old, new, table)
    held = attributes_back(old, new, name, leaving)
    if name in new.of(WORD) and not is_free(old, new, name):
        stays = wanted != held
        return tuple(wanted) if stays else (), stays
    is_there = all(columns_back(old, new, one) == held for one in leaving)
    return () if is_there else tuple(wanted), False
