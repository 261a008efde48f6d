"""The plain statements of changes to columns and constraints.

Source: the PostgreSQL manual, ALTER TABLE and its siblings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.alembic_ops import write, write_comments, write_types
from gen_migration.alembic_ops.calls import Call, Directed
from gen_migration.base.data_class import replace
from gen_migration.model import not_null_names
from gen_migration.model.constraints import is_deferral, is_validation
from gen_migration.model.schema import ForeignKey, NotNullState, Table
from gen_migration.operations import every as op
from gen_migration.postgres.names import Name, quote_name
from gen_migration.postgres.storage import default_storage
from gen_migration.render import check_rows
from gen_migration.render.alter_clauses import (
    alter_column,
    alter_table,
    default_action,
    type_action,
)
from gen_migration.render.create import (
    Parts,
    add_not_null,
    column_statements,
    constraint_comment,
    not_null_comment,
    own_after,
    plain,
)
from gen_migration.sql import ddl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Column, Own


@plain.register
def _(operation: op.AddColumn) -> Parts:
    table, name, column = operation.table, operation.name, first_form(operation)
    comment = column_comment(operation)
    if write.is_directive(column) and not write.is_nameless(column):
        arguments = (table.name, write.column(name, column, Table(columns={})))
        yield Call("op.add_column", arguments, write.schema_of(table))
        yield from (one for one in comment if not isinstance(one, Directed))
    else:
        yield alter_table(table, f"ADD COLUMN {ddl.column(name, column)}")
        yield from comment
    yield from after_adding(operation)


def first_form(operation: op.AddColumn) -> Column:
    """Return a new column as it is added.

    What a partition has from its table already, PostgreSQL lets nobody rename: where partitions
    name their NOT NULL, that of the table comes after theirs.
    """
    column = operation.new
    if operation.kept is not None:
        column = replace(column, not_null=operation.kept)
    if column.not_null is None and not column.nullable and names_not_null(operation):
        return replace(column, nullable=True)
    return column


def names_not_null(operation: op.AddColumn) -> bool:
    """Tell whether what has a new column from its table gives a name to its NOT NULL."""
    return any("not_null" in one for one in operation.own.values())


def after_adding(operation: op.AddColumn) -> Iterator[str]:
    """Yield what no definition of a new column can say, and what others have of it."""
    table, name, column = operation.table, operation.name, first_form(operation)
    yield from column_statements(table, name, operation.new)
    for part, own in operation.own.items():
        yield from own_statements(part, name, own, says=column.nullable)
    if operation.merges or (column.nullable and not operation.new.nullable):
        yield alter_table(table, f"ALTER COLUMN {quote_name(name)} SET NOT NULL")


def column_comment(operation: op.AddColumn) -> Iterator[str]:
    """Yield what sets the comment of a new column."""
    table, name, text = operation.table, operation.name, operation.new.comment
    if text is not None:
        yield write_comments.of_column(table, name, text)


def own_statements(table: Name, name: str, own: Own, *, says: bool) -> Iterator[str]:
    """Yield what gives a column of a partition what it has of its own.

    `says` tells whether to forbid NULL; where the parent does, the partition does so already.
    """
    start = f"ALTER COLUMN {quote_name(name)}"
    if "default" in own:
        yield alter_table(table, f"{start} {default_action(own['default'])}")
    state = own.get("not_null_state")
    if says and "nullable" in own and state is None:
        yield alter_table(table, f"{start} SET NOT NULL")
        if "not_null" in own:
            yield not_null_names.rename(table, name, own["not_null"])
    elif says and state is not None and not state.not_valid:
        yield add_not_null(table, own["not_null"], name, state)
    yield from own_after(table, name, own)


@plain.register
def _(operation: op.DropColumn) -> Parts:
    table = operation.table
    arguments = (table.name, operation.name)
    yield Call("op.drop_column", arguments, write.schema_of(table))


def op_alter_column(operation: op.SetColumn, **options: Any) -> Call:
    arguments = (operation.table.name, operation.name)
    keywords = {**options, **write.schema_of(operation.table)}
    return Call("op.alter_column", arguments, keywords)


@plain.register
def _(operation: op.SetColumnType) -> Parts:
    (of_type, collation), using = operation.new, operation.using
    if of_type.is_serial or operation.old.type.is_serial:
        from gen_migration.render import column_sequences

        yield from column_sequences.change_serial(operation)
        return
    kind = write_types.column_type(of_type, collation)
    if write_types.has_no_class(kind) or not (using is None or write.is_plain(using)):
        yield alter_column(operation, type_action(operation, of_type.sql))
    elif using is None:
        yield op_alter_column(operation, type_=kind)
    else:
        yield op_alter_column(operation, type_=kind, postgresql_using=using)


@plain.register
def _(operation: op.SetColumnNullable) -> Parts:
    table, state = operation.table, operation.state
    called = operation.not_null or operation.kept
    # Children call theirs otherwise, perhaps: it could not be renamed (PostgreSQL 18).
    is_constraint = state is not None or operation.has_children or operation.kept
    if is_constraint and called is not None and not operation.new:
        yield add_not_null(table, called, operation.name, state)
        if state is not None:
            yield from not_null_comment(table, called, state)
        return
    if operation.only:
        yield alter_column(operation, "DROP NOT NULL")
        return
    yield op_alter_column(operation, nullable=operation.new)
    if called is not None and not operation.new:
        yield renamed_not_null(operation, called)
    yield from said(operation)


def renamed_not_null(
    operation: op.SetColumnNullable | op.SetNotNullName, name: str | None
) -> str:
    """Return the statement that gives the NOT NULL of an operation a name."""
    return not_null_names.rename(
        operation.table, operation.name, name, has_children=operation.has_children
    )


def said(operation: op.SetColumnNullable) -> Iterator[str]:
    """Yield what lets partitions allow NULL, or forbid it where they do so themselves.

    To PostgreSQL 18, a partition also forbids it itself once it has got a primary key by a
    statement of its own. Before 18, PostgreSQL does not know of it, and allows NULL in all.
    """
    if operation.new:
        column = f"ALTER COLUMN {quote_name(operation.name)}"
        for part in operation.followers:
            yield alter_table(part, f"{column} DROP NOT NULL")
        for part in operation.says:
            yield alter_table(part, f"{column} SET NOT NULL")


@plain.register
def _(operation: op.SetNotNullName) -> Parts:
    yield renamed_not_null(operation, operation.new)


@plain.register
def _(operation: op.SetNotNullState) -> Parts:
    table, name = operation.table, quote_name(operation.constraint)
    old, new = (one or NotNullState() for one in (operation.old, operation.new))
    said = old.comment
    if new.not_valid and not old.not_valid:
        constraint = ddl.not_null_constraint(operation.constraint, operation.name, new)
        yield alter_table(
            table, f"DROP CONSTRAINT IF EXISTS {name}", f"ADD {constraint}"
        )
        said = None
    elif new.no_inherit != old.no_inherit:
        way = "NO INHERIT" if new.no_inherit else "INHERIT"
        yield alter_table(table, f"ALTER CONSTRAINT {name} {way}")
    if old.not_valid and not new.not_valid:
        yield alter_table(table, f"VALIDATE CONSTRAINT {name}")
    if new.comment != said:
        yield ddl.comment(f"CONSTRAINT {name} ON {table.sql}", new.comment)


@plain.register
def _(operation: op.SetColumnDefault) -> Parts:
    new = operation.new
    if operation.only:
        yield set_default(operation)
    else:
        default = None if new is None else write.text(ddl.default(new))
        yield op_alter_column(operation, server_default=default)


def set_default(operation: op.SetColumnDefault) -> str:
    """Return the statement that sets or drops a default."""
    return alter_column(operation, default_action(operation.new))


@plain.register
def _(operation: op.SetColumnIdentity) -> Parts:
    from gen_migration.render import column_sequences

    yield from column_sequences.set_identity(operation)


@plain.register
def _(operation: op.SetColumnStorage) -> Parts:
    storage = operation.new or default_storage(operation.type) or "default"
    yield alter_column(operation, f"SET STORAGE {storage.upper()}")


@plain.register
def _(operation: op.SetColumnCompression) -> Parts:
    yield alter_column(operation, f"SET COMPRESSION {operation.new or 'default'}")


@plain.register
def _(operation: op.SetColumnStatisticsTarget) -> Parts:
    yield alter_column(operation, ddl.statistics_target(operation.new))


@plain.register
def _(operation: op.SetColumnDistinct) -> Parts:
    old, new = (ddl.column_options(one) for one in (operation.old, operation.new))
    gone = [key for key in old if key not in new]
    if gone:
        yield alter_column(operation, f"RESET ({', '.join(gone)})")
    # All of them, since PostgreSQL keeps them in the order in which they are set.
    if new and {**old, **new} != old:
        yield alter_column(operation, f"SET ({ddl.parameters(new)})")


@plain.register
def _(operation: op.SetColumnExpression) -> Parts:
    action = "DROP EXPRESSION"
    if operation.new is not None:
        action = f"SET EXPRESSION AS ({operation.new.expression})"
    yield alter_column(operation, action)


@plain.register
def _(operation: op.Backfill) -> Parts:
    if operation.new is not None:
        name = quote_name(operation.name)
        yield f"UPDATE {operation.table.sql} SET {name} = {operation.new} WHERE {name} IS NULL"  # noqa: S608 - quoted, parsed
        # No check of the UPDATE may be put off: PostgreSQL then alters the table no more.
        yield "SET CONSTRAINTS ALL IMMEDIATE"


@plain.register
def _(operation: op.CheckRows) -> Parts:
    if operation.new is not None:
        yield check_rows.block(operation)


@plain.register
def _(operation: op.AlterConstraint) -> Parts:
    table, old, new = operation.table, operation.old, operation.new
    name = quote_name(operation.name)
    if is_deferral(old, new):
        assert isinstance(new, ForeignKey)  # noqa: S101 - for the type checker
        words = ddl.deferral(new) or " NOT DEFERRABLE"
        yield alter_table(table, f"ALTER CONSTRAINT {name}{words}")
    elif is_validation(old, new):
        yield alter_table(table, f"VALIDATE CONSTRAINT {name}")
    else:
        add = f"ADD {ddl.constraint(operation.name, new)}"
        yield alter_table(table, f"DROP CONSTRAINT {name}", add)
        yield from constraint_comment(table, operation.name, new)
