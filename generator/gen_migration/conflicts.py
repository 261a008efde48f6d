"""Which operations have to keep their order: those that touch the same thing. Pure.

An operation that is not known here keeps its place among all others. To keep an order that
nothing asks for costs a revision more; to change one that something asks for costs the migration.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import field
from functools import singledispatch
from typing import TYPE_CHECKING, Any

from gen_migration.alterations import (
    AddEnumValue,
    AlterConstraint,
    AlterObject,
    ReplaceIndex,
    SetComment,
    SetIndexStorage,
    SetInherited,
    SetTableStorage,
)
from gen_migration.column_operations import (
    AddColumn,
    Backfill,
    DropColumn,
    SetColumn,
    SetColumnCompression,
    SetColumnDefault,
    SetColumnIdentity,
    SetColumnNullable,
    SetColumnStorage,
    SetColumnType,
    SetNotNullName,
)
from gen_migration.company import Together
from gen_migration.data_class import dataclass
from gen_migration.kinds import BY_WORD
from gen_migration.operations import (
    CreateConstraint,
    CreateIndex,
    CreateObject,
    CreateTable,
    DropConstraint,
    DropIndex,
    DropObject,
    DropTable,
    Operation,
    SetSequenceOwner,
)
from gen_migration.schema import Check, Exclude, ForeignKey, PrimaryKey, Unique

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

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


def before(
    operations: Sequence[Operation], parents: Mapping[Name, Name]
) -> list[set[int]]:
    """Return the positions of the operations that each one has to come after.

    `parents` are the tables that partitions belong to.
    """
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
        found.reads.update(inherited(found, parents))
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


def inherited(found: Touch, parents: Mapping[Name, Name]) -> set[Thing]:
    """Return the columns of the parents that columns of partitions are theirs of."""
    result: set[Thing] = set()
    for thing in (*found.reads, *found.writes) if parents else ():
        if thing[0] == "column":
            _, name, column = thing
            while name in parents:
                name = parents[name]
                result.add(("column", name, column))
    return result


@singledispatch
def touch(_: Operation) -> Touch | None:
    """Return what an operation touches; None where it may be anything."""
    return None


@touch.register
def _(operation: Together) -> Touch | None:
    found = [touch(one) for one in operation.operations]
    result = Touch()
    for one in found:
        if one is None:
            return None
        result.reads.update(one.reads)
        result.writes.update(one.writes)
    return result


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


def of_columns(kind: str, table: Name, names: Iterable[str]) -> set[Thing]:
    """Return one thing that columns have, beside what they are themselves."""
    return {(kind, table, name) for name in names}


def rows(found: Iterable[Thing]) -> set[Thing]:
    """Return the values in the columns of a set of things."""
    return {("rows", *thing[1:]) for thing in found if thing[0] == "column"}


def key(table: Name, names: Iterable[str]) -> Thing:
    """Return what foreign keys need of a table."""
    return ("key", table, frozenset(names))


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
        plain = [one.column for one in value.elements if one.column is not None]
        is_whole = value.where is None and len(plain) == len(value.elements)
        if value.unique and is_whole:
            result.writes.add(key(table, plain))
    return result


def filled(found: Touch) -> Touch:
    """Return what is touched by what comes to columns once they are filled."""
    return Touch(reads=found.reads | rows(found.reads), writes=found.writes)


@touch.register
def _(operation: CreateIndex) -> Touch:
    return filled(index(operation.table, operation.name, operation.new))


@touch.register
def _(operation: DropIndex) -> Touch:
    return index(operation.table, operation.name, operation.old)


@touch.register
def _(operation: ReplaceIndex) -> Touch:
    return filled(index(operation.table, operation.name, operation.old, operation.new))


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
                    {key(other, value.referred_columns)},
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
        if isinstance(value, PrimaryKey):
            result.reads.update(of_columns("null", table, value.columns))
            result.writes.add(("primary key", table))  # a table has one
        if isinstance(value, PrimaryKey | Unique):
            result.writes.add(key(table, value.columns))
        if isinstance(value, PrimaryKey | Unique | Exclude):
            result.writes.add(relation(table, name))
    return result


@touch.register
def _(operation: CreateConstraint) -> Touch:
    return filled(constraint(operation.table, operation.name, operation.new))


@touch.register
def _(operation: DropConstraint) -> Touch:
    found = constraint(operation.table, operation.name, operation.old)
    # What rows are filled with, one that goes may forbid; but none is unique by being filled.
    return found if isinstance(operation.old, PrimaryKey | Unique) else filled(found)


@touch.register
def _(operation: AlterConstraint) -> Touch:
    old, new = operation.old, operation.new
    return filled(constraint(operation.table, operation.name, old, new))


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
        if value.has_sequence:
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
    if isinstance(operation, SetColumnType):
        result.reads.add(TYPES)
        result.reads.update(expression(operation.table, operation.using))
    if counts(operation):
        result.writes.add(SEQUENCES)
    return result


def property_of(operation: SetColumn, kind: str, *others: str) -> Touch:
    """Return what changes one property of a column; what reads the column is as before.

    `others` are properties that have to be what they will be before it.
    """
    result = of_table(operation.table)
    result.reads.update(columns(operation.table, [operation.name]))
    for one in others:
        result.reads.update(of_columns(one, operation.table, [operation.name]))
    result.writes.update(of_columns(kind, operation.table, [operation.name]))
    if counts(operation):
        result.writes.add(SEQUENCES)
    return result


@touch.register
def _(operation: SetColumnDefault) -> Touch:
    result = property_of(operation, "default")
    result.reads.update(expression(operation.table, operation.old, operation.new))
    result.reads.add(TYPES)
    return result


@touch.register
def _(operation: SetColumnIdentity) -> Touch:
    return property_of(operation, "default", "null")


@touch.register
def _(operation: SetColumnNullable) -> Touch:
    result = property_of(operation, "null", "default", "rows")
    result.writes.update(not_null(operation.table, operation.not_null))
    return result


@touch.register
def _(operation: SetNotNullName) -> Touch:
    result = property_of(operation, "null")
    result.writes.update(not_null(operation.table, operation.old, operation.new))
    return result


@touch.register(SetColumnStorage)
@touch.register(SetColumnCompression)
def _(operation: Any) -> Touch:
    return property_of(operation, "storage")


def counts(operation: SetColumn) -> bool:
    """Tell whether a column takes its values from a sequence, before or after."""
    match operation:
        case SetColumnIdentity():
            return True
        case SetColumnDefault(old=old, new=new):
            return COUNTING.search(f"{old} {new}") is not None
        case SetColumnType(old=old, new=new):
            return old.type.is_serial or new.type.is_serial
    return False


@touch.register
def _(operation: Backfill) -> Touch:
    table, name = operation.table, operation.name
    found = expression(table, operation.new)
    result = of_table(table, found, rows(found), columns(table, [name]))
    # Before it, new rows get a value by themselves.
    result.reads.update(of_columns("default", table, [name]))
    result.writes.update(of_columns("rows", table, [name]))
    return result


def table(name: Name, value: Any) -> Touch:
    """Return what a table touches that comes or goes, with all that is in it."""
    result = of_table(name)
    result.reads.add(TYPES)
    result.writes.update({("table", name), relation(name, name.name)})
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


@touch.register(CreateObject)
@touch.register(DropObject)
@touch.register(AlterObject)
@touch.register(AddEnumValue)
def _(operation: Any) -> Touch | None:
    kind = BY_WORD[getattr(operation, "kind", "enum")]
    writes = kind.writes(operation.name)
    if writes is None:
        return None
    reads = {("schema", operation.name.schema)} if kind.in_schema else set()
    return Touch(reads=reads, writes=writes)


@touch.register
def _(operation: SetSequenceOwner) -> Touch:
    result = Touch(reads={("schema", operation.name.schema)}, writes={SEQUENCES})
    for owner in (operation.old, operation.new):
        if owner is not None:
            result.reads.update(of_table(owner[0]).reads, columns(owner[0], [owner[1]]))
    return result


@touch.register
def _(operation: SetInherited) -> Touch:
    table, above, name = operation.table, operation.above, operation.name
    whole = {relation(above, name), ("constraint", above, name)}
    result = of_table(table, of_table(above).reads, whole)
    result.writes.add(("inherited", table, name))
    for one in (operation.old, operation.new):
        if one is not None and one.name is not None:
            result.writes.add(relation(table, one.name))
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
