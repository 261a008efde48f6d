"""The plain statements of what is created or dropped: directives of Alembic's, and SQL."""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatch
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from gen_migration.alembic_ops import write, write_comments, write_constraints
from gen_migration.alembic_ops.calls import Call, Lines, call
from gen_migration.kinds import BY_WORD
from gen_migration.model.schema import ForeignKey, Indexed, PrimaryKey, Unique
from gen_migration.operations import every as op
from gen_migration.postgres.names import Name, quote_name
from gen_migration.render.helpers import STATEMENTS
from gen_migration.sql import ddl, only_indexes, row_security
from gen_migration.sql.blocks import Block

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import (
        Column,
        Constraint,
        NotNullState,
        Own,
        Table,
    )

# A directive, or SQL.
Part = Call | str
Parts = Iterable[Part]


@singledispatch
def plain(operation: op.Operation) -> Parts:
    """Yield the plain statements of an operation, which run in one transaction with others."""
    raise TypeError(f"no plain statements of {type(operation).__name__}")


def commented(what: str, text: str | None) -> Iterator[str]:
    """Yield what sets the comment of an object that is new, where it has one."""
    if text is not None:
        yield ddl.comment(what, text)


def as_part(value: str | Block) -> Part:
    """Return SQL, or what runs a block of it."""
    if isinstance(value, str):
        return value
    listed = [*map(Lines, value.statements)]
    said = {key: texts_of(one) for key, one in value.said.items()}
    return Call(STATEMENTS, (listed,), said)


def texts_of(value: Any) -> Any:
    """Return several texts as a list of literals, line by line."""
    return [*map(Lines, value)] if isinstance(value, tuple) else value


@plain.register
def _(operation: op.CreateObject) -> Parts:
    kind, name = BY_WORD[operation.kind], operation.name
    yield as_part(kind.create(name, operation.new))
    yield from kind.after(name, operation.new)
    yield from commented(kind.sql(name), operation.new.comment)


@plain.register
def _(operation: op.DropObject) -> Parts:
    kind, name = BY_WORD[operation.kind], operation.name
    yield from map(as_part, kind.dropped(name, operation.old))


@plain.register
def _(operation: op.SetSequenceOwner) -> Parts:
    owner = "NONE"
    if operation.new is not None:
        owner = f"{operation.new[0].sql}.{quote_name(operation.new[1])}"
    yield f"ALTER SEQUENCE {operation.name.sql} OWNED BY {owner}"


@plain.register
def _(operation: op.CreateTable) -> Parts:
    name, table = operation.name, operation.new
    as_directive = write.table_is_directive(table)
    if not as_directive:
        yield ddl.create_table(name, table)
    else:
        columns = (write.column(key, one, table) for key, one in table.columns.items())
        constraints = (
            write_constraints.constraint(key, one)
            for key, one in table.constraints.items()
        )
        arguments = (name.name, *columns, *constraints)
        options = write.table_options(table, name)
        yield Call("op.create_table", arguments, options)
        if table.storage_parameters:
            # SQLAlchemy has no words for them before 2.1.
            parameters = ddl.parameters(table.storage_parameters)
            yield f"ALTER TABLE {name.sql} SET ({parameters})"
    if table.row_security is not None:
        actions = row_security.actions(None, table.row_security)
        yield f"ALTER TABLE {name.sql} {', '.join(actions)}"
    yield from table_comments(name, table, as_directive=as_directive)
    for key, column in table.columns.items():
        yield from column_statements(name, key, column)
    for key, own in table.own.items():
        if table.inherits:
            yield from own_of_child(name, key, own)
        yield from own_after(name, key, own)
    for key, constraint in table.constraints.items():
        yield from constraint_comment(name, key, constraint)


def table_comments(name: Name, table: Table, *, as_directive: bool) -> Iterator[str]:
    """Yield what sets the comments of a new table and its columns.

    A directive that creates the table has said those that it can.
    """
    columns = ((key, column.comment) for key, column in table.columns.items())
    for key, text in ((None, table.comment), *columns):
        if text is None or (as_directive and write.is_directive_comment(text)):
            continue
        if key is None:
            yield write_comments.of_table(name, text)
        else:
            yield write_comments.of_column(name, key, text)


# What neither SQLAlchemy nor PostgreSQL 14 can say in a column's definition.
AFTER = (
    *("not_null_state", "storage", "compression", "statistics_target"),
    *ddl.OPTIONS_OF_COLUMNS,
)
NOTHING_AFTER = (None,) * len(AFTER)
after = attrgetter(*AFTER)


def column_statements(table: Name, name: str, column: Column) -> Iterator[str]:
    """Yield what a column's definition cannot say."""
    values = after(column)
    if values != NOTHING_AFTER:
        given = [*zip(AFTER, values, strict=True), ("not_null", column.not_null)]
        said = {key: one for key, one in given if one is not None}
        yield from own_after(table, name, said)


