"""Alembic's directives as operations: `op.create_table(…)` is `CreateTable`.

The way back of `alembic_ops.write`; besides what we write, it reads what a person would write
instead.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gen_migration.alembic_ops import read as values
from gen_migration.alembic_ops import read_constraints, read_texts, read_types
from gen_migration.alembic_ops.calls import Call
from gen_migration.model.own_columns import columns_of, own_of_new
from gen_migration.model.schema import Index, PrimaryKey, Table
from gen_migration.operations.base import (
    CreateConstraint,
    CreateIndex,
    CreateTable,
    DropConstraint,
)
from gen_migration.operations.columns import AddColumn, Typing
from gen_migration.operations.renames import RenameColumn, RenameTable
from gen_migration.postgres.expressions import parse_expression
from gen_migration.postgres.names import Name
from gen_migration.postgres.parser import SqlMistake
from gen_migration.replay.statements import execute

if TYPE_CHECKING:
    from collections.abc import Callable

    from gen_migration.replay.state import Replay


def directive(
    replay: Replay, name: str, arguments: tuple[Any, ...], options: dict[str, Any]
) -> None:
    """Do one directive. Raises Error where it is none that can be replayed."""
    found = DIRECTIVES.get(name)
    if found is None:
        raise replay.cannot(f"op.{name}")
    try:
        found(replay, *arguments, **options)
    except SqlMistake as mistake:
        raise replay.error(mistake.message, mistake.hint) from None
    except (ValueError, TypeError, KeyError) as error:
        raise replay.cannot(f"op.{name}: {error}") from None


# Statements of SQLAlchemy's that concern rows.
ROWS = frozenset(
    """
    sa.insert sa.update sa.delete sa.select sa.table sa.Table postgresql.insert
    """.split()
)


def run_sql(replay: Replay, sqltext: Any, **_: Any) -> None:
    if not (isinstance(sqltext, Call) and sqltext.name in ROWS):
        execute(replay, read_texts.statement(sqltext))


def ignore(*_: Any, **__: Any) -> None:
    """Do nothing: rows are no part of a schema."""


def create_table(replay: Replay, name: str, *items: Any, **options: Any) -> None:
    schema = options.pop("schema", None)
    table = Name(None if schema is None else values.named(schema), values.named(name))
    columns: dict[str, Any] = {}
    constraints: dict[str, Any] = {}
    indexes: dict[str, Any] = {}
    enums = replay.schema.enums
    for item in items:
        if not isinstance(item, Call):
            raise TypeError(f"{item!r} in create_table")
        if item.name == "sa.Column":
            found = values.column(item, table, enums)
            columns[found.name] = found.value
            constraints |= found.constraints
            indexes |= found.indexes
        else:
            key, constraint = read_constraints.constraint(item)
            constraints[key] = constraint
    for constraint in constraints.values():
        if isinstance(constraint, PrimaryKey):
            for key in constraint.columns:
                columns[key] = replace(columns[key], nullable=False)
    value = Table(
        columns=columns,
        constraints=constraints,
        **values.table_options(options),
    )
    if not (options.pop("if_not_exists", False) and table in replay.schema.tables):
        replay.do(CreateTable(name=table, new=value))
        for key, index in indexes.items():
            replay.do(CreateIndex(table=table, name=key, new=index))


def drop_table(
    replay: Replay, table_name: str, *, schema: str | None = None, **_: Any
) -> None:
    replay.drop_table(Name(schema, table_name))


def rename_table(
    replay: Replay, old_table_name: str, new_table_name: str, schema: str | None = None
) -> None:
    old = Name(schema, old_table_name)
    if old in replay.schema.tables:
        new = Name(schema, values.named(new_table_name))
        replay.do(RenameTable(old=old, new=new))


def add_column(
    replay: Replay,
    table_name: str,
    column: Call,
    *,
    schema: str | None = None,
    if_not_exists: bool = False,
    **_: Any,
) -> None:
    table = Name(schema, table_name)
    if table not in replay.schema.tables:
        return  # of others
    found = values.column(column, table, replay.schema.enums)
    if if_not_exists and found.name in replay.schema.tables[table].columns:
        return
    own = own_of_new(replay.schema, table, found.value)
    replay.do(AddColumn(table=table, name=found.name, new=found.value, own=own))
    for key, constraint in found.constraints.items():
        replay.do(CreateConstraint(table=table, name=key, new=constraint))
    for key, index in found.indexes.items():
        replay.do(CreateIndex(table=table, name=key, new=index))


def drop_column(
    replay: Replay,
    table_name: str,
    column_name: str,
    *,
    schema: str | None = None,
    if_exists: bool = False,
    **_: Any,
) -> None:
    table = Name(schema, table_name)
    found = replay.schema.tables.get(table)
    if found is not None and not (if_exists and column_name not in found.columns):
        replay.drop_column(table, column_name)


def alter_column(
    replay: Replay,
    table_name: str,
    column_name: str,
    *,
    nullable: bool | None = None,
    comment: Any = False,
    server_default: Any = False,
    new_column_name: str | None = None,
    type_: Any = None,
    schema: str | None = None,
    postgresql_using: str | None = None,
    **_: Any,
) -> None:
    """Do the changes in Alembic's order (`PostgresqlImpl.alter_column`)."""
    table = Name(schema, table_name)
    if table not in replay.schema.tables:
        return
    before = columns_of(replay.schema, table).get(column_name)
    if before is None:
        raise ValueError(f"the column {column_name} of table {table} is not there")
    if type_ is not None:
        of_type, collation = read_types.column_type(type_, replay.schema.enums)
        using = (
            None if postgresql_using is None else parse_expression(postgresql_using).sql
        )
        replay.set_type(table, column_name, Typing(of_type, collation), using)
    if server_default is not False:
        new = read_texts.default(server_default)
        replay.set_default(table, column_name, before.default, new)
    if nullable is not None:
        replay.set_nullable(table, column_name, new=nullable)
    if comment is not False:
        replay.comment("column", table, column_name, comment or None)
    if new_column_name is not None:
        new_name = values.named(new_column_name)
        replay.do(RenameColumn(table=table, old=column_name, new=new_name))


