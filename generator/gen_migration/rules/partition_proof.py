"""Proof that the rows of a table fit the partition that it becomes. Pure.

Source: the manual, chapter 5.12.2.2 ("it is possible to skip the scan … by a CHECK constraint"),
and `ConstraintImpliedByRelConstraint` in tablecmds.c, which proves more than what is known here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.model.bound_conditions import conditions
from gen_migration.model.schema import Bound, Check
from gen_migration.postgres.names import quote_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Schema, Table
    from gen_migration.operations import every as op
    from gen_migration.postgres.names import Name


def default_partition(schema: Schema, parent: Name) -> Name | None:
    """Return the partition of a table for what no other one takes; None without one."""
    found = (
        name
        for name, one in schema.tables.items()
        if one.partition_of is not None
        and one.partition_of.parent == parent
        and one.partition_of.bound == Bound()
    )
    return next(found, None)


def is_bound_proven(operation: op.AttachPartition, schema: Schema) -> bool:
    """Tell whether the checks of a table say all that its bound as a partition does.

    Known are bounds over one column, as a conjunction of comparisons with the same literals.
    """
    place = operation.new.partition_of
    table = schema.tables.get(operation.table)
    if place is None or table is None:
        return False
    if default_partition(schema, place.parent) is not None:
        return False
    parent = schema.tables[place.parent]
    by = parent.partition_by
    if by is None or parent.partition_of is not None or len(by.elements) != 1:
        return False
    column = by.elements[0].column
    if (
        column is None
        or "NULL" in place.bound.values
        or place.bound.modulus is not None
    ):
        return False
    known = {*said(table)}
    if not table.columns[column].nullable:
        known.add(f"{quote_name(column)} IS NOT NULL")
    return known >= {*conditions(by, place.bound, place.parent)}


def said(table: Table) -> Iterator[str]:
    """Yield what the valid checks of a table say, one condition after the other."""
    for one in table.constraints.values():
        if isinstance(one, Check) and not (one.not_valid or one.not_enforced):
            text = one.expression
            yield text
            # A part of an OR, of a NOT or of a call is not said of every row.
            if (
                "(" not in text
                and " OR " not in text
                and "NOT " not in text.replace("IS NOT NULL", "")
            ):
                yield from text.split(" AND ")
