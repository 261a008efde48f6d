"""The partitions of a catalog, where they differ from their parents. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.catalog.tables import columns
from gen_migration.catalog.values import Unheld
from gen_migration.model.partitions import inherited_column, own_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.catalog.rows import Reading
    from gen_migration.model.schema import Column, Own

    Columns = Mapping[int, Mapping[str, Column]]


def own_columns(reading: Reading, tables: Columns) -> dict[int, dict[str, Own]]:
    """Return what partitions have otherwise of the columns that their parents give them."""
    found: dict[int, dict[str, Own]] = {}
    given: dict[int, dict[str, Column]] = {}
    for oid, mine in tables.items():
        parent = reading.tables[oid].parent
        if parent is None:
            continue
        if parent not in given:
            name = reading.names[parent]
            above = above_of(reading, tables, oid)
            given[parent] = {
                key: inherited_column(name, key, one) for key, one in above.items()
            }
        names = {one.name: one.not_null_name for one in reading.columns[parent]}
        own: dict[str, Own] = {}
        for row in reading.columns[oid]:
            column = given[parent][row.name]
            says = not column.nullable and row.not_null_name != names[row.name]
            differs = dict(own_of(mine[row.name], column, says=says))
            if counts(reading, tables, oid, row.name):
                differs.pop("default", None)
            if differs:
                own[row.name] = differs
        found[oid] = own
    return found


def above_of(reading: Reading, tables: Columns, oid: int) -> Mapping[str, Column]:
    """Return the columns of a partition's parent, which may be outside of the selection."""
    parent = reading.tables[oid].parent
    return tables[parent] if parent in tables else columns(reading, parent)


def counts(reading: Reading, tables: Columns, oid: int, name: str) -> bool:
    """Tell whether a column of a partition is an identity of a table above it."""
    while reading.tables[oid].parent is not None:
        above = above_of(reading, tables, oid)
        if above[name].identity is not None:
            return True
        oid = reading.tables[oid].parent
    return False


def unheld_of_columns(reading: Reading, tables: Columns) -> Iterator[Unheld]:
    """Yield what the columns of partitions have otherwise, which a spec cannot say."""
    for oid, mine in tables.items():
        if reading.tables[oid].parent is None:
            continue
        above = above_of(reading, tables, oid)
        for name, column in mine.items():
            found = [*unlike(column, above[name])]
            if column.default is not None and counts(reading, tables, oid, name):
                # Before 17; from then on, PostgreSQL refuses it.
                found.append("default of an identity")
            for what in found:
                yield Unheld(
                    kind=f"{what} of a partition's column",
                    name=f"{name} of {reading.names[oid]}",
                    table=reading.names[oid],
                )


def unlike(column: Column, parent: Column) -> Iterator[str]:
    if column.generated != parent.generated:
        yield "expression"
    if column.collation != parent.collation:
        yield "collation"
    if column.identity is not None:
        # Before 17; from then on, a partition counts on with its parent's.
        yield "identity"
