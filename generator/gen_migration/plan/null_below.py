"""NULL in columns of tables that have them from another one, which allows or forbids it. Pure.

Before 18, PostgreSQL lets children go on to allow NULL in a column that they had before their
parent got it (`ATExecAddColumn` in tablecmds.c).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from gen_migration.base.data_class import replace
from gen_migration.model.given import heirs, held_column
from gen_migration.model.own_columns import says
from gen_migration.operations import every as op
from gen_migration.plan.names_back import NAMED

if TYPE_CHECKING:
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name


def with_followers(
    schema: Schema, operations: tuple[op.Operation, ...]
) -> tuple[op.Operation, ...]:
    """Return operations that begin at a schema; what allows NULL knows those that follow."""
    if not any(isinstance(one, op.SetColumnNullable) and one.new for one in operations):
        return operations
    steps: list[op.Operation] = []
    for operation in operations:
        one = operation
        after = one.apply(schema)
        if isinstance(one, op.SetColumnNullable) and one.new:
            followers = tuple(
                name
                for name in heirs(schema, one.table)
                if follows(schema, after, name, one.name)
            )
            one = replace(one, followers=followers) if followers else one
        steps.append(one)
        schema = after
    return tuple(steps)


def follows(schema: Schema, after: Schema, table: Name, column: str) -> bool:
    """Tell whether a table forbids NULL no more: it does not itself, nor does another parent."""
    before, now = (held_column(one, table, column) for one in (schema, after))
    if before is None or now is None or says(schema.tables[table], column):
        return False
    return now.nullable and not before.nullable


def merging(
    schema: Schema, operations: tuple[op.Operation, ...], postgresql: int
) -> tuple[op.Operation, ...]:
    """Return steps that begin at a schema; a new column knows whether NULL ends below it."""
    if postgresql >= NAMED or not any(map(is_forbidding, operations)):
        return operations
    steps: list[op.Operation] = []
    for operation in operations:
        one = operation
        if is_forbidding(one):
            held = (
                held_column(schema, name, one.name) for name in heirs(schema, one.table)
            )
            if any(column is not None and column.nullable for column in held):
                one = replace(one, merges=True)
        steps.append(one)
        schema = one.apply(schema)
    return tuple(steps)


def is_forbidding(operation: op.Operation) -> TypeGuard[op.AddColumn]:
    """Tell whether an operation adds a column that forbids NULL in all that have it."""
    if not isinstance(operation, op.AddColumn) or operation.new.nullable:
        return False
    state = operation.new.not_null_state
    return state is None or not state.no_inherit
