"""Operations that have to keep their order, since they touch the same thing. Pure.

An operation that is not known here keeps its place among all others. To keep an order that
nothing asks for costs a revision more; to change one that something asks for costs the migration.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import field
from functools import singledispatch
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.kinds import BY_WORD
from gen_migration.model.schema import Check, Exclude, ForeignKey, PrimaryKey, Unique
from gen_migration.operations.alterations import (
    AddEnumValue,
    AlterConstraint,
    AlterObject,
    ReplaceIndex,
    SetComment,
    SetIndexStorage,
    SetInherited,
    SetTableStorage,
)
from gen_migration.operations.base import (
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
from gen_migration.operations.columns import (
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
from gen_migration.plan.together import Together

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gen_migration.model.schema import Column, Constraint, Element, Index
    from gen_migration.postgres.names import Name

Thing = tuple[Any, ...]
TYPES: Thing = ("types", None)  # an expression may name any
SEQUENCES: Thing = ("relations", None)


@dataclass(frozen=True, slots=True)
class Accesses:
    """What an operation reads, and what it changes."""

    reads: set[Thing] = field(default_factory=set)
    writes: set[Thing] = field(default_factory=set)


def predecessors(
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
        found = accesses(operation)
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


def inherited(found: Accesses, parents: Mapping[Name, Name]) -> set[Thing]:
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
def accesses(_: Operation) -> Accesses | None:
    """Return what an operation touches; None where it may be anything."""
    return None


@accesses.register
def _(operation: Together) -> Accesses | None:
    found = [accesses(one) for one in operation.operations]
    result = Accesses()
    for one in found:
        if one is None:
            return None
        result.reads.update(one.reads)
        result.writes.update(one.writes)
    return result


def of_table(table: Name, *reads: Iterable[Thing]) -> Accesses:
    """Return what all operations on a table read."""
    start = {("table", table), ("schema", table.schema)}
    return Accesses(reads=start.union(*reads))


def relation(table: Name, name: str) -> Thing:
    return ("relation", table.schema, name)


def columns(table: Name, names: Iterable[str]) -> set[Thing]:
    return {("column", table, name) for name in names}


def expression(table: Name, *texts: str | None) -> set[Thing]:
    """Return what SQL may read: columns of its table, types, sequences."""
    found: set[Thing] = set()
    for text in texts:
        if text is not None:
            from gen_migration.postgres.names_in import names_in

            found |= columns(table, names_in(text).columns) | {TYPES}
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


def index(table: Name, name: str, *values: Index) -> Accesses:
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


def filled(found: Accesses) -> Accesses:
    """Return what is touched by what comes to columns once they are filled."""
    return Accesses(reads=found.reads | rows(found.reads), writes=found.writes)


@accesses.register
def _(operation: CreateIndex) -> Accesses:
    return filled(index(operation.table, operation.name, operation.new))


@accesses.register
def _(operation: DropIndex) -> Accesses:
    return index(operation.table, operation.name, operation.old)


@accesses.register
def _(operation: ReplaceIndex) -> Accesses:
    return filled(index(operation.table, operation.name, operation.old, operation.new))


def constraint(table: Name, name: str, *values: Constraint) -> Accesses:
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


@accesses.register
def _(operation: CreateConstraint) -> Accesses:
    return filled(constraint(operation.table, operation.name, operation.new))


@accesses.register
def _(operation: DropConstraint) -> Accesses:
    found = constraint(operation.table, operation.name, operation.old)
    # What rows are filled with, one that goes may forbid; but none is unique by being filled.
    return found if isinstance(operation.old, PrimaryKey | Unique) else filled(found)


@accesses.register
def _(operation: AlterConstraint) -> Accesses:
    old, new = operation.old, operation.new
    return filled(constraint(operation.table, operation.name, old, new))


def column(table: Name, name: str, *values: Column) -> Accesses:
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


@accesses.register
def _(operation: AddColumn) -> Accesses:
    return column(operation.table, operation.name, operation.new)


@accesses.register
def _(operation: DropColumn) -> Accesses:
    return column(operation.table, operation.name, operation.old)


@accesses.register
def _(operation: SetColumn) -> Accesses:
    result = column(operation.table, operation.name)
    if isinstance(operation, SetColumnType):
        result.reads.add(TYPES)
        result.reads.update(expression(operation.table, operation.using))
    if counts(operation):
        result.writes.add(SEQUENCES)
    return result


def property_of(operation: SetColumn, kind: str, *others: str) -> Accesses:
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


@accesses.register
def _(operation: SetColumnDefault) -> Accesses:
    result = property_of(operation, "default")
    result.reads.update(expression(operation.table, operation.old, operation.new))
    result.reads.add(TYPES)
    return result


@accesses.register
def _(operation: SetColumnIdentity) -> Accesses:
    return property_of(operation, "default", "null")


@accesses.register
def _(operation: SetColumnNullable) -> Accesses:
    result = property_of(operation, "null", "default", "rows")
    result.writes.update(not_null(operation.table, operation.not_null))
    return result


@accesses.register
def _(operation: SetNotNullName) -> Accesses:
    result = property_of(operation, "null")
    result.writes.update(not_null(operation.table, operation.old, operation.new))
    return result


@accesses.register(SetColumnStorage)
@accesses.register(SetColumnCompression)
def _(operation: Any) -> Accesses:
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


@accesses.register
def _(operation: Backfill) -> Accesses:
    table, name = operation.table, operation.name
    found = expression(table, operation.new)
    result = of_table(table, found, rows(found), columns(table, [name]))
    # Before it, new rows get a value by themselves.
    result.reads.update(of_columns("default", table, [name]))
    result.writes.update(of_columns("rows", table, [name]))
    return result


def table(name: Name, value: Any) -> Accesses:
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


@accesses.register
def _(operation: CreateTable) -> Accesses:
    return table(operation.name, operation.new)


@accesses.register
def _(operation: DropTable) -> Accesses:
    return table(operation.name, operation.old)


@accesses.register(CreateObject)
@accesses.register(DropObject)
@accesses.register(AlterObject)
@accesses.register(AddEnumValue)
def _(operation: Any) -> Accesses | None:
    kind = BY_WORD[getattr(operation, "kind", "enum")]
    writes = kind.writes(operation.name)
    if writes is None:
        return None
    reads = {("schema", operation.name.schema)} if kind.in_schema else set()
    return Accesses(reads=reads, writes=writes)


@accesses.register
def _(operation: SetSequenceOwner) -> Accesses:
    result = Accesses(reads={("schema", operation.name.schema)}, writes={SEQUENCES})
    for owner in (operation.old, operation.new):
        if owner is not None:
            result.reads.update(of_table(owner[0]).reads, columns(owner[0], [owner[1]]))
    return result


@accesses.register
def _(operation: SetInherited) -> Accesses:
    table, above, name = operation.table, operation.above, operation.name
    whole = {relation(above, name), ("constraint", above, name)}
    result = of_table(table, of_table(above).reads, whole)
    result.writes.add(("inherited", table, name))
    for one in (operation.old, operation.new):
        if one is not None and one.name is not None:
            result.writes.add(relation(table, one.name))
    return result


@accesses.register
def _(operation: SetTableStorage) -> Accesses:
    result = of_table(operation.table)
    result.writes.add(("storage", operation.table))
    return result


@accesses.register
def _(operation: SetIndexStorage) -> Accesses:
    result = of_table(operation.table)
    result.writes.add(relation(operation.table, operation.name))
    return result


@accesses.register
def _(operation: SetComment) -> Accesses | None:
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
