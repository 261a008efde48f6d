"""Checks of tables that become partitions of partitions. Pure.

A partition that is created has its parent's checks as valid ones, though the parent's are NOT
VALID, and PostgreSQL attaches no table below it whose own are not valid: "conflicts with NOT VALID
constraint on child table". Which ones a partition has, nobody knows who was not there; a valid one
fits either. Source: `MergeConstraintsIntoExisting` in tablecmds.c, `StoreRelCheck` in heap.c.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.model.partitions import standalone
from gen_migration.model.schema import Check
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
            for check in put_off(schema, one):
                steps = validated(steps, check)
                schema = check.apply(schema)
            one = replace(one, old=schema.tables[one.table])
        schema = one.apply(schema)
        steps.append(one)
    return tuple(steps)


def validated(
    steps: list[op.Operation], check: op.AlterConstraint
) -> list[op.Operation]:
    """Return steps with the validation of a check, which is valid at once where they create it."""
    new = op.CreateConstraint(table=check.table, name=check.name, new=check.old)
    if new in steps:
        valid = replace(new, new=check.new)
        return [valid if one == new else one for one in steps]
    return [*steps, check]


def put_off(schema: Schema, attach: op.AttachPartition) -> Iterator[op.AlterConstraint]:
    """Yield what makes the checks valid that the new parent has from tables above it."""
    assert attach.new.parent is not None  # noqa: S101 - it becomes a partition
    parent = schema.tables[attach.new.parent]
    if parent.parent is None:
        return
    above = standalone(schema, attach.new.parent).constraints.keys()
    held = schema.tables[attach.table].constraints
    for name, old in held.items():
        if name in above - parent.constraints.keys() and isinstance(old, Check):
            new = replace(old, not_valid=False)
            if new != old:
                table = attach.table
                yield op.AlterConstraint(table=table, name=name, old=old, new=new)
