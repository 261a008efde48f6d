"""Differences between two tables, column by column and part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from gen_migration.base.data_class import replace
from gen_migration.diff.columns import columns, comments
from gen_migration.diff.marks import marks
from gen_migration.diff.same_parts import same_constraint, same_index
from gen_migration.model.constraints import is_deferral, is_validation
from gen_migration.model.schema import Indexed
from gen_migration.operations import base as basic
from gen_migration.operations import every as op

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gen_migration.diff.columns import Context
    from gen_migration.model.schema import Constraint, Index, Table
    from gen_migration.operations.base import Operation
    from gen_migration.postgres.names import Name

K = TypeVar("K")
V = TypeVar("V")

OF_TABLE = (
    op.SetTableStorage,
    op.SetTableUnlogged,
    op.SetTableTablespace,
    op.SetTableRowSecurity,
    op.SetTableAccessMethod,
)
OF_INDEX = (op.SetIndexStorage, op.SetIndexTablespace)
OF_KEY = (*OF_INDEX, op.SetIndexComment)


def match(
    old: Mapping[K, V], new: Mapping[K, V]
) -> Iterator[tuple[K, V | None, V | None]]:
    """Yield each key with its value on either side where the two are not equal."""
    for key, value in old.items():
        other = new.get(key)
        if other is None or other != value:
            yield key, value, other
    for key, value in new.items():
        if key not in old:
            yield key, None, value


def pairs(old: Mapping[K, V], new: Mapping[K, V]) -> Iterator[tuple[K, V, V]]:
    """Yield each key that is on both sides with its two values, where they are not equal."""
    for key, one, other in match(old, new):
        if one is not None and other is not None:
            yield key, one, other


def table(name: Name, old: Table, new: Table, context: Context) -> Iterator[Operation]:
    """Yield the changes of what is in a table, and of a partition's bound."""
    before, after = old.partition_of, new.partition_of
    if before is not None and after is not None and before != after:
        yield op.SetPartitionBound(table=name, old=before, new=after)
    yield from comments("table", name, None, old, new)
    yield from settings(OF_TABLE, old, new, table=name)
    if not (old.is_heir or new.is_heir):
        yield from columns(name, old, new, context)
    parts: list[Operation] = []
    for key, constraint, wanted in match(old.constraints, new.constraints):
        parts += constraints(name, key, constraint, wanted)
    for key, index, built in match(old.indexes, new.indexes):
        parts += indexes(name, key, index, built, new)
    yield from parts
    yield from marks(name, old, new, parts)


def settings(
    kinds: Iterable[type[Any]], old: Any, new: Any, **place: Any
) -> Iterator[Operation]:
    """Yield the changes of the fields that some operations set."""
    for kind in kinds:
        before, after = getattr(old, kind.field), getattr(new, kind.field)
        if before != after:
            yield kind(**place, old=before, new=after)


def constraints(
    table: Name, name: str, old: Constraint | None, new: Constraint | None
) -> Iterator[Operation]:
    if old is not None and new is not None:
        if same_constraint(old, new):
            yield from comments("constraint", table, name, old, new)
            if isinstance(old, Indexed):
                yield from settings(OF_KEY, old, new, table=table, name=name)
            return
        plain = replace(new, comment=old.comment)
        if is_deferral(old, plain) or is_validation(old, plain):
            yield op.AlterConstraint(table=table, name=name, old=old, new=plain)
            yield from comments("constraint", table, name, old, new)
            return
    if old is not None:
        yield basic.DropConstraint(table=table, name=name, old=old)
    if new is not None:
        yield basic.CreateConstraint(table=table, name=name, new=new)


def alterable(old: Index, new: Index, parent: Table) -> bool:
    """Return whether an index becomes another without being built again.

    The storage parameters of a partitioned index cannot be set (ALTER INDEX: "not
    supported for partitioned indexes").
    """
    settled = old.storage_parameters == new.storage_parameters
    return same_index(old, new) and (settled or parent.partition_by is None)


def indexes(
    table: Name, name: str, old: Index | None, new: Index | None, parent: Table
) -> Iterator[Operation]:
    if old is not None and new is not None and alterable(old, new, parent):
        yield from comments("index", table, name, old, new)
        yield from settings(OF_INDEX, old, new, table=table, name=name)
        return
    if old is not None:
        yield basic.DropIndex(table=table, name=name, old=old)
    if new is not None:
        yield basic.CreateIndex(table=table, name=name, new=new)
