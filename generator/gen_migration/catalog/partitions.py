"""Columns of a catalog that tables have from others: partitions, children, typed tables. Pure."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration.base.data_class import replace
from gen_migration.catalog.tables import columns
from gen_migration.catalog.values import Unheld
from gen_migration.model.given import inherited_column, merged, own_of
from gen_migration.model.schema import Column

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from gen_migration.catalog.rows import Reading
    from gen_migration.model.schema import Own

    Columns = Mapping[int, Mapping[str, Column]]


class Split(NamedTuple):
    """The columns that a table declares, and what it has otherwise of those that it is given."""

    declared: Mapping[str, Column]
    own: Mapping[str, Own]


def split(
    reading: Reading, tables: Columns, without: Collection[int]
) -> dict[int, Split]:
    """Return the columns of tables; those `without` an origin declare all of theirs."""
    found: dict[int, Split] = {}
    given: dict[int, dict[str, Column]] = {}
    for oid, mine in tables.items():
        row = reading.tables[oid]
        if row.parent is not None:
            above = given_of(reading, tables, row.parent, given)
            own = own_of_partition(reading, tables, oid, above)
            found[oid] = Split({}, own)
        elif oid in without or not (row.inherits or row.of_type):
            found[oid] = Split(mine, {})
        elif row.of_type:
            found[oid] = split_of(reading, oid, mine, attributes(reading, row.of_type))
        else:
            each = [given_of(reading, tables, one, given) for one in row.inherits]
            found[oid] = split_of(reading, oid, mine, reduce(together, each))
    return found


def together(
    one: Mapping[str, Column], other: Mapping[str, Column]
) -> dict[str, Column]:
    """Return the columns that a child has from two parents."""
    shared = {key: merged(one[key], other[key]) for key in one if key in other}
    return {**one, **other, **shared}


def given_of(
    reading: Reading, tables: Columns, oid: int, known: dict[int, dict[str, Column]]
) -> dict[str, Column]:
    """Return the columns that a table hands to others; it may be outside of the selection."""
    if oid not in known:
        held = tables[oid] if oid in tables else columns(reading, oid)
        name = reading.names[oid]
        known[oid] = {k: inherited_column(name, k, one) for k, one in held.items()}
    return known[oid]


def attributes(reading: Reading, oid: int) -> dict[str, Column]:
    """Return the columns that a composite type gives to its typed tables."""
    value = reading.composite(oid)
    return {
        key: Column(type=one.type, collation=one.collation, nullable=True)
        for key, one in value.attributes.items()
    }


def split_of(
    reading: Reading,
    oid: int,
    mine: Mapping[str, Column],
    given: Mapping[str, Column],
) -> Split:
    """Return the columns of a child or a typed table, all of whose own are said to be local."""
    declared: dict[str, Column] = {}
    own: dict[str, Own] = {}
    row_of = reading.tables[oid]
    named = names_above(reading, row_of.inherits or ())
    for row in reading.columns[oid]:
        column, above = mine[row.name], given.get(row.name)
        is_forced = above is not None and not above.nullable
        if above is None or (row.local and not row_of.of_type):
            if is_forced and row.not_null_local is False:
                column = replace(column, nullable=True, not_null=None)
            declared[row.name] = column
            continue
        if column.not_null in named.get(row.name, ()):
            column = replace(column, not_null=None)
        says = is_forced and bool(row.not_null_local)
        if found := own_of(column, above, says=says):
            own[row.name] = found
    return Split(declared, own)


def names_above(reading: Reading, parents: Collection[int]) -> dict[str, set[str]]:
    """Return what each NOT NULL is called in parents."""
    found: dict[str, set[str]] = {}
    for parent in parents:
        for row in reading.columns[parent]:
            if row.not_null_name is not None:
                found.setdefault(row.name, set()).add(row.not_null_name)
    return found


def own_of_partition(
    reading: Reading, tables: Columns, oid: int, given: Mapping[str, Column]
) -> dict[str, Own]:
    """Return what a partition has otherwise of the columns that its parent gives it."""
    parent, mine = reading.tables[oid].parent, tables[oid]
    names = {one.name: one.not_null_name for one in reading.columns[parent]}
    found: dict[str, Own] = {}
    for row in reading.columns[oid]:
        column = mine[row.name]
        says = not column.nullable and row.not_null_name != names[row.name]
        differs = dict(own_of(column, given[row.name], says=says))
        differs.pop("identity", None)  # before 17; it is told
        if counts(reading, tables, oid, row.name):
            differs.pop("default", None)
        if differs:
            found[row.name] = differs
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


def unheld_of_columns(
    reading: Reading, tables: Columns, split_: Mapping[int, Split]
) -> Iterator[Unheld]:
    """Yield what tables have otherwise of columns from others, which a spec cannot say."""
    for oid in tables:
        row, name = reading.tables[oid], reading.names[oid]
        if row.parent is not None:
            found = unheld_of_partition(reading, tables, oid)
        else:
            found = unheld_of_child(reading, tables, oid, split_[oid].declared)
        for kind, key in found:
            yield Unheld(kind=kind, name=f"{key} of {name}", table=name)


def unheld_of_partition(
    reading: Reading, tables: Columns, oid: int
) -> Iterator[tuple[str, str]]:
    """Yield what the columns of a partition have otherwise, and their names."""
    above = above_of(reading, tables, oid)
    for key, column in tables[oid].items():
        found = [*unlike(column, above[key], reading.version)]
        if column.default is not None and counts(reading, tables, oid, key):
            # Before 17; from then on, PostgreSQL refuses it.
            found.append("default of an identity")
        for what in found:
            yield f"{what} of a partition's column", key


def unheld_of_child(
    reading: Reading, tables: Columns, oid: int, declared: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Yield what columns and checks of a child have otherwise, and their names."""
    parents = reading.tables[oid].inherits or ()
    for parent in parents:
        above = tables[parent] if parent in tables else columns(reading, parent)
        for key, column in above.items():
            if key not in declared and tables[oid][key].generated != column.generated:
                yield "expression of a child's column", key
    for one in reading.inherited_constraints[oid] if parents else ():
        if one.type == "c":
            yield "comment on a parent's check", one.name


SET_EXPRESSION = 17  # the PostgreSQL that can, so that a statement says it


def unlike(column: Column, parent: Column, version: int) -> Iterator[str]:
    if column.generated != parent.generated and version < SET_EXPRESSION:
        yield "expression"
    if column.collation != parent.collation:
        yield "collation"
    if column.identity is not None:
        # Before 17; from then on, a partition counts on with its parent's.
        yield "identity"


def without_origin(
    reading: Reading, chosen: Collection[int]
) -> Iterator[tuple[int, Any]]:
    """Yield the tables whose parents or types are not among what is read, and what is missing."""
    for oid in chosen:
        row = reading.tables[oid]
        missing = [one for one in row.inherits or () if one not in chosen]
        if missing:
            yield oid, ("inheritance", reading.names.get(missing[0]))
        elif row.of_type and reading.composite(row.of_type) is None:
            yield oid, ("type of a table", None)
