"""Views for templates of what is created or dropped: plain strings, and calls (`calls.Call`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatch
from typing import TYPE_CHECKING, Any

from gen_migration.alembic_ops import write, write_constraints
from gen_migration.alembic_ops.calls import Call, call
from gen_migration.kinds import BY_WORD
from gen_migration.model.schema import Check, ForeignKey, PrimaryKey, Unique
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
from gen_migration.postgres.names import Name, quote_name
from gen_migration.sql import ddl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Column, Constraint, Own

View = Mapping[str, Any]


@singledispatch
def view(operation: Operation) -> View:
    """Return what the template of an operation prints."""
    raise TypeError(f"no view of {type(operation).__name__}")


def statements(*sql: str | None, call: Call | None = None) -> View:
    """Return what the default template prints: a call, then statements of SQL."""
    return {"call": call, "statements": [one for one in sql if one is not None]}


def commented(what: str, text: str | None) -> str | None:
    return None if text is None else ddl.comment(what, text)


@view.register
def _(operation: CreateObject) -> View:
    kind, name = BY_WORD[operation.kind], operation.name
    comment = commented(kind.sql(name), operation.new.comment)
    return statements(kind.create(name, operation.new), comment)


@view.register
def _(operation: DropObject) -> View:
    return statements(BY_WORD[operation.kind].drop(operation.name))


@view.register
def _(operation: SetSequenceOwner) -> View:
    owner = "NONE"
    if operation.new is not None:
        owner = f"{operation.new[0].sql}.{quote_name(operation.new[1])}"
    return statements(f"ALTER SEQUENCE {operation.name.sql} OWNED BY {owner}")


@view.register
def _(operation: CreateTable) -> View:
    name, table = operation.name, operation.new
    after = [
        statement
        for key, column in table.columns.items()
        for statement in column_statements(name, key, column)
    ]
    after += [
        statement
        for key, own in table.own.items()
        for statement in own_after(name, key, own)
    ]
    after += [
        ddl.comment(f"CONSTRAINT {quote_name(key)} ON {name.sql}", constraint.comment)
        for key, constraint in table.constraints.items()
        if constraint.comment is not None
    ]
    as_directive = write.table_is_directive(table)
    comments = [
        ddl.comment(what, comment)
        for what, comment in table_comments(operation)
        if not (as_directive and write.is_directive_comment(comment))
    ]
    after = [*comments, *after]
    if not as_directive:
        return {"statement": ddl.create_table(name, table), "after": after}
    if table.storage_parameters:
        # SQLAlchemy has no words for them before 2.1.
        parameters = ddl.parameters(table.storage_parameters)
        after.insert(0, f"ALTER TABLE {name.sql} SET ({parameters})")
    items: list[Call | None] = [
        write.column(key, column, table) for key, column in table.columns.items()
    ]
    items += [
        write_constraints.constraint(key, value)
        for key, value in table.constraints.items()
    ]
    return {
        "statement": None,
        "name": name.name,
        "items": items,
        "options": write.table_options(table, name),
        "after": after,
    }


def table_comments(operation: CreateTable) -> Iterator[tuple[str, str]]:
    """Yield what a table and its columns are called in SQL, with their comments."""
    name, table = operation.name, operation.new
    if table.comment is not None:
        yield f"TABLE {name.sql}", table.comment
    for key, column in table.columns.items():
        if column.comment is not None:
            yield f"COLUMN {name.sql}.{quote_name(key)}", column.comment


def column_statements(table: Name, name: str, column: Column) -> list[str]:
    """Return what neither SQLAlchemy nor PostgreSQL 14 can say in a column's definition."""
    start = f"ALTER TABLE {table.sql} ALTER COLUMN {quote_name(name)}"
    result = []
    if column.storage is not None:
        result.append(f"{start} SET STORAGE {column.storage.upper()}")
    if column.compression is not None:
        result.append(f"{start} SET COMPRESSION {column.compression}")
    return result


def own_after(table: Name, name: str, own: Own) -> Iterator[str]:
    """Yield what `CREATE TABLE … PARTITION OF` cannot say of what a column has of its own."""
    start = f"ALTER TABLE {table.sql} ALTER COLUMN {quote_name(name)}"
    if "storage" in own:
        yield f"{start} SET STORAGE {(own['storage'] or 'default').upper()}"
    if "compression" in own:
        yield f"{start} SET COMPRESSION {own['compression'] or 'default'}"
    if "comment" in own:
        yield ddl.comment(f"COLUMN {table.sql}.{quote_name(name)}", own["comment"])


@view.register
def _(operation: DropTable) -> View:
    name = operation.name
    return statements(call=Call("op.drop_table", (name.name,), write.schema_of(name)))


@view.register
def _(operation: CreateConstraint) -> View:
    table, name, value = operation.table, operation.name, operation.new
    directive = write_constraints.create_constraint(table, name, value)
    alter = f"ALTER TABLE {table.sql} ADD {ddl.constraint(name, value)}"
    comment = commented(f"CONSTRAINT {quote_name(name)} ON {table.sql}", value.comment)
    return statements(None if directive else alter, comment, call=directive)


def kind(value: Constraint) -> str:
    """Return Alembic's word for the kind of a constraint."""
    match value:
        case PrimaryKey():
            return "primary"
        case Unique():
            return "unique"
        case ForeignKey():
            return "foreignkey"
        case Check():
            return "check"
        case _:
            # Alembic has no word for exclusion constraints; it drops them as it does checks.
            return "check"


@view.register
def _(operation: DropConstraint) -> View:
    return statements(call=drop_constraint(operation))


def drop_constraint(operation: DropConstraint, **how: bool) -> Call:
    """Return `op.drop_constraint(…)`."""
    table = operation.table
    options = {"type_": kind(operation.old), **write.schema_of(table), **how}
    arguments = (call("op.f", operation.name), table.name)
    return Call("op.drop_constraint", arguments, options)


@view.register
def _(operation: CreateIndex) -> View:
    table, name, value = operation.table, operation.name, operation.new
    index = table._replace(name=name)  # an index lives in its table's schema
    comment = commented(f"INDEX {index.sql}", value.comment)
    return statements(comment, call=write.create_index(table, name, value))


@view.register
def _(operation: DropIndex) -> View:
    return statements(call=write.drop_index(operation.table, operation.name))
