"""What partitions have otherwise of the indexes and constraints that tables above them have. Pure.

Source: the PostgreSQL manual, ALTER TABLE (ATTACH PARTITION), ALTER INDEX (ATTACH PARTITION).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from gen_migration.base.data_class import replace
from gen_migration.diff import free_names
from gen_migration.diff.same_parts import same_constraint, same_index
from gen_migration.model.own_columns import partitions
from gen_migration.model.partitions import (
    inherited_names,
    is_only,
    least,
    origin_of,
    origins,
    own_columns,
    standalone,
)
from gen_migration.model.schema import Check, ForeignKey, Index, Inherited
from gen_migration.operations.alterations import SetInherited
from gen_migration.operations.base import DropConstraint, DropIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from gen_migration.model.schema import Constraint, PartitionOf, Schema, Table
    from gen_migration.operations.base import Operation
    from gen_migration.postgres.names import Name

V = TypeVar("V")


def inherited_change(
    schema: Schema, table: Name, name: str, old: Inherited | None, new: Inherited | None
) -> SetInherited:
    """Return a change of what a partition has otherwise. KeyError where nothing above has it."""
    found = origin_of(schema, table, name)
    if found is None:
        raise KeyError(name)
    above, value = found
    value = replace(value, comment=None)
    if isinstance(value, Index):
        value = replace(value, tablespace=None)
    return SetInherited(table=table, name=name, old=old, new=new, above=above, of=value)


def relations(schema: Schema) -> set[Name]:
    """Return the names of all relations, with those of the parts of indexes and keys."""
    found = free_names.relations(schema)
    for name, table in schema.tables.items():
        if table.partition_of is not None:
            names = inherited_names(schema, name, table)
            found.update(name._replace(name=one) for one in names.values())
    return found


def attached(
    schema: Schema,
    name: Name,
    table: Table,
    place: PartitionOf,
    says: Collection[str] = (),
) -> Table:
    """Return what a table is once it is attached: what it shares with its parent is inherited.

    `says` are the columns whose NOT NULL it goes on to say itself, though its parent does.
    """
    parent = standalone(schema, place.parent)
    found = dict(shared(schema, name, table, place))
    constraints = {k: v for k, v in table.constraints.items() if k not in found}
    indexes = {k: v for k, v in table.indexes.items() if k not in found}
    result = replace(
        table,
        columns={},
        own=own_columns(table, place.parent, parent, says),
        inherited=dict(found.values()),
        constraints=constraints,
        indexes=indexes,
        partition_of=place,
    )
    return replace(result, inherited=least(schema, name, result))


def shared(
    schema: Schema, name: Name, table: Table, place: PartitionOf
) -> Iterator[tuple[str, tuple[str, Inherited]]]:
    """Yield what of a table PostgreSQL takes for its parent's: its name, and the entry of it.

    That is what is the same; of constraints, first what has the name which PostgreSQL would choose.
    """
    parent = standalone(schema, place.parent)
    bare = replace(table, constraints={}, indexes={}, partition_of=place)
    automatic = inherited_names(schema, name, bare)
    above = origins(schema, place.parent)
    taken: set[str] = set()
    for key, constraint in parent.constraints.items():
        first = automatic.get(key, key)
        is_named = isinstance(constraint, Check | ForeignKey)
        mine = {
            k: one
            for k, one in table.constraints.items()
            if k not in taken and (k == key or not is_named)
        }
        own = same(first, mine, constraint, is_shared)
        if own is not None:
            taken.add(own)
            comment = mine[own].comment
            entry = Inherited(name=None if is_named else own, comment=comment)
            yield own, (above[key], entry)
    for key, index in parent.indexes.items():
        if is_only(index):
            continue
        # Of several that are the same, PostgreSQL takes the one that was made first.
        rest = {k: one for k, one in table.indexes.items() if k not in taken}
        own = next((k for k, one in rest.items() if same_index(one, index)), None)
        if own is not None:
            taken.add(own)
            yield own, (above[key], of_index(own, rest[own], index))


def same(
    first: str, found: Mapping[str, V], value: V, is_same: Callable[[V, V], bool]
) -> str | None:
    """Return the name of what is the same as a value; `first` where it is."""
    for key in (first, *found):
        if key in found and is_same(found[key], value):
            return key
    return None


def is_shared(own: Constraint, above: Constraint) -> bool:
    """Tell whether a table's constraint is its parent's; it may be valid where that is not."""
    if isinstance(own, Check) and isinstance(above, Check) and above.not_valid:
        own = replace(own, not_valid=True)
    return same_constraint(own, above)


def of_index(name: str, value: Index, parent: Index) -> Inherited:
    """Return what an index of a partition has otherwise than its parent's."""
    parameters = value.storage_parameters
    return Inherited(
        name=name,
        storage_parameters=None
        if parameters == parent.storage_parameters
        else parameters,
        tablespace=value.tablespace,
        comment=value.comment,
    )


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
    for name, table in old.tables.items():
        if name not in new.tables or name in moving:
            continue
        was, becomes = table.inherited, new.tables[name].inherited
        for key in {**was, **becomes}:
            before, after = was.get(key), becomes.get(key)
            found = [origin_of(each, name, key) for each in (old, new)]
            places = {each and each[0] for each in found}
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
