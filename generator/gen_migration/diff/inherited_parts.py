"""What a partition has otherwise of the indexes and constraints that tables above it have. Pure.

Source: the PostgreSQL manual, ALTER TABLE (ATTACH PARTITION), ALTER INDEX (ATTACH PARTITION).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from gen_migration.diff.free_names import things
from gen_migration.diff.same_parts import same_constraint, same_index
from gen_migration.model.partitions import (
    inherited_names,
    least,
    origin_of,
    origins,
    own_columns,
    standalone,
)
from gen_migration.model.schema import Check, ForeignKey, Index, Inherited
from gen_migration.operations.alterations import SetInherited

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from gen_migration.model.schema import PartitionOf, Schema, Table
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
    found = {name for name, thing in things(schema) if thing[0] != "enums"}
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

    That is what has the name which PostgreSQL would choose, or else what is the same.
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
        own = same(first, mine, constraint, same_constraint)
        if own is not None:
            taken.add(own)
            comment = mine[own].comment
            entry = Inherited(name=None if is_named else own, comment=comment)
            yield own, (above[key], entry)
    for key, index in parent.indexes.items():
        rest = {k: one for k, one in table.indexes.items() if k not in taken}
        own = same(automatic[key], rest, index, same_index)
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
