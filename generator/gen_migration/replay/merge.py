"""Statements merged to one operation: clauses of one change, a creation and its comment.

What replay reads one statement at a time is put together again. Pure.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gen_migration.kinds import BY_WORD
from gen_migration.model.constraints import is_validation
from gen_migration.model.schema import Schema, Table
from gen_migration.operations.alterations import (
    AlterConstraint,
    AlterObject,
    SetComment,
    SetIndexStorage,
    SetInherited,
    SetTableStorage,
)
from gen_migration.operations.base import (
    CreateConstraint,
    CreateIndex,
    CreateObject,
    CreatePart,
    CreateTable,
    DropConstraint,
    Operation,
)
from gen_migration.operations.columns import (
    AddColumn,
    SetColumnCompression,
    SetColumnNullable,
    SetColumnStorage,
    SetColumnType,
    SetNotNullName,
)

CLAUSES = (AlterObject, SetColumnType, SetTableStorage, SetIndexStorage, SetInherited)
DECORATIONS = (
    SetComment,
    SetTableStorage,
    SetColumnStorage,
    SetColumnCompression,
    SetNotNullName,
)


def condensed(
    done: list[Operation], operation: Operation, after: Schema
) -> list[Operation]:
    """Return the operations with one more, joined with the last where the two are one.

    `after` is the schema that they lead to.
    """
    if not done:
        return [operation]
    last = done[-1]
    joined = None
    if isinstance(operation, CLAUSES):
        joined = continued(last, operation)
    if isinstance(operation, AlterConstraint):
        joined = validated(last, operation)
    if isinstance(operation, DropConstraint) and is_proof(done, operation):
        del done[-2]
        return done
    if joined is None and isinstance(operation, DECORATIONS):
        joined = decorated(last, operation, after)
    if joined is None:
        done.append(operation)
    else:
        done[-1] = joined
    return done


def continued(last: Any, operation: Any) -> Operation | None:
    """Return one change for two clauses of it; None where the last one is of something else."""
    if type(last) is not type(operation):
        return None
    joined = replace(last, new=operation.new)
    if isinstance(operation, SetColumnType) and (counts(last) or counts(operation)):
        joined = replace(joined, using=last.using or operation.using)
        operation = replace(operation, using=joined.using)
    if isinstance(operation, AlterObject):
        steps = BY_WORD[operation.kind].steps(last.old, operation.new)
        if len(list(steps)) > 1:
            return None
    same = replace(operation, old=last.old) == joined
    return joined if same else None


def counts(operation: SetColumnType) -> bool:
    """Tell whether an integer becomes serial, or the other way round: no value changes."""
    return operation.old.type.plain == operation.new.type.plain


def validated(last: Any, operation: AlterConstraint) -> Operation | None:
    """Return a constraint that is added and then validated as the one step that it is."""
    if (
        isinstance(last, CreateConstraint | AlterConstraint)
        and (last.table, last.name) == (operation.table, operation.name)
        and last.new == operation.old
        and is_validation(operation.old, operation.new)
    ):
        found: Operation = replace(last, new=operation.new)
        return found
    return None


def replaced(done: list[Operation]) -> list[Operation]:
    """Return the operations with a constraint that goes and comes last as the one change it is.

    Between the two, its parts came to the partitions.
    """
    match done[-2:]:
        case [
            DropConstraint(table=table, name=name, old=old),
            CreateConstraint(new=new) as last,
        ] if (last.table, last.name) == (table, name):
            return [
                *done[:-2],
                AlterConstraint(table=table, name=name, old=old, new=new),
            ]
    return done


def is_of_column(operation: Any) -> bool:
    """Tell whether a decoration is one of a column."""
    if isinstance(operation, SetComment):
        return operation.kind == "column"
    return not isinstance(operation, SetTableStorage)


def is_proof(done: list[Operation], operation: DropConstraint) -> bool:
    """Tell whether a check goes that only came to prove to PostgreSQL that no row holds NULL."""
    if not isinstance(done[-1], SetColumnNullable) or done[-1].table != operation.table:
        return False
    return done[-2:-1] == [operation.inverse()]


def decorated(last: Operation, operation: Any, after: Schema) -> Operation | None:
    """Return a creation with a comment or a storage that follows it; None where it is another's."""
    name = operation.name if isinstance(operation, SetComment) else operation.table
    match last:
        case CreateTable(name=table) if table == name:
            return decorated_table(last, operation, after)
        case AddColumn(table=table, name=column) if table == name:
            part = getattr(operation, "part", None) or getattr(operation, "name", None)
            if part != column or isinstance(operation, SetTableStorage):
                return None
            bare = Table(columns={column: last.new})
            held = operation.apply(Schema(tables={table: bare}))
            return replace(last, new=held.tables[table].columns[column])
        case SetColumnNullable(table=table, name=part, new=False) if table == name:
            if not isinstance(operation, SetNotNullName) or operation.name != part:
                return None
            return replace(last, not_null=operation.new)
        case CreatePart(table=table) | AlterConstraint(table=table) if table == name:
            return decorated_part(last, operation)
        case CreateObject() if isinstance(operation, SetComment):
            same = last.kind == operation.kind and last.name == name
            if not same or operation.part is not None:
                return None
            return replace(last, new=replace(last.new, comment=operation.new))
    return None


def decorated_table(
    last: CreateTable, operation: Any, after: Schema
) -> Operation | None:
    if getattr(operation, "kind", "") == "index":
        return None
    if last.new.partition_of is not None and is_of_column(operation):
        return replace(last, new=replace(last.new, own=after.tables[last.name].own))
    held = operation.apply(Schema(tables={last.name: last.new}))
    return replace(last, new=held.tables[last.name])


def decorated_part(last: Any, operation: Any) -> Operation | None:
    kind = "index" if isinstance(last, CreateIndex) else "constraint"
    if not isinstance(operation, SetComment) or operation.kind != kind:
        return None
    if operation.part != last.name:
        return None
    found: Operation = replace(last, new=replace(last.new, comment=operation.new))
    return found
