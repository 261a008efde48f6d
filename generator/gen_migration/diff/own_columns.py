"""Changes of what partitions, children and typed tables have otherwise of given columns. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.diff.columns import (
    VALUES,
    alone,
    comments,
    named,
    value,
)
from gen_migration.model.given import (
    column_of,
    columns_of,
    has_heirs,
    heirs,
)
from gen_migration.model.own_columns import (
    forbids,
    is_said_by_children,
    own_parts,
    partitions,
    put,
    saying,
)
from gen_migration.model.own_columns import (
    says as says_not_null,
)
from gen_migration.operations import columns as col

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from gen_migration.model.schema import Schema
    from gen_migration.operations.base import Operation
    from gen_migration.postgres.names import Name


def changes_of(at: Schema, new: Schema, part: Name) -> Iterator[Operation]:
    """Yield the changes of a partition's columns that its parent's have not brought."""
    only = has_heirs(at, part)
    wanted = columns_of(new, part)
    declared = at.tables[part].columns
    for key, column in columns_of(at, part).items():
        after = wanted.get(key)
        if after is None or key in declared:
            continue
        yield from alone((part, key), column, after)
        for kind in VALUES:
            pair = getattr(column, kind.field), getattr(after, kind.field)
            if pair[0] != pair[1]:
                yield value(kind, (part, key), after.type, *pair, only=only)
        yield from not_null(at, new, part, key)
        if column.identity != after.identity:
            yield col.SetColumnIdentity(
                table=part,
                name=key,
                type=after.type.name,
                old=column.identity,
                new=after.identity,
            )
        yield from comments("column", part, key, column, after)


def not_null(at: Schema, new: Schema, part: Name, key: str) -> Iterator[Operation]:
    """Yield what changes of the NOT NULL that a partition says itself."""
    place: dict[str, Any] = {"table": part, "name": key}
    says, wanted = (says_not_null(one.tables[part], key) for one in (at, new))
    held = forbids((new if wanted else at).tables[part], key)
    if says != wanted:
        yield col.SetColumnNullable(
            **place,
            old=not says,
            new=not wanted,
            not_null=held.get("not_null"),
            says=saying(at, part, key),
            state=held.get("not_null_state"),
        )
    elif wanted:
        yield from named((part, key), *(column_of(one, part, key) for one in (at, new)))


def let_go(at: Schema, part: Name, key: str) -> Iterator[Operation]:
    """Yield what takes away values that are of another type soon, or that go with the old one."""
    table, column = at.tables[part], column_of(at, part, key)
    declared = table.columns.get(key)
    own = table.own.get(key, {})
    for kind in VALUES:
        held = own.get(kind.field) if declared is None else getattr(column, kind.field)
        if held is not None:
            old, only = getattr(column, kind.field), has_heirs(at, part)
            yield value(kind, (part, key), column.type, old, None, only=only)


def below(old: Schema, new: Schema, moving: Collection[Name]) -> Iterator[Name]:
    """Yield what stays a partition of a table that moves, and is otherwise than before."""
    deeper = {part for name in moving for part in partitions(old, name)}
    for part in sorted(deeper - set(moving), key=str):
        after = new.tables.get(part)
        if (
            after is not None
            and after.partition_of
            and after.own != old.tables[part].own
        ):
            yield part


def once_moved(old: Schema, new: Schema, part: Name) -> Schema:
    """Return a schema in which tables have moved, and a partition is still what it was of its own.

    A column that comes has it from its table.
    """
    held, wanted = old.tables[part].own, new.tables[part].own
    before = columns_of(old, part)
    own = {
        key: held.get(key, {}) if key in before else wanted.get(key, {})
        for key in columns_of(new, part)
    }
    table = replace(new.tables[part], own={key: one for key, one in own.items() if one})
    return replace(new, tables={**new.tables, part: table})


def of_sub_partitions(
    old: Schema, new: Schema, name: Name, change: Operation
) -> Iterator[Operation]:
    """Yield a change of a table that moves, with what its partitions have of that column."""
    match change:
        case col.DropColumn(name=column):
            yield replace(change, own=own_parts(old, name, column))
        case col.AddColumn(name=column):
            yield change
            for part in own_parts(new, name, column):
                if part in old.tables:
                    bare = put(new.tables[part], column, {})
                    at = replace(new, tables={**new.tables, part: bare})
                    yield from changes_of(at, new, part)
        case col.SetColumnNullable(new=allows):
            # What allows NULL does so before its partitions, what forbids it after them.
            found = with_sayers(old if allows else new, change)
            stay = {*heirs(old, name)} & {*heirs(new, name)}
            says = tuple(one for one in found.says if one in stay)
            yield replace(found, says=says)
        case _:
            yield change


def with_sayers(at: Schema, change: col.SetColumnNullable) -> col.SetColumnNullable:
    """Return a change of NOT NULL with those below that forbid NULL themselves."""
    place = change.table, change.name
    says = saying(at, *place)
    return replace(change, says=says, has_children=is_said_by_children(at, *place))
