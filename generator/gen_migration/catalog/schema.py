"""The one model, made of the rows of a catalog. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.catalog.access import access_of, unheld_grants
from gen_migration.catalog.indexes import index
from gen_migration.catalog.partitions import (
    Split,
    split,
    unheld_of_columns,
    without_origin,
)
from gen_migration.catalog.rows import Reading
from gen_migration.catalog.selection import (
    Choice,
    is_chosen,
    selected,
    used,
    without_hidden,
)
from gen_migration.catalog.tables import columns, table
from gen_migration.catalog.values import Catalog, Unheld
from gen_migration.kinds import KINDS
from gen_migration.model.partitions import origin_of
from gen_migration.model.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from gen_migration.catalog.values import Rows, Selection
    from gen_migration.kinds.kind import Kind
    from gen_migration.model.schema import Table
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type


def catalog(rows: Rows, selection: Selection) -> Catalog:
    """Return what a selection of a database holds.

    Raises Error where the selection names something that is not there, or where a schema is
    hidden from the role.
    """
    reading = Reading(rows)
    selection, hidden = without_hidden(rows, selection)
    chosen = selected(reading, selection)
    columns_of = {oid: columns(reading, oid) for oid in chosen}
    alone = dict(without_origin(reading, chosen))
    parted = split(reading, columns_of, alone)
    tables = tables_of(reading, chosen, parted, alone)
    chosen = [oid for oid in chosen if reading.names[oid] in tables]
    objects = objects_of(reading, selection, tables, chosen)
    schema = Schema(objects=objects, tables=with_origins(tables))
    unheld = [
        *hidden,
        *reading.refused,
        *unheld_of_columns(reading, {oid: columns_of[oid] for oid in chosen}, parted),
        *of_no_origin(reading, alone),
        *listed(rows, reading, chosen, selection),
        *unheld_grants(reading, schema),
    ]
    return Catalog(
        schema=schema,
        external=external(reading, schema.tables),
        unheld=tuple(unheld),
        version=rows.version,
        home=rows.home,
        search=rows.search,
    )


def tables_of(
    reading: Reading,
    chosen: list[int],
    parted: Mapping[int, Split],
    alone: Collection[int],
) -> dict[Name, Table]:
    """Return tables; one whose place or key cannot be read is refused, with its partitions."""
    found: dict[int, Table] = {}
    refused: set[int] = set()
    for oid in chosen:
        try:
            found[oid] = table(reading, oid, *parted[oid], is_alone=oid in alone)
        except ValueError as error:
            refused.add(oid)
            reading.refuse("table", str(reading.names[oid]), error)
    return {
        reading.names[oid]: one
        for oid, one in found.items()
        if not lineage(reading, oid) & refused
    }


def of_no_origin(reading: Reading, alone: Mapping[int, Any]) -> Iterator[Unheld]:
    """Yield the tables that have columns from what is not read."""
    for oid, (kind, of) in alone.items():
        name = reading.names[oid]
        said = str(name) if of is None else f"{name} (from {of})"
        yield Unheld(kind=kind, name=said, table=name)


def with_origins(tables: dict[Name, Table]) -> dict[Name, Table]:
    """Return tables without what partitions have of indexes and constraints that are left out."""
    schema = Schema(tables=tables)
    return {
        name: replace(
            table,
            inherited={
                key: one
                for key, one in table.inherited.items()
                if origin_of(schema, name, key) is not None
            },
        )
        if table.inherited
        else table
        for name, table in tables.items()
    }


def lineage(reading: Reading, oid: int) -> set[int]:
    """Return a table and those that it has columns from."""
    found: set[int] = set()
    waiting = [oid]
    while waiting:
        current = waiting.pop()
        if current in reading.tables and current not in found:
            found.add(current)
            row = reading.tables[current]
            waiting += [*(row.inherits or ()), *([row.parent] if row.parent else [])]
    return found


def objects_of(
    reading: Reading,
    selection: Selection,
    tables: Mapping[Name, Table],
    chosen: list[int],
) -> dict[str, dict[Any, Any]]:
    """Return the objects of all kinds that belong to a selection, by their kinds."""
    every = {kind: [*read(reading, kind)] for kind in KINDS}
    columns = [one for table in tables.values() for one in table.columns.values()]
    types = used(every, tables)
    defaults = [one.default for one in columns if one.default is not None]
    about = Choice(selection, frozenset(chosen), types, defaults)
    result: dict[str, dict[Any, Any]] = {}
    for kind, found in every.items():
        held: dict[Any, Any] = {}
        for name, value, row in found:
            if is_chosen(kind, name, row, about):
                held = kind.put(held, name, value)
        result[kind.word] = held
    relations = {*tables}.union(*result.values())
    for kind in KINDS:
        if kind.holders:
            members = result[kind.word].items()
            result[kind.word] = {k: v for k, v in members if k.holder in relations}
    return result


def read(reading: Reading, kind: Kind) -> Iterator[tuple[Any, Any, Any]]:
    """Yield name, value and row of the objects of a kind."""
    # What has none is asked no more, so that its module is not imported.
    if not any(reading.found[key] for key in (kind.key, *kind.also_reads)):
        return
    for row in kind.rows(reading.found):
        name = reading.name_of(kind, row)
        try:
            value = kind.from_row(reading, row)
            # Of tables, they are parts.
            for one in reading.indexes_of.get(row.oid, ()) if kind.has_indexes else ():
                value = kind.read_index(value, one.name, index(reading, one))
        except ValueError as error:
            holder = name.holder if kind.holders else None
            reading.refuse(kind.word, str(name), error, holder)
            continue
        if value is not None:
            said = (
                access_of(reading, kind.word, name, row.oid) if kind.has_owner else {}
            )
            value = replace(value, comment=kind.kept_comment(name, row.comment), **said)
            yield name, value, row


def external(
    reading: Reading, tables: Mapping[Name, Table]
) -> dict[Name, dict[str, Type]]:
    """Return the columns that foreign keys refer to in tables that are not among these."""
    oids = {name: oid for oid, name in reading.names.items()}
    result: dict[Name, dict[str, Type]] = {}
    for one in tables.values():
        for key in one.foreign_keys.values():
            if key.referred_table in tables:
                continue
            types = reading.types[oids[key.referred_table]]
            columns_of = result.setdefault(key.referred_table, {})
            columns_of |= {column: types[column] for column in key.referred_columns}
    return result


def listed(
    rows: Rows, reading: Reading, chosen: list[int], selection: Selection
) -> Iterator[Unheld]:
    """Yield the rows of `unheld.sql` that belong to the selection."""
    wanted = frozenset(chosen)
    for row in rows.found["unheld"]:
        if row.of is None:
            outside = selection.schemas and row.schema not in selection.schemas
            if selection.tables or outside:
                continue
            name = (
                row.name
                if row.schema is None
                else str(reading.name(row.schema, row.name))
            )
            yield Unheld(kind=row.kind, name=name)
        elif row.of in wanted:
            table = reading.names[row.of]
            own = row.schema is not None and (
                reading.relation_name(row.schema, row.name) == table
            )
            name = str(table) if own else f"{row.name} of {table}"
            yield Unheld(kind=row.kind, name=name, table=table)
