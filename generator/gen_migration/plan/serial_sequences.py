"""Columns of unlogged tables that become serial: so are their sequences. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from gen_migration.base.data_class import replace
from gen_migration.operations import every as op

if TYPE_CHECKING:
    from gen_migration.model.schema import Schema


def in_unlogged_tables(
    schema: Schema, operations: tuple[op.Operation, ...]
) -> tuple[op.Operation, ...]:
    """Return steps that begin at a schema; what makes a column serial knows of its table."""
    if not any(map(becomes_serial, operations)):
        return operations
    steps: list[op.Operation] = []
    for operation in operations:
        one = operation
        if becomes_serial(one) and schema.tables[one.table].unlogged:
            one = replace(one, unlogged=True)
        steps.append(one)
        schema = one.apply(schema)
    return tuple(steps)


def becomes_serial(operation: op.Operation) -> TypeGuard[op.SetColumnType]:
    """Tell whether an operation makes a column serial that was none."""
    return (
        isinstance(operation, op.SetColumnType)
        and operation.new.type.is_serial
        and not operation.old.type.is_serial
    )