def create_index(
    replay: Replay,
    index_name: str | None,
    table_name: str,
    columns: list[Any],
    **options: Any,
) -> None:
    table = Name(options.pop("schema", None), table_name)
    found = replay.schema.tables.get(table)
    if found is None:
        return
    if index_name is None:
        raise ValueError("an index without a name")
    if options.pop("if_not_exists", False) and index_name in found.indexes:
        return
    index = Index(
        elements=tuple(values.index_element(one) for one in columns),
        **values.index_options(options),
    )
    replay.do(CreateIndex(table=table, name=index_name, new=index))


def drop_index(
    replay: Replay,
    index_name: str,
    table_name: str | None = None,
    *,
    schema: str | None = None,
    **_: Any,
) -> None:
    del table_name  # PostgreSQL knows it
    replay.drop_index(Name(schema, index_name))


def drop_constraint(
    replay: Replay,
    constraint_name: str,
    table_name: str,
    type_: str | None = None,
    *,
    schema: str | None = None,
    if_exists: bool = False,
    **_: Any,
) -> None:
    del type_
    table = Name(schema, table_name)
    if table not in replay.schema.tables:
        return
    old = replay.schema.tables[table].constraints.get(constraint_name)
    if old is not None:
        replay.do(DropConstraint(table=table, name=constraint_name, old=old))
    elif not if_exists:
        raise ValueError(f"the constraint {constraint_name} is not there")


def add_constraint(replay: Replay, schema: str | None, table: str, item: Call) -> None:
    name = Name(schema, table)
    if name in replay.schema.tables:
        key, constraint = read_constraints.constraint(item)
        replay.do(CreateConstraint(table=name, name=key, new=constraint))


def create_unique_constraint(
    replay: Replay,
    constraint_name: str | None,
    table_name: str,
    columns: list[str],
    *,
    schema: str | None = None,
    **options: Any,
) -> None:
    item = Call(
        "sa.UniqueConstraint", tuple(columns), {"name": constraint_name, **options}
    )
    add_constraint(replay, schema, table_name, item)


def create_primary_key(
    replay: Replay,
    constraint_name: str | None,
    table_name: str,
    columns: list[str],
    *,
    schema: str | None = None,
    **options: Any,
) -> None:
    keywords = {"name": constraint_name, **options}
    item = Call("sa.PrimaryKeyConstraint", tuple(columns), keywords)
    add_constraint(replay, schema, table_name, item)


def create_check_constraint(
    replay: Replay,
    constraint_name: str | None,
    table_name: str,
    condition: Any,
    *,
    schema: str | None = None,
    **options: Any,
) -> None:
    keywords = {"name": constraint_name, **options}
    item = Call("sa.CheckConstraint", (condition,), keywords)
    add_constraint(replay, schema, table_name, item)


def create_exclude_constraint(
    replay: Replay,
    constraint_name: str,
    table_name: str,
    *elements: Any,
    schema: str | None = None,
    **options: Any,
) -> None:
    keywords = {"name": constraint_name, **options}
    item = Call("postgresql.ExcludeConstraint", elements, keywords)
    add_constraint(replay, schema, table_name, item)


def create_foreign_key(
    replay: Replay,
    constraint_name: str | None,
    source_table: str,
    referent_table: str,
    local_cols: list[str],
    remote_cols: list[str],
    *,
    source_schema: str | None = None,
    referent_schema: str | None = None,
    **options: Any,
) -> None:
    keywords = {"name": constraint_name, **options}
    target = Name(referent_schema, referent_table)
    item = Call(
        "sa.ForeignKeyConstraint", (local_cols, (target, remote_cols)), keywords
    )
    add_constraint(replay, source_schema, source_table, item)


def table_comment(
    replay: Replay,
    table_name: str,
    comment: str | None = None,
    *,
    schema: str | None = None,
    **_: Any,
) -> None:
    replay.comment("table", Name(schema, table_name), None, comment or None)


def drop_table_comment(
    replay: Replay, table_name: str, *, schema: str | None = None, **_: Any
) -> None:
    replay.comment("table", Name(schema, table_name), None, None)


DIRECTIVES: dict[str, Callable[..., None]] = {
    "execute": run_sql,
    "bulk_insert": ignore,
    "create_table": create_table,
    "drop_table": drop_table,
    "rename_table": rename_table,
    "add_column": add_column,
    "drop_column": drop_column,
    "alter_column": alter_column,
    "create_index": create_index,
    "drop_index": drop_index,
    "drop_constraint": drop_constraint,
    "create_unique_constraint": create_unique_constraint,
    "create_primary_key": create_primary_key,
    "create_check_constraint": create_check_constraint,
    "create_exclude_constraint": create_exclude_constraint,
    "create_foreign_key": create_foreign_key,
    "create_table_comment": table_comment,
    "drop_table_comment": drop_table_comment,
}
