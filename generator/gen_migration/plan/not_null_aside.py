"""NOT NULL of parents that are off while a column of theirs changes, or before it goes. Pure.

PostgreSQL 18 makes the constraints of such a column anew, and those of children with them: "cannot
create not-null constraint" where a child calls its own otherwise than its parent. Where the parent
has none meanwhile, each is made anew by itself, and the parent's finds that of the child, whatever
that is called. It also counts that of a child that keeps a column as inherited once its parent has
dropped it, and before 18, the column forbids NULL as before: it could never be allowed again.
Source: `ATPostAlterTypeCleanup`,
`ATAddCheckNNConstraint` and `ATExecDropColumn` in tablecmds.c.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.model.given import heirs, held_column
from gen_migration.model.not_null_names import called
from gen_migration.model.own_columns import (
    all_say,
    forbids,
    own_parts,
    said,
    saying,
    says,
)
from gen_migration.model.schema import PrimaryKey
from gen_migration.operations import every as op
from gen_migration.plan.dependents import keys_to
from gen_migration.plan.rebuilt import rebuilt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name


def not_nulls(
    schema: Schema, operations: Iterable[op.Operation]
) -> list[op.SetColumnNullable]:
    """Return what lets parents allow NULL, each before its children."""
    found = {}
    for one in operations:
        for first, name in rebuilt(schema, one):
            for table in (first, *heirs(schema, first)):
                is_first = table == first or says(schema.tables[table], name)
                if is_first and calls_otherwise(schema, table, name):
                    found[table, name] = allowing(schema, table, name)
    return [*found.values()]


def calls_otherwise(schema: Schema, table: Name, name: str) -> bool:
    """Tell whether children of a table may call a NOT NULL otherwise that they share with it.

    What one was called before it became a child, nobody knows who has not named it.
    """
    column = held_column(schema, table, name)
    if column is None or column.nullable:
        return False
    state = column.not_null_state
    if state is not None and state.no_inherit:
        return False
    mine = called(schema, table, name, column)
    return any(
        says(schema.tables[heir], name) and said(schema.tables[heir], name)[1] != mine
        for heir in heirs(schema, table)
    )


def allowing(schema: Schema, table: Name, name: str) -> op.SetColumnNullable:
    held = forbids(schema.tables[table], name)
    return op.SetColumnNullable(
        table=table,
        name=name,
        old=False,
        new=True,
        not_null=held.get("not_null"),
        says=saying(schema, table, name),
        has_children=True,
        state=held.get("not_null_state"),
    )


def before_drops(
    schema: Schema, operations: tuple[op.Operation, ...]
) -> tuple[op.Operation, ...]:
    """Return operations in which a parent allows NULL before it drops what children keep."""
    if not any(isinstance(one, op.DropColumn) for one in operations):
        return operations
    steps: list[op.Operation] = []
    for operation in operations:
        one = operation
        if isinstance(one, op.DropColumn) and is_kept(schema, one):
            only = all_say(schema, one.table, one.name)
            allow = replace(allowing(schema, one.table, one.name), only=only)
            schema = allow.apply(schema)
            old = schema.tables[one.table].columns[one.name]
            own = own_parts(schema, one.table, one.name)
            steps.append(allow)
            one = replace(one, old=old, own=own)
        schema = one.apply(schema)
        steps.append(one)
    return tuple(steps)


def is_kept(schema: Schema, drop: op.DropColumn) -> bool:
    """Tell whether children keep a column in which their parent forbids NULL."""
    column, below = drop.old, heirs(schema, drop.table)
    state = column.not_null_state
    if not below or column.nullable or (state is not None and state.no_inherit):
        return False
    after = drop.apply(schema)
    return any(held_column(after, one, drop.name) is not None for one in below)


def keys_of(
    schema: Schema, nulls: Iterable[op.SetColumnNullable]
) -> Iterator[op.DropConstraint]:
    """Yield the primary keys that forbid NULL in columns, after the foreign keys on them."""
    for one in nulls:
        for name, key in schema.tables[one.table].constraints.items():
            if isinstance(key, PrimaryKey) and one.name in key.columns:
                yield from keys_to(schema, [one.table])
                yield op.DropConstraint(table=one.table, name=name, old=key)
