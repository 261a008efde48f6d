"""Statements merged to one operation: clauses of one change, a creation and its comment.

What replay reads one statement at a time is put together again. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.kinds import BY_WORD
from gen_migration.model import not_null_names
from gen_migration.model.constraints import is_validation
from gen_migration.model.schema import Schema, Table
from gen_migration.operations import every as op

if TYPE_CHECKING:
    from gen_migration.postgres.names import Name

CLAUSES = (
    op.AlterObject,
    op.SetColumnType,
    op.SetColumnIdentity,
    op.SetColumnDistinct,
    op.SetNotNullState,
    op.SetTableStorage,
    op.SetTableRowSecurity,
    op.SetIndexStorage,
    op.SetInherited,
    op.SetGrants,
)
DECORATIONS = (
    op.SetComment,
    op.SetIndexComment,
    op.SetOwner,
    op.SetGrants,
    op.SetTableStorage,
    op.SetTableRowSecurity,
    op.SetColumnStorage,
    op.SetColumnCompression,
    op.SetColumnAlone,
    op.SetNotNullName,
    op.SetNotNullState,
)

# What no `CREATE TABLE` says of columns that a child is given.
GIVEN = (op.SetColumnDefault, op.SetColumnNullable, op.SetColumnIdentity)


def condensed(
    done: list[op.Operation], operation: op.Operation, after: Schema
) -> list[op.Operation]:
    """Return the operations with one more, joined with the last where the two are one.

    `after` is the schema that they lead to.
    """
    if not done:
        return [operation]
    last = done[-1]
    joined = None
    if isinstance(operation, CLAUSES):
        joined = continued(last, operation)
    if isinstance(operation, op.AlterConstraint):
        joined = validated(last, operation)
    if isinstance(operation, op.DropConstraint) and is_proof(done, operation):
        del done[-2]
        return done
    if joined is None and isinstance(operation, op.AlterObject):
        joined = completed(last, operation)
    if isinstance(operation, op.DropObject):
        joined = let_go(last, operation)
    if joined is None and isinstance(operation, GIVEN):
        joined = of_heir(last, operation, after)
    if joined is None and (is_put_off(operation) or isinstance(operation, DECORATIONS)):
        joined = decorated(last, operation, after)
    if joined is None:
        done.append(operation)
    else:
        done[-1] = joined
    return done


def continued(last: Any, operation: Any) -> op.Operation | None:
    """Return one change for two clauses of it; None where the last one is of something else."""
    if type(last) is not type(operation):
        return None
    joined = replace(last, new=operation.new)
    if isinstance(operation, op.SetColumnType) and (counts(last) or counts(operation)):
        joined = replace(joined, using=last.using or operation.using)
        operation = replace(operation, using=joined.using)
    if isinstance(operation, op.SetColumnIdentity) and last.new is None:
        return None  # another identity than the one before
    if isinstance(operation, op.AlterObject):
        if (last.kind, last.name) != (operation.kind, operation.name):
            return None
        steps = BY_WORD[operation.kind].steps(last.old, operation.new)
        if len(list(steps)) > 1:
            return None
    same = replace(operation, old=last.old) == joined
    return joined if same else None


def completed(last: op.Operation, operation: op.AlterObject) -> op.Operation | None:
    """Return a creation with what its own statement could not say; None where it is no such."""
    kind, name = BY_WORD[operation.kind], operation.name
    match last:
        case op.CreateObject() if (last.kind, last.name) == (operation.kind, name):
            new = operation.apply(Schema().with_(last.kind, {name: last.new}))
            value = new.of(last.kind)[name]
            if [*kind.after(name, value)] != [*kind.after(name, last.new)]:
                return replace(last, new=value)
    return None


def let_go(last: op.Operation, operation: op.DropObject) -> op.Operation | None:
    """Return a drop with what its own statements have altered first; None where none have."""
    match last:
        case op.AlterObject() if (last.kind, last.name) == (
            operation.kind,
            operation.name,
        ):
            kind = BY_WORD[last.kind]
            if any(kind.before_drop(last.name, last.old)):
                schema = Schema().with_(last.kind, {last.name: operation.old})
                whole = last.inverse().apply(schema).of(last.kind)[last.name]
                return replace(operation, old=whole)
    return None


def counts(operation: op.SetColumnType) -> bool:
    """Tell whether an integer becomes serial, or the other way round: no value changes."""
    return operation.old.type.plain == operation.new.type.plain


def validated(last: Any, operation: op.AlterConstraint) -> op.Operation | None:
    """Return a constraint that is added and then validated as the one step that it is."""
    if (
        isinstance(last, op.CreateConstraint | op.AlterConstraint)
        and (last.table, last.name) == (operation.table, operation.name)
        and last.new == operation.old
        and is_validation(operation.old, operation.new)
    ):
        found: op.Operation = replace(last, new=operation.new)
        return found
    return None


def replaced(done: list[op.Operation]) -> list[op.Operation]:
    """Return the operations with a constraint that goes and comes last as the one change it is.

    Between the two, its parts came to the partitions.
    """
    match done[-2:]:
        case [
            op.DropConstraint(table=table, name=name, old=old),
            op.CreateConstraint(new=new) as last,
        ] if (last.table, last.name) == (table, name):
            return [
                *done[:-2],
                op.AlterConstraint(table=table, name=name, old=old, new=new),
            ]
    return done


def is_proof(done: list[op.Operation], operation: op.DropConstraint) -> bool:
    """Tell whether a check goes that only came to prove to PostgreSQL that no row holds NULL."""
    if (
        not isinstance(done[-1], op.SetColumnNullable)
        or done[-1].table != operation.table
    ):
        return False
    return done[-2:-1] == [operation.inverse()]


def decorated(last: op.Operation, operation: Any, after: Schema) -> op.Operation | None:
    """Return a creation with a comment or a storage that follows it; None where it is another's.

    What is created is put into a schema of its own, where the decoration finds it or not.
    """
    match last:
        case op.SetColumnNullable(new=False):
            place = getattr(operation, "table", None), getattr(operation, "name", None)
            same = (last.table, last.name) == place
            if same and isinstance(operation, op.SetNotNullName):
                return replace(last, not_null=operation.new)
            if same and isinstance(operation, op.SetNotNullState):
                name = last.not_null or operation.constraint
                return replace(last, state=operation.new, not_null=name)
            return None
        case op.CreateTable(name=name, new=new) if new.has_given and (
            is_of_column(operation, name)
        ):
            return with_columns(last, after)
        case op.CreateObject(kind=kind, name=name, new=new):
            bare = Schema().with_(kind, {name: new})
        case op.AddColumn() | op.CreatePart() | op.AlterConstraint():
            fields: dict[str, Any] = {
                "columns": {},
                last.mapping: {last.name: last.new},
            }
            bare = Schema(tables={last.table: Table(**fields)})
        case _:
            return None
    try:
        found = operation.apply(bare)
    except KeyError:
        return None
    if isinstance(last, op.OfPart):
        new = last.parts(found)[last.name]
    else:
        new = found.of(last.kind)[last.name]
    return None if new == last.new else replace(last, new=new)


def is_put_off(operation: op.Operation) -> bool:
    """Tell whether a NOT NULL is NOT VALID, which no definition of a column can say."""
    return isinstance(operation, op.SetColumnNullable) and not_null_names.is_put_off(
        operation.state
    )


def without_put_off(
    done: list[op.Operation], gone: op.SetColumnNullable
) -> list[op.Operation]:
    """Return operations without a NOT NULL that was NOT VALID, also in what it was joined with."""
    back = gone.inverse()
    found: list[op.Operation] = []
    for one in done:
        match one:
            case op.AddColumn(table=table, name=name, new=column) if (table, name) == (
                gone.table,
                gone.name,
            ) and column.not_null_state == gone.state:
                held = back.apply(Schema(tables={table: Table(columns={name: column})}))
                found.append(replace(one, new=held.tables[table].columns[name]))
            case op.CreateTable(name=gone.table, new=table) if gone.name in (
                {**table.own, **table.columns}
            ):
                held = back.apply(Schema(tables={gone.table: table}))
                found.append(replace(one, new=held.tables[gone.table]))
            case _ if one != gone:
                found.append(one)
    return found


def of_heir(last: op.Operation, operation: Any, after: Schema) -> op.CreateTable | None:
    """Return the creation of a child, with what it has otherwise of a column that it is given.

    One that it declares without a default would have its parent's.
    """
    match last:
        case op.CreateTable(name=name, new=new) if new.inherits:
            is_given = operation.name not in new.columns
            is_default = isinstance(operation, op.SetColumnDefault)
            if operation.table == name and (is_given or is_default):
                return with_columns(last, after)
    return None


def with_columns(last: op.CreateTable, after: Schema) -> op.CreateTable:
    """Return the creation of a table with its columns as they are after it."""
    held = after.tables[last.name]
    return replace(last, new=replace(last.new, own=held.own, columns=held.columns))


def is_of_column(operation: Any, table: Name) -> bool:
    """Tell whether a decoration is one of a column of a table."""
    if isinstance(operation, op.SetOwner | op.SetGrants):
        return False
    if isinstance(operation, op.SetComment):
        return operation.kind == "column" and operation.name == table
    return not isinstance(operation, op.SetTable) and operation.table == table
