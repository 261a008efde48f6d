"""What partitions will ask of rows that are there before: their new bounds, as conditions. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.model.bound_conditions import conditions
from gen_migration.model.given import columns_of
from gen_migration.model.partitions import ancestors
from gen_migration.model.schema import Bound
from gen_migration.postgres.expressions import parse_expression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name


def new_conditions(old: Schema, new: Schema, name: Name) -> Iterator[str]:
    """Yield what a table of both schemas asks of its rows, as a partition, only in the new one.

    So does a partition for all other rows, once there are more partitions beside it.
    """
    known = {*conditions_of(old, name)}
    for condition in conditions_of(new, name):
        references = parse_expression(condition).references
        columns = {one.parts[-1] for one in references}
        if condition not in known and columns <= columns_of(old, name).keys():
            yield condition


def conditions_of(schema: Schema, name: Name) -> Iterator[str]:
    """Yield what the bounds of a table, and of those that it is a partition of, ask of rows."""
    for one in (name, *ancestors(schema, name)):
        place = schema.tables[one].partition_of
        above = None if place is None else schema.tables.get(place.parent)
        if place is None or above is None or above.partition_by is None:
            continue
        by = above.partition_by
        if place.bound != Bound():
            yield " AND ".join(conditions(by, place.bound, place.parent))
            continue
        for other in schema.tables.values():
            beside = other.partition_of
            if beside and beside.parent == place.parent and beside.bound != Bound():
                found = conditions(by, beside.bound, place.parent)
                yield f"NOT ({' AND '.join(found)})"
