"""NOT NULL of a table in use: a constraint that is validated later.

Source: the PostgreSQL manual, ALTER TABLE (ADD table_constraint NOT VALID, SET NOT NULL).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.model import not_null_names
from gen_migration.postgres.names import aside, quote_name
from gen_migration.render import alter, create, repeatable, violations
from gen_migration.render.alter_clauses import alter_column, alter_table

if TYPE_CHECKING:
    from gen_migration.model.schema import NotNullState, Schema
    from gen_migration.operations import every as op
    from gen_migration.postgres.names import Name
    from gen_migration.render.repeatable import Forms, Statement

# NOT NULL … NOT VALID is new in 18 (release notes, E.4.3.3).
NOT_NULL_LATER = 18


def forbid_null(
    operation: op.SetColumnNullable, schema: Schema, postgresql: int, fill: Forms
) -> Forms:
    """Yield what makes a column NOT NULL: a constraint, and its validation.

    `fill` is what fills the rows that came meanwhile, once no more without a value can come. From
    PostgreSQL 18 on, the constraint is that of NOT NULL itself; to add it once more does nothing,
    also when it is valid. Before, it is a check, by which PostgreSQL knows all rows.
    """
    table, column = operation.table, operation.name
    if operation.state is not None and operation.not_null is not None:
        yield from with_state(operation, operation.not_null, operation.state, fill)
    elif postgresql >= NOT_NULL_LATER:
        chosen = not_null_names.free_name(schema, table, column)
        name = operation.not_null or operation.kept or chosen
        added = f"{adding(name)} NOT NULL {quote_name(column)} NOT VALID"
        yield alter_table(table, added)
        yield from fill
        yield validation(table, name, column)
    else:
        yield from by_check(operation, fill)


def with_state(
    operation: op.SetColumnNullable, name: str, state: NotNullState, fill: Forms
) -> Forms:
    """Yield what makes a column NOT NULL by a constraint that is not plain."""
    table, column = operation.table, operation.name
    yield create.add_not_null(table, name, column, replace(state, not_valid=True))
    if not state.not_valid:
        yield from fill
        yield validation(table, name, column)
    yield from create.not_null_comment(table, name, state)


def by_check(operation: op.SetColumnNullable, fill: Forms) -> Forms:
    """Yield what makes a column NOT NULL by a check that is there meanwhile."""
    table, column = operation.table, operation.name
    name = aside(f"{table.name}_{column}")
    check = f"{adding(name)} CHECK ({quote_name(column)} IS NOT NULL) NOT VALID"
    yield alter_table(table, repeatable.dropping(name), check)
    yield from fill
    yield validation(table, name, column)
    yield alter_column(operation, "SET NOT NULL")
    yield alter_table(table, repeatable.dropping(name))
    if operation.not_null is not None:
        yield alter.renamed_not_null(operation, operation.not_null)


def adding(constraint: str) -> str:
    return f"ADD CONSTRAINT {quote_name(constraint)}"


def validation(table: Name, constraint: str, column: str) -> Statement:
    """Return what validates the NOT NULL of a column, and says which rows do not let it."""
    offending = violations.of_nulls(table, constraint, column)
    return repeatable.validating(table, constraint, offending)