def own_of_child(table: Name, name: str, own: Own) -> Iterator[str]:
    """Yield what `CREATE TABLE … INHERITS` cannot say of what a column has of its own."""
    start = f"ALTER TABLE {table.sql} ALTER COLUMN {quote_name(name)}"
    if "default" in own:
        held = own["default"]
        action = "DROP DEFAULT" if held is None else f"SET DEFAULT {ddl.default(held)}"
        yield f"{start} {action}"
    if "nullable" in own and "not_null" not in own:
        yield f"{start} SET NOT NULL"
    if "identity" in own:
        yield f"{start} ADD GENERATED {ddl.identity(own['identity'], 'bigint')}"


def own_after(table: Name, name: str, own: Own) -> Iterator[str]:
    """Yield what no `CREATE TABLE` can say of what a column has of its own."""
    if not own:
        return
    if "not_null_state" in own:
        called, state = own["not_null"], own["not_null_state"]
        if state.not_valid:
            yield add_not_null(table, called, name, state)
        yield from not_null_comment(table, called, state)
    start = f"ALTER TABLE {table.sql} ALTER COLUMN {quote_name(name)}"
    if "storage" in own:
        yield f"{start} SET STORAGE {(own['storage'] or 'default').upper()}"
    if "compression" in own:
        yield f"{start} SET COMPRESSION {own['compression'] or 'default'}"
    alone = f"ALTER TABLE ONLY {table.sql} ALTER COLUMN {quote_name(name)}"
    if "statistics_target" in own:
        yield f"{alone} {ddl.statistics_target(own['statistics_target'])}"
    options = ddl.column_options(own.get(key) for key in ddl.OPTIONS_OF_COLUMNS)
    if options:
        yield f"{alone} SET ({ddl.parameters(options)})"
    if "comment" in own:
        yield write_comments.of_column(table, name, own["comment"])


def add_not_null(
    table: Name, called: str, column: str, state: NotNullState | None
) -> str:
    """Return the statement that forbids NULL in a column by a constraint of this state."""
    constraint = ddl.not_null_constraint(called, column, state)
    return f"ALTER TABLE {table.sql} ADD {constraint}"


def not_null_comment(table: Name, called: str, state: NotNullState) -> Iterator[str]:
    """Yield what sets the comment of a NOT NULL that is new."""
    yield from commented(
        f"CONSTRAINT {quote_name(called)} ON {table.sql}", state.comment
    )


@plain.register
def _(operation: op.DropTable) -> Parts:
    name = operation.name
    yield Call("op.drop_table", (name.name,), write.schema_of(name))


@plain.register
def _(operation: op.CreateConstraint) -> Parts:
    table, name, value = operation.table, operation.name, operation.new
    alter = f"ALTER TABLE {table.sql} ADD {ddl.constraint(name, value)}"
    yield write_constraints.create_constraint(table, name, value) or alter
    yield from constraint_comment(table, name, value)


def constraint_comment(table: Name, name: str, value: Constraint) -> Iterator[str]:
    """Yield what sets the comment of a constraint that is new, and that of its index."""
    if value.comment is not None:
        called = f"CONSTRAINT {quote_name(name)} ON {table.sql}"
        yield ddl.comment(called, value.comment)
    if isinstance(value, Indexed) and value.index_comment is not None:
        yield ddl.comment(index_called(table, name), value.index_comment)


# Alembic has no word for exclusion constraints; it drops them as it does checks.
KINDS = {PrimaryKey: "primary", Unique: "unique", ForeignKey: "foreignkey"}


@plain.register
def _(operation: op.DropConstraint) -> Parts:
    yield drop_constraint(operation)


def drop_constraint(operation: op.DropConstraint, **how: bool) -> Call:
    """Return `op.drop_constraint(…)`."""
    table, kind = operation.table, KINDS.get(type(operation.old), "check")
    options = {"type_": kind, **write.schema_of(table), **how}
    arguments = (call("op.f", operation.name), table.name)
    return Call("op.drop_constraint", arguments, options)


@plain.register
def _(operation: op.CreateIndex) -> Parts:
    table, name, value = operation.table, operation.name, operation.new
    if value.only is None:
        yield write.create_index(table, name, value)
    else:
        yield from only_indexes.create(table, name, value)
    if value.comment is not None:
        yield ddl.comment(index_called(table, name), value.comment)


def index_called(table: Name, name: str) -> str:
    """Return an index, which is in the schema of its table, as ALTER and COMMENT ON call it."""
    return f"INDEX {table._replace(name=name).sql}"


@plain.register
def _(operation: op.DropIndex) -> Parts:
    yield write.drop_index(operation.table, operation.name)


# What is printed here; the forms of all other operations are registered by other modules.
CREATED_OR_DROPPED = frozenset(plain.registry)
