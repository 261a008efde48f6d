"""What the bound of a partition asks of its rows, as conditions. Pure.

Source: the manual, CREATE TABLE, on the bounds of partitions; `get_qual_from_partbound` in
partbounds.c, which makes the conditions of them that PostgreSQL itself checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.model.partitions import ENDLESS
from gen_migration.postgres.names import quote_name, quote_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Bound, PartitionBy
    from gen_migration.postgres.names import Name


def conditions(by: PartitionBy, bound: Bound, parent: Name) -> tuple[str, ...]:
    """Return what is all true of the rows of a bound that is not that of a default partition."""
    keys = [
        quote_name(one.column) if one.column is not None else f"({one.expression})"
        for one in by.elements
    ]
    if bound.modulus is not None:
        table = f"{quote_text(parent.sql)}::regclass"
        given = (table, str(bound.modulus), str(bound.remainder), *keys)
        return (f"satisfies_hash_partition({', '.join(given)})",)
    parts = tuple(f"{key} IS NOT NULL" for key in keys)
    if bound.values:
        (key,) = keys
        values = [value for value in bound.values if value != "NULL"]
        if len(values) < len(bound.values):
            return (f"{key} IS NULL" + (f" OR {among(key, values)}" if values else ""),)
        return (*parts, among(key, values))
    return (*parts, *end(keys, bound.lower, ">"), *end(keys, bound.upper, "<"))


def among(key: str, values: list[str]) -> str:
    """Return that a key has one of some values."""
    return f"{key} IN ({', '.join(values)})" if values[1:] else f"{key} = {values[0]}"


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
        sides = [
            ", ".join(side[:count]) if count == 1 else f"({', '.join(side[:count])})"
            for side in (keys, values)
        ]
        yield f"{sides[0]} {sign}{'=' if with_equal else ''} {sides[1]}"
    elif not with_equal:
        yield "false"
