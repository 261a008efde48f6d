"""Tables that become partitions, or partitions that become tables or another table's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.diff.inherited import inherited_change
from gen_migration.diff.own_columns import of_sub_partitions
from gen_migration.diff.tables import table
from gen_migration.diff.valid_below import valid_below
from gen_migration.model.given import columns_of
from gen_migration.model.partitions import (
    ancestors,
    inherited_names,
    origin_of,
    standalone,
)
from gen_migration.model.schema import Check, ForeignKey
from gen_migration.operations import base as basic
from gen_migration.operations import every as op

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from gen_migration.diff.columns import Context
    from gen_migration.model.schema import Inherited, Schema, Table
    from gen_migration.operations.base import Operation
    from gen_migration.postgres.names import Name

    Renames = Mapping[Name, Sequence[Operation]]


def moved(
    old: Schema,
    new: Schema,
    moving: Collection[Name],
    others: Iterable[Operation],
    renames: Renames,
    context: Context,
) -> tuple[list[Operation], Renames]:
    """Return the changes of tables that are detached, attached, or both, beside `others`.

    With them come those of `renames` that each table does right after it is detached.
    """
    apart = keys_apart(others)
    found = {name: kept(old, name, apart, renames.get(name, ())) for name in moving}
    # A partition of a partition goes before it, and comes after it.
    steps = [
        step
        for name in sorted(moving, key=lambda name: depth(new, name))
        for step in move(old, new, name, apart, found[name], context)
    ]
    detached = [one for one in steps if isinstance(one, op.DetachPartition)]
    deepest = sorted(detached, key=lambda one: depth(old, one.table))
    rest = (one for one in steps if not isinstance(one, op.DetachPartition))
    return [*reversed(deepest), *rest], found


def depth(schema: Schema, name: Name) -> int:
    """Return how many tables are above a partition."""
    return sum(1 for _ in ancestors(schema, name))


def keys_apart(operations: Iterable[Operation]) -> set[tuple[Name, str]]:
    """Return table and name of the foreign keys that operations drop or create one by one."""
    return {
        (one.table, one.name)
        for one in operations
        if (isinstance(one, basic.DropConstraint) and isinstance(one.old, ForeignKey))
        or (isinstance(one, basic.CreateConstraint) and isinstance(one.new, ForeignKey))
    }


def alone(schema: Schema, name: Name, apart: set[tuple[Name, str]]) -> Table:
    """Return a partition as a table of its own, without its parents' foreign keys of `apart`.

    Those are gone before it is detached, or come once it is attached, with the parent's.
    """
    found = standalone(schema, name)
    above = set(ancestors(schema, name))
    keys = {key for table, key in apart if table in above}
    constraints = {
        key: one
        for key, one in found.constraints.items()
        if not (isinstance(one, ForeignKey) and key in keys)
    }
    return replace(found, constraints=constraints)


def named_by_parent(schema: Schema, name: Name) -> tuple[str, ...]:
    """Return the columns of a partition whose NOT NULL has the name of its parent's."""
    table = schema.tables[name]
    assert table.parent is not None  # noqa: S101 - it is a partition
    return tuple(
        key
        for key, column in columns_of(schema, table.parent).items()
        if not column.nullable
        and column.not_null is None
        and "nullable" not in table.own.get(key, {})
    )


def without_apart(
    schema: Schema, name: Name, apart: set[tuple[Name, str]]
) -> tuple[Table, dict[str, Inherited]]:
    """Return a partition without what it has otherwise of foreign keys of `apart`, and that."""
    table = schema.tables[name]
    found = {}
    for key, one in table.inherited.items():
        origin = origin_of(schema, name, key)
        if origin is not None and (origin[0], key) in apart:
            found[key] = one
    kept = {key: one for key, one in table.inherited.items() if key not in found}
    return replace(table, inherited=kept), found


def detached(schema: Schema, name: Name, apart: set[tuple[Name, str]]) -> Schema:
    """Return a schema in which a partition is a table of its own."""
    table = alone(schema, name, apart)
    # PostgreSQL attaches the first index that fits: on the way back, they come in their order.
    table = replace(table, indexes=dict(reversed([*table.indexes.items()])))
    return replace(schema, tables={**schema.tables, name: table})


def kept(
    schema: Schema,
    name: Name,
    apart: set[tuple[Name, str]],
    renames: Iterable[Operation],
) -> list[Operation]:
    """Return renames without those of foreign keys of `apart`, which a partition loses before."""
    found: list[Operation] = []
    at = detached(schema, name, apart) if renames else schema
    for one in renames:
        if not isinstance(one, op.RenamePart) or one.old in getattr(
            at.tables[name], basic.MAPPINGS[one.noun]
        ):
            found.append(one)
            at = one.apply(at)
    return found


def detach(
    schema: Schema, name: Name, apart: set[tuple[Name, str]]
) -> op.DetachPartition:
    """Return what makes a partition a table of its own."""
    before, _ = without_apart(schema, name, apart)
    return op.DetachPartition(
        table=name,
        old=before,
        new=alone(schema, name, apart),
        names=inherited_names(schema, name, before),
        not_null=named_by_parent(schema, name),
    )


def move(
    old: Schema,
    new: Schema,
    name: Name,
    apart: set[tuple[Name, str]],
    renames: Iterable[Operation],
    context: Context,
) -> Iterator[Operation]:
    """Yield the changes of a table that is detached, attached, or both, beside its renames."""
    before, gone = without_apart(old, name, apart)
    after, come = without_apart(new, name, apart)
    yield from (
        inherited_change(old, name, key, value, None) for key, value in gone.items()
    )
    yield from (
        inherited_change(new, name, key, None, value) for key, value in come.items()
    )
    if before.partition_of is not None:
        yield detach(old, name, apart)
        before = basic.apply(detached(old, name, apart), renames).tables[name]
    elif renames:
        before = basic.apply(old, renames).tables[name]
    if before.partition_of is None and after.partition_of is None:
        yield from put_off_again(old.tables[name], before, after, name)
    if after.partition_of is not None:
        assert after.parent is not None  # noqa: S101 - it becomes a partition
        table_alone = valid_below(new, after.parent, alone(new, name, apart))
        yield op.AttachPartition(
            table=name,
            old=table_alone,
            new=after,
            not_null=named_by_parent(new, name),
        )
        after = table_alone
    for change in table(name, before, after, context):
        yield from of_sub_partitions(old, new, name, change)


def put_off_again(
    partition: Table, before: Table, after: Table, name: Name
) -> Iterator[Operation]:
    """Yield what makes checks NOT VALID that a table keeps from the one it was a partition of.

    A partition may have them as valid ones (see `valid_below`).
    """
    for key, one in before.constraints.items():
        is_kept = key not in partition.constraints and after.constraints.get(key) == one
        if is_kept and isinstance(one, Check) and one.not_valid:
            yield basic.DropConstraint(table=name, name=key, old=one)
            yield basic.CreateConstraint(table=name, name=key, new=one)
