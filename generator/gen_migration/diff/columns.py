"""Differences between the columns of two tables."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.diff.composite_values import rebuilding
from gen_migration.kinds import base_of
from gen_migration.model import casts
from gen_migration.model.not_null_names import called, numbered_name
from gen_migration.model.schema import Schema
from gen_migration.model.sequences import is_counting
from gen_migration.operations import columns as col
from gen_migration.operations.alterations import SetComment
from gen_migration.operations.rows import Backfill

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.hints import Hints
    from gen_migration.model.schema import Column, Table
    from gen_migration.operations.base import Operation
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A change of type whose values PostgreSQL cannot make by itself: the spec has to say how.

    `example` is how it may be said, where that is known.
    """

    table: Name
    column: str
    old: Type
    new: Type
    example: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A change of an object that cannot be made while others use it, and what to do instead."""

    kind: str
    name: Any
    instead: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the columns of all tables have in common; questions are added to `ask`."""

    hints: Hints
    old: Schema = field(default_factory=Schema)
    new: Schema = field(default_factory=Schema)
    swapped: frozenset[Name] = frozenset()
    ask: list[Question] = field(default_factory=list)


# Values that a partition may have otherwise than its parent.
VALUES: tuple[type[col.SetColumn], ...] = (
    col.SetColumnDefault,
    col.SetColumnStorage,
    col.SetColumnCompression,
)


def columns(
    table: Name, old: Table, new: Table, context: Context
) -> Iterator[Operation]:
    """Yield the changes of a table's columns."""
    if old.columns == new.columns:
        return
    before = dict(old.columns)
    for name, taken, instead in names_for_others(context.old, table, old, new):
        wanted = new.columns.get(name)
        if wanted is not None and not wanted.nullable and not wanted.not_null_state:
            # While it has a name.
            yield from not_null_state((table, name), taken or "", before[name], wanted)
            before[name] = replace(before[name], not_null_state=None)
        yield col.SetNotNullName(table=table, name=name, old=taken, new=instead)
        before[name] = replace(before[name], not_null=instead)
    for name, column in before.items():
        wanted = new.columns.get(name)
        if wanted is not None and wanted != column:
            yield from changes(table, name, column, wanted, context)
    # The last one first, so that a downgrade adds them in their order.
    for name, column in reversed(list(before.items())):
        if name not in new.columns:
            yield col.DropColumn(table=table, name=name, old=column)
    for name, column in new.columns.items():
        if name not in old.columns:
            yield from added(table, name, column, context)


