"""Names of NOT NULL that a downgrade brings back (PostgreSQL 18). Pure.

What has been renamed keeps the name of its NOT NULL (`model.kept_names`); one that comes back would
get the name that PostgreSQL chooses now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.operations import every as op

if TYPE_CHECKING:
    from gen_migration.model.schema import Schema

# The PostgreSQL in which NOT NULL is a constraint.
NAMED = 18


def way_back(
    schema: Schema, operations: tuple[op.Operation, ...], postgresql: int
) -> tuple[op.Operation, ...]:
    """Return the inverse of operations that begin at a schema, with the names that it knows."""
    is_known = schema.kept or any(isinstance(one, op.Rename) for one in operations)
    if postgresql < NAMED or not is_known or not any(map(forgets, operations)):
        return op.inverse(operations)
    found = []
    for one in operations:
        found.append(named(one.inverse(), schema) if forgets(one) else one.inverse())
        schema = one.apply(schema)
    return tuple(reversed(found))


def forgets(operation: op.Operation) -> bool:
    """Tell whether an operation takes a NOT NULL away that no spec names."""
    match operation:
        case op.SetColumnNullable(new=True, not_null=None, state=None):
            return True
        case op.DropColumn(old=column):
            return not column.nullable and column.not_null is None
    return False


def named(operation: op.Operation, schema: Schema) -> op.Operation:
    """Return what brings a NOT NULL back, by the name that it has in a schema."""
    match operation:
        case op.SetColumnNullable() | op.AddColumn():
            name = schema.kept.get((operation.table, operation.name))
            return replace(operation, kept=name) if name else operation
    return operation
