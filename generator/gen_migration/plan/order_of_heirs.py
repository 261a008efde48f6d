"""The order of changes of what tables have from others, and have themselves. Pure.

PostgreSQL takes nothing off a child that its parents have, and merges what comes to a parent with
what a child has already (manual, ALTER TABLE; `MergeAttributes` in tablecmds.c). So what goes does
so at the parent first, and what comes does so at the child first.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from gen_migration.model.given import Same, ancestry, heirs, is_flat, typed_tables
from gen_migration.model.schema import Check
from gen_migration.operations import every as op
from gen_migration.plan.order_of_origins import (
    MERGED,
    Part,
    has_column,
    is_declared,
    of_exchanges,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name


def of_heirs(
    operations: Sequence[op.Operation], old: Schema, new: Schema
) -> Iterator[tuple[int, int]]:
    """Yield pairs of positions, of which the first comes before the second."""
    if is_flat(Same(old.tables)) and is_flat(Same(new.tables)):
        return
    at: dict[Part, list[int]] = defaultdict(list)
    merged: dict[Part, list[int]] = defaultdict(list)
    gone = {part_of(one) for one in operations if isinstance(one, op.DropColumn)}
    for position, one in enumerate(operations):
        if (part := part_of(one)) is not None:
            at[part].append(position)
            is_merged = forbids(one, old) and part not in gone
            if is_merged or isinstance(one, MERGED):
                merged[part].append(position)
    yield from of_wholes(operations, old, new)
    yield from of_drops(operations)
    for position, one in enumerate(operations):
        for is_first, part in concerned(one, old, new):
            stays = isinstance(one, op.DropColumn) and has_column(new, part)
            every = isinstance(one, op.AlterObject) or stays
            for other in (at if every else merged)[part]:
                yield (position, other) if is_first else (other, position)
    yield from of_exchanges(operations, at, old)


def of_drops(operations: Sequence[op.Operation]) -> Iterator[tuple[int, int]]:
    """Yield pairs for columns that go: a table that is typed again needs them in their order."""
    dropped: dict[Name, list[int]] = defaultdict(list)
    for position, one in enumerate(operations):
        if isinstance(one, op.DropColumn):
            dropped[one.table].append(position)
    for positions in dropped.values():
        yield from pairwise(positions)


def of_wholes(
    operations: Sequence[op.Operation], old: Schema, new: Schema
) -> Iterator[tuple[int, int]]:
    """Yield pairs for children that come or go: not while a column of a parent changes."""
    changed: dict[Name, list[int]] = defaultdict(list)
    for position, one in enumerate(operations):
        if isinstance(one, op.AddColumn | op.DropColumn | op.OfColumn):
            changed[one.table].append(position)
    for position, one in enumerate(operations):
        match one:
            case op.CreateTable(name=name) if name in new.tables:
                for parent in ancestry(new, name):
                    yield from ((other, position) for other in changed[parent])
            case op.DropTable(name=name) if name in old.tables:
                for parent in ancestry(old, name):
                    yield from ((position, other) for other in changed[parent])


def forbids(operation: Any, old: Schema) -> bool:
    """Tell whether NULL is forbidden in a column that a table has itself before it is merged."""
    if not isinstance(operation, op.SetColumnNullable):
        return False
    table = old.tables.get(operation.table)
    return table is not None and operation.name in table.columns


def part_of(operation: Any) -> Part | None:
    """Return the column or the constraint that an operation is about."""
    match operation:
        case op.OfPart() | op.OfColumn() | op.AlterConstraint():
            return operation.table, operation.name
        case op.SetComment(name=name, part=str() as part):
            return name, part
    return None


def concerned(operation: Any, old: Schema, new: Schema) -> Iterator[tuple[bool, Part]]:
    """Yield what others have of what goes or comes; True where their changes come after it."""
    match operation:
        case op.DropColumn() | op.DropConstraint(old=Check()):
            yield from ((True, one) for one in below(operation, old, new))
        case op.AddColumn() | op.CreateConstraint(new=Check()):
            yield from ((False, one) for one in below(operation, old, new))
        case op.AlterObject(kind="composite type"):
            before, after = operation.old.attributes, operation.new.attributes
            for name in either(typed_tables, old, new, operation.name):
                for key in before.keys() ^ after.keys():
                    # What a table has otherwise of one that goes, goes first; what a child
                    # declares, one that comes is merged with.
                    there = is_declared(old if key in after else new, name, key)
                    yield there != (key in after), (name, key)


def below(operation: Any, old: Schema, new: Schema) -> Iterator[Part]:
    """Yield the same part in the tables that have it from this one."""
    for name in either(heirs, old, new, operation.table):
        yield name, operation.name


def either(
    find: Callable[[Schema, Name], list[Name]], old: Schema, new: Schema, name: Name
) -> dict[Name, None]:
    """Return what is found in one of two schemas, or in both."""
    return dict.fromkeys((*find(old, name), *find(new, name)))
