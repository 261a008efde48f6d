"""Checks that are valid before their table is attached to a partition again. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.diff.tables import pairs
from gen_migration.diff.valid_below import valid_below
from gen_migration.operations import every as op

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Schema


def before_attaching(
    schema: Schema, operations: tuple[op.Operation, ...]
) -> tuple[op.Operation, ...]:
    """Return operations in which a table has valid checks before it is attached to a partition."""
    if not any(isinstance(one, op.AttachPartition) for one in operations):
        return operations
    steps: list[op.Operation] = []
    for operation in operations:
        one = operation
        if isinstance(one, op.AttachPartition):
            found = [*put_off(schema, one)]
            schema = op.apply(schema, found)
            steps += found
            one = replace(one, old=schema.tables[one.table])
        schema = one.apply(schema)
        steps.append(one)
    return tuple(steps)


def put_off(schema: Schema, attach: op.AttachPartition) -> Iterator[op.AlterConstraint]:
    """Yield what makes checks of a table valid that are not."""
    assert attach.new.parent is not None  # noqa: S101 - it becomes a partition
    name, held = attach.table, schema.tables[attach.table]
    wanted = valid_below(schema, attach.new.parent, held)
    for key, old, new in pairs(held.constraints, wanted.constraints):
        yield op.AlterConstraint(table=name, name=key, old=old, new=new)
