"""Differences between the columns of two tables."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.kinds import base_of
from gen_migration.model import casts
from gen_migration.model.schema import Schema
from gen_migration.model.sequences import is_counting
from gen_migration.operations.alterations import SetComment
from gen_migration.operations.columns import (
    AddColumn,
    Backfill,
    DropColumn,
    SetColumnCompression,
    SetColumnDefault,
    SetColumnGenerated,
    SetColumnIdentity,
    SetColumnNullable,
    SetColumnStorage,
    SetColumnType,
    SetNotNullName,
    Typing,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.hints import Hints
    from gen_migration.model.schema import Column, Table
    from gen_migration.operations.base import Operation
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A change of type whose values PostgreSQL cannot make by itself: the spec has to say how."""

    table: Name
    column: str
    old: Type
    new: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the columns of all tables have in common; questions are added to `ask`."""

    hints: Hints
    old: Schema = field(default_factory=Schema)
    new: Schema = field(default_factory=Schema)
    swapped: frozenset[Name] = frozenset()
    ask: list[Question] = field(default_factory=list)


def columns(
    table: Name, one: Table, other: Table, context: Context
) -> Iterator[Operation]:
    """Yield the changes of a table's columns."""
    if one.columns == other.columns:
        return
    before = dict(one.columns)
    for name, taken in names_for_others(one, other):
        yield SetNotNullName(table=table, name=name, old=taken, new=None)
        before[name] = replace(before[name], not_null=None)
    for name, column in before.items():
        wanted = other.columns.get(name)
        if wanted is not None and wanted != column:
            yield from changes(table, name, column, wanted, context)
    # The last one first, so that a downgrade adds them in their order.
    for name, column in reversed(list(before.items())):
        if name not in other.columns:
            yield DropColumn(table=table, name=name, old=column)
    for name, column in other.columns.items():
        if name not in one.columns:
            yield from added(table, name, column, context)


def names_for_others(one: Table, other: Table) -> Iterator[tuple[str, str]]:
    """Yield the columns whose name of NOT NULL another column gets, and that name."""
    for name, column in one.columns.items():
        taken = column.not_null
        if taken is not None and any(
            wanted.not_null == taken and key != name
            for key, wanted in other.columns.items()
        ):
            yield name, taken


def added(
    table: Name, name: str, column: Column, context: Context
) -> Iterator[Operation]:
    """Yield a new column; where its rows get values of their own, in three steps."""
    fill = context.hints.backfill.get((table, name))
    if fill is None or column.nullable:
        yield AddColumn(table=table, name=name, new=column)
        return
    # Its default is for rows to come.
    bare = replace(column, nullable=True, not_null=None, default=None)
    yield AddColumn(table=table, name=name, new=bare)
    if column.default is not None:
        yield SetColumnDefault(table=table, name=name, old=None, new=column.default)
    yield from filled(table, name, fill, column.not_null)


def filled(
    table: Name, name: str, fill: str | None, not_null: str | None
) -> Iterator[Operation]:
    """Yield what makes a column NOT NULL."""
    if fill is not None:
        yield Backfill(table=table, name=name, new=fill)
    yield SetColumnNullable(
        table=table, name=name, old=True, new=False, not_null=not_null
    )


def changes(
    table: Name, name: str, one: Column, other: Column, context: Context
) -> Iterator[Operation]:
    """Yield the changes of a column that is on both sides."""
    if one.generated != other.generated:
        yield SetColumnGenerated(table=table, name=name, old=one, new=other)
        return
    key: dict[str, Any] = {"table": table, "name": name}
    retyped = (one.type, one.collation) != (other.type, other.collation)
    if retyped:
        yield retype(table, name, one, other, context)
    if one.default != other.default:
        swapped = enum_of(one) in context.swapped
        apart = retyped or swapped or is_counting(one.default)
        if apart and one.default is not None and other.default is not None:
            yield SetColumnDefault(**key, old=one.default, new=None)
            yield SetColumnDefault(**key, old=None, new=other.default)
        else:
            yield SetColumnDefault(**key, old=one.default, new=other.default)
    if one.nullable != other.nullable:
        if other.nullable:
            gone = one.not_null
            yield SetColumnNullable(**key, old=False, new=True, not_null=gone)
        else:
            fill = context.hints.backfill.get((table, name))
            yield from filled(table, name, fill, other.not_null)
    elif one.not_null != other.not_null:
        yield SetNotNullName(**key, old=one.not_null, new=other.not_null)
    if one.identity != other.identity:
        integer = other.type.name if other.identity else one.type.name
        yield SetColumnIdentity(
            **key, type=integer, old=one.identity, new=other.identity
        )
    yield from kept(table, name, one, other, retyped=retyped)
    if one.comment != other.comment:
        yield SetComment(
            kind="column", name=table, part=name, old=one.comment, new=other.comment
        )


def enum_of(column: Column) -> Name | None:
    """Return the enum that a column holds values of."""
    from gen_migration.postgres.names import Name

    if column.type.kind != "enum":
        return None
    return Name(column.type.schema, column.type.name)


def kept(
    table: Name, name: str, one: Column, other: Column, *, retyped: bool
) -> Iterator[Operation]:
    """Yield the changes of storage and compression; a change of type sets them back."""
    key: dict[str, Any] = {"table": table, "name": name}
    before, after = one.storage, other.storage
    if retyped and before is not None:
        yield SetColumnStorage(**key, type=one.type, old=before, new=None)
        before = None
    if before != after:
        yield SetColumnStorage(**key, type=other.type, old=before, new=after)
    packed, wanted = one.compression, other.compression
    if retyped and packed is not None:
        yield SetColumnCompression(**key, old=packed, new=None)
        packed = None
    if packed != wanted:
        yield SetColumnCompression(**key, old=packed, new=wanted)


def retype(
    table: Name, name: str, one: Column, other: Column, context: Context
) -> Operation:
    """Return the change of a column's type; ask where nobody can know how values change."""
    using = context.hints.using.get((table, name))
    before, after = base_of(context.old, one.type), base_of(context.new, other.type)
    if using is None:
        conversion = casts.conversion(before, after, name)
        if conversion.asked:
            context.ask.append(
                Question(table=table, column=name, old=one.type, new=other.type)
            )
        using = conversion.using
    return SetColumnType(
        table=table,
        name=name,
        old=Typing(one.type, one.collation),
        new=Typing(other.type, other.collation),
        using=using,
        undo=casts.backward(after, before, name, using),
    )