def names_for_others(
    schema: Schema, table: Name, old: Table, new: Table
) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield the columns whose name of NOT NULL another column gets, that name, and one instead.

    None is the name that PostgreSQL chooses: where that is the one, what has it goes on with a
    number.
    """
    wanted = {
        one.not_null: key
        for key, one in new.columns.items()
        if one.not_null is not None
    }
    for name, column in old.columns.items() if wanted else ():
        taken = called(schema, table, name, column)
        if column.nullable or wanted.get(taken, name) == name:
            continue
        if column.not_null is not None:
            yield name, taken, None
        elif name not in new.columns or new.columns[name].not_null is not None:
            others = {*wanted, *old.constraints, *new.constraints}
            yield name, None, numbered_name(table.name, name, others)


def added(
    table: Name, name: str, column: Column, context: Context
) -> Iterator[Operation]:
    """Yield a new column; where its rows get values of their own, in three steps."""
    fill = context.hints.backfill.get((table, name))
    if fill is None or column.nullable:
        yield col.AddColumn(table=table, name=name, new=column)
        return
    # Its default is for rows to come.
    bare = replace(with_null(column), default=None)
    yield col.AddColumn(table=table, name=name, new=bare)
    if column.default is not None:
        yield col.SetColumnDefault(table=table, name=name, old=None, new=column.default)
    yield from filled(table, name, fill, column)


def with_null(column: Column) -> Column:
    """Return a column that may hold NULL."""
    return replace(column, nullable=True, not_null=None, not_null_state=None)


def forbidden(table: Name, name: str, column: Column) -> col.SetColumnNullable:
    """Return what makes a column NOT NULL."""
    return col.SetColumnNullable(
        table=table,
        name=name,
        old=True,
        new=False,
        not_null=column.not_null,
        state=column.not_null_state,
    )


def filled(
    table: Name, name: str, fill: str | None, column: Column
) -> Iterator[Operation]:
    """Yield what makes a column NOT NULL."""
    if fill is not None:
        yield Backfill(table=table, name=name, new=fill)
    yield forbidden(table, name, column)


def named(place: tuple[Name, str], old: Column, new: Column) -> Iterator[Operation]:
    """Yield what changes of a NOT NULL that stays; what is not plain has a name meanwhile."""
    held, wanted = old.not_null, new.not_null
    is_plain = new.not_null_state is None
    if is_plain:
        yield from not_null_state(place, held or "", old, new)
    if held != wanted:
        yield col.SetNotNullName(table=place[0], name=place[1], old=held, new=wanted)
    if not is_plain:
        yield from not_null_state(place, wanted or "", old, new)


def not_null_state(
    place: tuple[Name, str], constraint: str, old: Column, new: Column
) -> Iterator[Operation]:
    """Yield the change of a NOT NULL that has this name meanwhile."""
    before, after = old.not_null_state, new.not_null_state
    if before != after:
        yield col.SetNotNullState(
            table=place[0], name=place[1], constraint=constraint, old=before, new=after
        )


def value(
    kind: type[col.SetColumn],
    place: tuple[Name, str],
    of: Type,
    old: Any,
    new: Any,
    *,
    only: bool = False,
) -> Operation:
    """Return what gives one property of a column of this type another value."""
    more: dict[str, Any] = {}
    if issubclass(kind, col.SetColumnOnly):
        more["only"] = only
    if kind is col.SetColumnStorage:
        more["type"] = of
    return kind(table=place[0], name=place[1], old=old, new=new, **more)


def changes(
    table: Name, name: str, old: Column, new: Column, context: Context
) -> Iterator[Operation]:
    """Yield the changes of a column that is on both sides."""
    if old.generated != new.generated:
        yield col.SetColumnGenerated(table=table, name=name, old=old, new=new)
        return
    key: dict[str, Any] = {"table": table, "name": name}
    retyped = (old.type, old.collation) != (new.type, new.collation)
    if retyped:
        yield retype(table, name, old, new, context)
    if old.default != new.default:
        swapped = enum_of(old) in context.swapped
        apart = retyped or swapped or is_counting(old.default)
        apart = apart and new.default is not None
        yield from changed(col.SetColumnDefault, (table, name), old, new, apart=apart)
    if old.nullable != new.nullable:
        if new.nullable:
            yield forbidden(table, name, old).inverse()
        else:
            fill = context.hints.backfill.get((table, name))
            yield from filled(table, name, fill, new)
    else:
        yield from named((table, name), old, new)
    if old.identity != new.identity:
        # A largest value that shrinks does so before the type, which it has to fit.
        before = new.identity is None or (
            old.identity is not None
            and new.identity.options.maximum < old.identity.options.maximum
        )
        yield col.SetColumnIdentity(
            **key,
            type=(old if before else new).type.name,
            old=old.identity,
            new=new.identity,
        )
    # A change of type sets them back.
    for kind in (col.SetColumnStorage, col.SetColumnCompression):
        yield from changed(kind, (table, name), old, new, apart=retyped)
    yield from alone((table, name), old, new)
    yield from comments("column", table, name, old, new)


def alone(place: tuple[Name, str], old: Column, new: Column) -> Iterator[Operation]:
    """Yield the changes of what no partition has of its parent."""
    yield from changed(col.SetColumnStatisticsTarget, place, old, new, apart=False)
    before, after = col.Distinct.of(old), col.Distinct.of(new)
    if before != after:
        yield value(col.SetColumnDistinct, place, new.type, before, after)


def changed(
    kind: type[col.SetColumn],
    place: tuple[Name, str],
    old: Column,
    new: Column,
    *,
    apart: bool,
) -> Iterator[Operation]:
    """Yield the change of a property; `apart`, the old value goes before the new one comes."""
    before, after = getattr(old, kind.field), getattr(new, kind.field)
    if apart and before is not None:
        yield value(kind, place, old.type, before, None)
        before = None
    if before != after:
        yield value(kind, place, new.type, before, after)


def comments(
    kind: str, name: Any, part: str | None, old: Any, new: Any
) -> Iterator[Operation]:
    """Yield the change of a comment."""
    if old.comment != new.comment:
        yield SetComment(
            kind=kind, name=name, part=part, old=old.comment, new=new.comment
        )


def enum_of(column: Column) -> Name | None:
    """Return the enum that a column holds values of."""
    from gen_migration.postgres.names import Name

    if column.type.kind != "enum":
        return None
    return Name(column.type.schema, column.type.name)


def retype(
    table: Name, name: str, old: Column, new: Column, context: Context
) -> Operation:
    """Return the change of a column's type; ask where nobody can know how values change."""
    using = context.hints.using.get((table, name))
    before, after = base_of(context.old, old.type), base_of(context.new, new.type)
    if using is None:
        conversion = casts.conversion(before, after, name)
        if conversion.asked:
            example = rebuilding(context.old, context.new, name, before, after)
            context.ask.append(
                Question(
                    table=table,
                    column=name,
                    old=old.type,
                    new=new.type,
                    example=example,
                )
            )
        using = conversion.using
    return col.SetColumnType(
        table=table,
        name=name,
        old=col.Typing(old.type, old.collation),
        new=col.Typing(new.type, new.collation),
        using=using,
        undo=rebuilding(context.new, context.old, name, after, before)
        or casts.backward(after, before, name, using),
    )
