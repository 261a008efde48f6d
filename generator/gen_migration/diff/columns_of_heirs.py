"""Changes of columns as partitions, children and typed tables have them from others. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from gen_migration.base.data_class import replace
from gen_migration.diff.columns import (
    columns,
)
from gen_migration.diff.inheritance import returning
from gen_migration.diff.own_columns import (
    below,
    changes_of,
    let_go,
    not_null,
    once_moved,
    with_sayers,
)
from gen_migration.model.given import (
    ancestry,
    heirs,
    held_column,
    in_line,
    typed_tables,
)
from gen_migration.model.own_columns import (
    SPREAD,
    is_said_by_children,
    own_of_new,
    own_parts,
    put,
)
from gen_migration.model.partitions import is_partitioned
from gen_migration.operations import columns as col
from gen_migration.operations.alterations import AlterObject
from gen_migration.operations.base import apply
from gen_migration.operations.rows import Backfill

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from gen_migration.diff.columns import Context
    from gen_migration.model.schema import Schema
    from gen_migration.operations.base import Operation
    from gen_migration.postgres.names import Name


def with_heirs(
    old: Schema,
    new: Schema,
    changes: list[Operation],
    moving: Collection[Name],
    context: Context,
) -> list[Operation]:
    """Return changes with those of columns of partitions, children and typed tables.

    `moving` are tables that are detached, attached or made anew: they have it already.
    """
    if not any(concerns_heirs(old, new, changes)):
        return changes
    at = held(old, new, moving)
    split = split_columns(old, new, at.tables.keys() & new.tables.keys())
    found = of_retyped(at, changes)
    at = apply(at, found)
    found += (drops := drops_of(at, new, split))
    at = apply(at, drops)
    for change in sorted(changes, key=lambda one: is_exchanged(at, changes, one)):
        off = list(identities_off(at, change))
        found += off
        at = apply(at, off)
        steps = followed(at, new, split, change)
        found += steps
        at = apply(at, filter(is_of_column, steps))
    for name in in_line(at):
        table = at.tables[name]
        steps = []
        if table.is_heir:
            for change in columns(name, table, new.tables[name], context):
                more = followed(at, new, split, change)
                steps += more
                at = apply(at, filter(is_of_column, more))
        for change in [*changes_of(at, new, name)] if table.has_given else ():
            more = [change]
            if isinstance(change, col.SetColumnNullable) and not change.new:
                more = list(forbidding(at, new, change))
            steps += more
            at = apply(at, more)
        found += steps
    for part in below(old, new, moving):
        found += changes_of(once_moved(old, new, part), new, part)
    return [*with_fills(found, context.hints.backfill)]


def followed(
    at: Schema, new: Schema, split: set[tuple[Name, str, str]], change: Operation
) -> list[Operation]:
    """Return a change of a table with what goes before it in those below."""
    if isinstance(change, col.SetColumnNullable) and not change.new:
        return list(forbidding(at, new, change))
    return [adapted(at, split, change)]


def is_exchanged(at: Schema, changes: Iterable[Operation], one: Operation) -> bool:
    """Tell whether a column goes that children get from another parent first."""
    return isinstance(one, col.DropColumn) and any(
        isinstance(other, col.AddColumn)
        and other.name == one.name
        and not {*heirs(at, other.table)}.isdisjoint(heirs(at, one.table))
        for other in changes
    )


def drops_of(
    at: Schema, new: Schema, split: set[tuple[Name, str, str]]
) -> list[Operation]:
    """Return the drops of columns that tables have from others then: those add them anew."""
    found: list[Operation] = []
    for _, name, key in sorted(returning(at, new, at.tables.keys()), key=str):
        drop = col.DropColumn(table=name, name=key, old=at.tables[name].columns[key])
        steps = [*identities_off(at, drop), adapted(at, split, drop)]
        found += steps
        at = apply(at, steps)
    return found


def with_fills(
    changes: list[Operation], fills: Mapping[tuple[Name, str], str]
) -> Iterator[Operation]:
    """Yield changes with what fills the columns that heirs alone forbid NULL in."""
    filled = {(one.table, one.name) for one in changes if isinstance(one, Backfill)}
    for one in changes:
        if isinstance(one, col.SetColumnNullable) and not one.new:
            place = one.table, one.name
            if place in fills and place not in filled:
                table, name = place
                yield Backfill(table=table, name=name, new=fills[place])
        yield one


def identities_off(at: Schema, change: Operation) -> Iterator[Operation]:
    """Yield what takes the identities off that children have of a column that goes.

    A column that comes back gets a value for its rows first, and an identity after that.
    """
    if not isinstance(change, col.DropColumn):
        return
    for part, own in own_parts(at, change.table, change.name).items():
        if "identity" in own:
            yield col.SetColumnIdentity(
                table=part,
                name=change.name,
                type=change.old.type.name,
                old=own["identity"],
                new=None,
            )


def of_retyped(at: Schema, changes: Iterable[Operation]) -> list[Operation]:
    """Return what lets go of values of columns that get another type, or go with an attribute.

    What loses a value alone leaves it to those below, which lose it after that.
    """
    found: list[Operation] = []
    for change in changes:
        for name, key, is_gone in retyped(at, change):
            steps = list(let_go(at, name, key))
            if is_gone:
                bare = put(at.tables[name], key, {})
                without = replace(at, tables={**at.tables, name: bare})
                steps = list(changes_of(at, without, name))
            found += steps
            at = apply(at, steps)
    return found


def retyped(at: Schema, change: Operation) -> Iterator[tuple[Name, str, bool]]:
    """Yield tables and their columns that a change elsewhere gives another type, or takes away."""
    if isinstance(change, col.SetColumnType):
        for part in heirs(at, change.table):
            yield part, change.name, False
    if is_of_type(change):
        after = change.new.attributes
        for name in typed_tables(at, change.name):
            for key, one in change.old.attributes.items():
                if key not in after or one.type != after[key].type:
                    yield name, key, key not in after


def is_of_type(change: Operation) -> TypeGuard[AlterObject]:
    return isinstance(change, AlterObject) and change.kind == "composite type"


def forbidding(
    at: Schema, new: Schema, change: col.SetColumnNullable
) -> Iterator[Operation]:
    """Yield what forbids NULL: first in those below that do so themselves, the lowest first."""
    for part in reversed(heirs(at, change.table)):
        if held_column(new, part, change.name) is None:
            continue
        step = list(not_null(at, new, part, change.name))
        at = apply(at, step)
        yield from step
    yield with_sayers(at, change)


def concerns_heirs(
    old: Schema, new: Schema, changes: Iterable[Operation]
) -> Iterator[bool]:
    """Yield whether something may concern columns of heirs in another way than as a whole."""
    for schema in (old, new):
        yield any(table.own or table.is_heir for table in schema.tables.values())
    for change in changes:
        if isinstance(change, col.SetColumnCompression):
            yield is_partitioned(old, change.table)


def is_of_column(change: Operation) -> bool:
    is_column = isinstance(change, col.SetColumn | col.AddColumn | col.DropColumn)
    return is_column or is_of_type(change)


def held(old: Schema, new: Schema, moving: Collection[Name]) -> Schema:
    """Return the tables that stay where they are, with all of their parents."""
    gone = {name for name in old.tables if name not in new.tables}
    gone |= {deeper for name in {*moving, *gone} for deeper in heirs(old, name)}
    gone |= set(moving)
    tables = {name: one for name, one in old.tables.items() if name not in gone}
    return replace(old, tables=tables)


def split_columns(
    old: Schema, new: Schema, staying: Collection[Name]
) -> set[tuple[Name, str, str]]:
    """Return tables, columns and fields where others below have a value of their own.

    A child that comes or goes is not there meanwhile.
    """
    found = set()
    for schema in (old, new):
        for name, table in schema.tables.items():
            if not table.own and not (table.inherits and table.columns):
                continue
            if table.inherits and name not in staying:
                continue
            above = ancestry(schema, name)
            found |= {
                (one, key, field)
                for one in above
                for key, own in table.own.items()
                for field in SPREAD
                if field in own
            }
            found |= {
                (one, key, field)
                for one in above
                for key in table.columns
                for field in SPREAD
            }
    return found


def adapted(
    at: Schema, split: set[tuple[Name, str, str]], change: Operation
) -> Operation:
    """Return a change of a table that leaves to partitions what is their own."""
    match change:
        case col.SetColumnDefault() | col.SetColumnStorage():
            place = (change.table, change.name, change.field)
            return replace(change, only=True) if place in split else change
        case col.SetColumnNullable(table=table, name=name):
            if table in at.tables:
                return with_sayers(at, change)
        case col.SetNotNullName(table=table, name=name):
            return replace(change, has_children=is_said_by_children(at, table, name))
        case col.AddColumn(table=table, new=column):
            return replace(change, own=own_of_new(at, table, column))
        case col.DropColumn(table=table, name=name):
            return replace(change, own=own_parts(at, table, name))
    return change
