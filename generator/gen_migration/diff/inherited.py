"""What is different between what partitions have otherwise of indexes and constraints. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.diff.inherited_parts import inherited_change, relations
from gen_migration.model.own_columns import partitions
from gen_migration.model.partitions import origin_of
from gen_migration.operations.base import DropConstraint, DropIndex

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from gen_migration.model.schema import Inherited, Schema
    from gen_migration.operations.base import Operation
    from gen_migration.postgres.names import Name


def inherited_differences(
    old: Schema, new: Schema, changes: Iterable[Operation], moving: Collection[Name]
) -> Iterator[Operation]:
    """Yield what changes of the tables that stay partitions of the same table.

    What is taken off for a while, or for good, takes along what partitions have of it. `moving`
    are tables that are detached, attached, or made anew.
    """
    gone = {
        (one.table, one.name)
        for one in changes
        if isinstance(one, DropConstraint | DropIndex)
    }
    below = {part for name in moving for part in partitions(old, name)}
    for name, one in old.tables.items():
        other = new.tables.get(name)
        if other is None or name in moving or not (one.inherited or other.inherited):
            continue
        for key in {**one.inherited, **other.inherited}:
            before, after = one.inherited.get(key), other.inherited.get(key)
            origins = [origin_of(each, name, key) for each in (old, new)]
            places = {each and each[0] for each in origins}
            apart = name in below or len(places) > 1
            apart |= any((place, key) in gone for place in places)
            apart = apart or is_taken(old, new, name, before, after)
            if before is not None and apart:
                yield inherited_change(old, name, key, before, None)
            if after is not None and apart:
                yield inherited_change(new, name, key, None, after)
            if before != after and not apart:
                yield inherited_change(new, name, key, before, after)


def is_taken(
    old: Schema,
    new: Schema,
    table: Name,
    before: Inherited | None,
    after: Inherited | None,
) -> bool:
    """Tell whether something else has the one name before, or gets the other."""
    if before is None or after is None or before.name in {None, after.name}:
        return False
    first, then = (table._replace(name=one.name or "") for one in (before, after))
    return then in relations(old) or first in relations(new)


def with_parts(schema: Schema, drops: Iterable[Operation]) -> list[Operation]:
    """Return drops of indexes and constraints, each after what partitions have otherwise of it."""
    steps: list[Operation] = []
    for one in drops:
        if isinstance(one, DropConstraint | DropIndex):
            steps += let_go(schema, one.table, one.name)
        steps.append(one)
    return steps


def let_go(schema: Schema, table: Name, name: str) -> Iterator[Operation]:
    """Yield what takes away all that partitions have otherwise of an index or a constraint."""
    for part in partitions(schema, table):
        found = schema.tables[part].inherited.get(name)
        origin = origin_of(schema, part, name) if found is not None else None
        if origin is not None and origin[0] == table:
            yield inherited_change(schema, part, name, found, None)
