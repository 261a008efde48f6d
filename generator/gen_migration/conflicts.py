"""Which operations have to keep their order: those that touch the same thing. Pure.

An operation that is not known here keeps its place among all others. To keep an order that
nothing asks for costs a revision more; to change one that something asks for costs the migration.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import singledispatch
from typing import TYPE_CHECKING, Any

from gen_migration.alterations import (
    AddEnumValue,
    AlterConstraint,
    AlterSequence,
    ReplaceIndex,
    SetComment,
    SetIndexStorage,
    SetSequenceUnlogged,
    SetTableStorage,
)
from gen_migration.column_operations import (
    AddColumn,
    Backfill,
    DropColumn,
    SetColumn,
    SetColumnDefault,
    SetColumnIdentity,
    SetColumnNullable,
    SetColumnType,
    SetNotNullName,
)
from gen_migration.operations import (
    CreateConstraint,
    CreateEnum,
    CreateIndex,
    CreateSchema,
    CreateSequence,
    CreateTable,
    DropConstraint,
    DropEnum,
    DropIndex,
    DropSchema,
    DropSequence,
    DropTable,
    Operation,
    SetSequenceOwner,
)
from gen_migration.schema import Check, Exclude, ForeignKey, PrimaryKey, Unique
from gen_migration.type_names import SERIAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gen_migration.schema import Column, Constraint, Element, Index
    from gen_migration.sql import Name

Thing = tuple[Any, ...]
TYPES: Thing = ("types",)  # of all enums: an expression may name any
SEQUENCES: Thing = ("sequences",)


@dataclass(frozen=True, slots=True)
class Touch:
    """What an operation reads, and what it changes."""

    reads: set[Thing] = field(default_factory=set)
    writes: set[Thing] = field(default_factory=set)


def before(operations: Sequence[Operation]) -> list[set[int]]:
    """Return the positions of the operations that each one has to come after."""
    result: list[set[int]] = []
    writer: dict[Thing, int] = {}
    readers: dict[Thing, list[int]] = defaultdict(list)
    barrier = -1
    for position, operation in enumerate(operations):
        found = touch(operation)
        if found is None:
            result.append(set(range(barrier + 1, position)) | {barrier} - {-1})
            barrier = position
            writer.clear()
            readers.clear()
            continue
        needs = {barrier} - {-1}
        for thing in found.reads | found.writes:
            if thing in writer:
                needs.add(writer[thing])
        for thing in found.writes:
            needs.update(readers.pop(thing, ()))
            writer[thing] = position
        for thing in found.reads:
            readers[thing].append(position)
        result.append(needs - {position})
    return result


@singledispatch
def touch(_: Operation) -> Touch | None:
    """Return what an operation touches; None where it may be anything."""
    return None


def of_table(table: Name, *reads: Iterable[Thing]) -> Touch:
    """Return what all operations on a table read."""
    start = {("table", table), ("schema", table.schema)}
    return Touch(reads=start.union(*reads))


def relation(table: Name, name: str) -> Thing:
    return ("relation", table.schema, name)


def columns(table: Name, names: Iterable[str]) -> set[Thing]:
    return {("column", table, name) for name in names}


def expression(table: Name, *texts: str | None) -> set[Thing]:
    """Return what SQL may read: columns of its table, types, sequences."""
    found: set[Thing] = set()
    for text in texts:
        if text is not None:
            from gen_migration.expressions import columns_of

            found |= columns(table, columns_of(text)) | {TYPES}
            found |= {SEQUENCES} if COUNTING.search(text) else set()
    return found


COUNTING = re.compile(r"\b(nextval|currval|setval|lastval)\b", re.IGNORECASE)


def elements(table: Name, values: Iterable[Element]) -> set[Thing]:
    found: set[Thing] = set()
    for one in values:
        found |= expression(table, one.expression)
        found |= columns(table, [one.column] if one.column else [])
    return found


def index(table: Name, name: str, *values: Index) -> Touch:
    """Return what an index touches, or two of one name."""
    result = of_table(table)
    result.writes.add(relation(table, name))
    for value in values:
        result.reads.update(
            elements(table, value.elements),
            expression(table, value.where),
            columns(table, value.include),
        )
        if value.unique:
            result.writes.add(("keys", table))
    return result


@touch.register
def _(operation: CreateIndex) -> Touch:
    return index(operation.table, operation.name, operation.new)


@touch.register
def _(operation: DropIndex) -> Touch:
    return index(operation.table, operation.name, operation.old)


@touch.register
def _(operation: ReplaceIndex) -> Touch:
    return index(operation.table, operation.name, operation.old, operation.new)


def constraint(table: Name, name: str, *values: Constraint) -> Touch:
    """Return what a constraint touches, or two of one name."""
    result = of_table(table)
    result.writes.add(("constraint", table, name))
    for value in values:
        match value:
            case Check():
                result.reads.update(expression(table, value.expression))
            case ForeignKey():
                other = value.referred_table
                result.reads.update(
                    columns(table, value.columns),
                    columns(other, value.referred_columns),
                    of_table(other).reads,
                    {("keys", other)},
                )
            case PrimaryKey() | Unique():
                result.reads.update(columns(table, (*value.columns, *value.include)))
            case Exclude():
                parts = [one.element for one in value.elements]
                result.reads.update(
                    elements(table, parts),
                    expression(table, value.where),
                    columns(table, value.include),
                )
        if isinstance(value, PrimaryKey | Unique | Exclude):
            result.writes.update({("keys", table), relation(table, name)})
    return result


@touch.register
def _(operation: CreateConstraint) -> Touch:
    return constraint(operation.table, operation.name, operation.new)


@touch.register
def _(operation: DropConstraint) -> Touch:
    return constraint(operation.table, operation.name, operation.old)


@touch.register
def _(operation: AlterConstraint) -> Touch:
    return constraint(operation.table, operation.name, operation.old, operation.new)


def column(table: Name, name: str, *values: Column) -> Touch:
    """Return what a column touches that comes, goes or changes."""
    result = of_table(table)
    result.writes.update(columns(table, [name]))
    for value in values:
        result.reads.add(TYPES)
        result.reads.update(expression(table, value.default))
        result.writes.update(not_null(table, value.not_null))
        if value.generated is not None:
            result.reads.update(expression(table, value.generated.expression))
        if value.identity is not None or value.type.name in SERIAL:
            result.writes.add(SEQUENCES)
    return result


def not_null(table: Name, *names: str | None) -> set[Thing]:
    """Return what a NOT NULL touches by its name: it is a constraint as others are."""
    return {("constraint", table, name) for name in names if name is not None}


@touch.register
def _(operation: AddColumn) -> Touch:
    return column(operation.table, operation.name, operation.new)


@touch.register
def _(operation: DropColumn) -> Touch:
    return column(operation.table, operation.name, operation.old)


@touch.register
def _(operation: SetColumn) -> Touch:
    result = column(operation.table, operation.name)
    if isinstance(operation, SetColumnType | SetColumnDefault):
        result.reads.add(TYPES)
    if counts(operation):
        result.writes.add(SEQUENCES)
    if isinstance(operation, SetColumnNullable):
        result.writes.update(not_null(operation.table, operation.not_null))
    if isinstance(operation, SetNotNullName):
        result.writes.update(not_null(operation.table, operation.old, operation.new))
    if isinstance(operation, SetColumnType):
        result.reads.update(expression(operation.table, operation.using))
    return result


def counts(operation: SetColumn) -> bool:
    """Tell whether a column takes its values from a sequence, before or after."""
    match operation:
        case SetColumnIdentity():
            return True
        case SetColumnDefault(old=old, new=new):
            return COUNTING.search(f"{old} {new}") is not None
        case SetColumnType(old=old, new=new):
            return any(one.type.name in SERIAL for one in (old, new))
    return False


@touch.register
def _(operation: Backfill) -> Touch:
    result = column(operation.table, operation.name)
    result.reads.update(expression(operation.table, operation.new))
    return result


def table(name: Name, value: Any) -> Touch:
    """Return what a table touches that comes or goes, with all that is in it."""
    result = of_table(name)
    result.reads.add(TYPES)
    result.writes.update({("table", name), ("keys", name), relation(name, name.name)})
    result.writes.update(columns(name, value.columns), {SEQUENCES})
    for key, one in value.constraints.items():
        found = constraint(name, key, one)
        result.reads.update(found.reads)
        result.writes.update(found.writes)
    if value.partition_of is not None:
        result.writes.add(("table", value.partition_of.parent))
    return result


@touch.register
def _(operation: CreateTable) -> Touch:
    return table(operation.name, operation.new)


@touch.register
def _(operation: DropTable) -> Touch:
    return table(operation.name, operation.old)


@touch.register(CreateSchema)
@touch.register(DropSchema)
def _(operation: Any) -> Touch:
    return Touch(writes={("schema", operation.name)})


@touch.register(CreateEnum)
@touch.register(DropEnum)
@touch.register(AddEnumValue)
def _(operation: Any) -> Touch:
    return Touch(reads={("schema", operation.name.schema)}, writes={TYPES})


@touch.register(CreateSequence)
@touch.register(DropSequence)
@touch.register(AlterSequence)
@touch.register(SetSequenceUnlogged)
def _(operation: Any) -> Touch:
    name = operation.name
    return Touch(
        reads={("schema", name.schema)}, writes={SEQUENCES, relation(name, name.name)}
    )


@touch.register
def _(operation: SetSequenceOwner) -> Touch:
    result = Touch(reads={("schema", operation.name.schema)}, writes={SEQUENCES})
    for owner in (operation.old, operation.new):
        if owner is not None:
            result.reads.update(of_table(owner[0]).reads, columns(owner[0], [owner[1]]))
    return result


@touch.register
def _(operation: SetTableStorage) -> Touch:
    result = of_table(operation.table)
    result.writes.add(("storage", operation.table))
    return result


@touch.register
def _(operation: SetIndexStorage) -> Touch:
    result = of_table(operation.table)
    result.writes.add(relation(operation.table, operation.name))
    return result


@touch.register
def _(operation: SetComment) -> Touch | None:
    if operation.kind not in {"table", "column", "constraint", "index"}:
        return None
    name, part = operation.name, operation.part
    result = of_table(name)
    if part is not None:
        result.reads.update(
            {("column", name, part), ("constraint", name, part), relation(name, part)}
        )
    result.writes.add(("comment", operation.kind, name, part))
    return result
