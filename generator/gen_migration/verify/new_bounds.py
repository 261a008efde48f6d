"""What partitions will ask of rows that are there before: their new bounds, as conditions. Pure.

Source: the manual, CREATE TABLE, on the bounds of partitions; `get_qual_from_partbound` in
partbounds.c, which makes the conditions of them that PostgreSQL itself checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.model.given import columns_of
from gen_migration.model.partitions import ENDLESS, ancestors
from gen_migration.model.schema import Bound
from gen_migration.postgres.expressions import parse_expression
from gen_migration.postgres.names import quote_name, quote_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import PartitionBy, Schema
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
            yield condition(by, place.bound, place.parent)
            continue
        for other in schema.tables.values():
            beside = other.partition_of
            if beside and beside.parent == place.parent and beside.bound != Bound():
                yield f"NOT ({condition(by, beside.bound, place.parent)})"


def condition(by: PartitionBy, bound: Bound, parent: Name) -> str:
    """Return what is true of the rows of a bound that is not that of a default partition."""
    keys = [
        quote_name(one.column) if one.column is not None else f"({one.expression})"
        for one in by.elements
    ]
    if bound.modulus is not None:
        table = f"{quote_text(parent.sql)}::regclass"
        given = (table, str(bound.modulus), str(bound.remainder), *keys)
        return f"satisfies_hash_partition({', '.join(given)})"
    parts = [f"{key} IS NOT NULL" for key in keys]
    if bound.values:
        (key,) = keys
        values = [value for value in bound.values if value != "NULL"]
        is_among = f"{key} IN ({', '.join(values)})" if values else "false"
        if len(values) < len(bound.values):
            return f"{key} IS NULL OR {is_among}"
        return f"{parts[0]} AND {is_among}"
    parts += end(keys, bound.lower, ">")
    parts += end(keys, bound.upper, "<")
    return " AND ".join(parts)


def end(keys: list[str], values: tuple[str, ...], sign: str) -> Iterator[str]:
    """Yield what is true of rows on this side of an end of a range.

    From MINVALUE or MAXVALUE on, keys decide nothing: all or none of the rows that are equal
    before it are on this side.
    """
    count = next((at for at, one in enumerate(values) if one in ENDLESS), len(values))
    # The lower end belongs to the range, the upper one does not.
    with_equal = sign == ">"
    if count < len(values):
        with_equal = (values[count] == "MINVALUE") == (sign == ">")
    if count:
        sides = (", ".join(keys[:count]), ", ".join(values[:count]))
        yield f"({sides[0]}) {sign}{'=' if with_equal else ''} ({sides[1]})"
    elif not with_equal:
        yield "false"
