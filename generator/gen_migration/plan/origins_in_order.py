"""Parents, and attributes of types, in another order than that in which they come. Pure.

PostgreSQL puts a new parent behind those that are there. What is to come after it is let go and
taken again, in the same transaction, unless that would leave the table more columns of its own, or
checks: those PostgreSQL never makes inherited ones again, while the order means nothing for columns
that are there. A type that nothing has gets its attributes in the order of a table's columns; one
that is in use cannot, and a way back stops.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.model.given import typed_tables
from gen_migration.model.inheritance import declares_as, taking
from gen_migration.operations import every as op

if TYPE_CHECKING:
    from gen_migration.model.schema import Schema


def in_order(schema: Schema, operations: list[Any]) -> list[op.Operation]:
    """Return the steps of `Inherit` after which the parents of each table are in their order."""
    return [
        step
        for _, group in groupby(operations, lambda one: one.table)
        for step in of_table(schema, list(group))
    ]


def of_table(schema: Schema, operations: list[Any]) -> list[op.Operation]:
    """Return the steps of `Inherit` of one table."""
    first, last = operations[0], operations[-1]
    found = [*taking(schema, first.old, last.new.inherits)]
    taken, again = found[: len(operations)], found[len(operations) :]
    if not again or not declares_as(taken[-1].after, again[-1].after):
        return operations
    named = {one.parent: one.not_null for one in operations}
    steps: list[Any] = [
        op.Inherit(
            table=first.table,
            parent=one.parent,
            old=one.before,
            new=one.after,
            not_null=named[one.parent],
        )
        for one in taken
    ]
    for number, one in enumerate(again):
        made = op.Inherit if number % 2 else op.NoInherit
        steps.append(
            made(table=first.table, parent=one.parent, old=one.before, new=one.after)
        )
    return [*steps[:-1], replace(steps[-1], new=last.new)]


def typed_in_order(schema: Schema, operations: list[Any]) -> list[op.Operation]:
    """Return the steps after which tables are ones of types whose attributes are in their order."""
    steps: list[op.Operation] = []
    for one in operations:
        held = schema.of("composite type")[one.of].attributes
        key: dict[str, Any]
        found: list[op.Operation] = [replace(one, order=())]
        is_there = not one.order or one.order == tuple(held)
        if one.stays or not (is_there or not typed_tables(schema, one.of)):
            key = {"table": one.table, "of": one.of, "old": one.old, "new": one.new}
            found = [op.StayUntyped(**key, order=one.order)]
        elif not is_there:
            key = {"name": one.of, "attributes": held}
            found.insert(0, op.ReorderAttributes(**key, old=tuple(held), new=one.order))
        schema = op.apply(schema, found)
        steps += found
    return steps
