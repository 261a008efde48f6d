"""The one model, made of the rows of a catalog. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration.base.data_class import replace
from gen_migration.base.errors import Error, nearest
from gen_migration.catalog.access import access_of, unheld_grants
from gen_migration.catalog.indexes import index
from gen_migration.catalog.partitions import (
    Split,
    split,
    unheld_of_columns,
    without_origin,
)
from gen_migration.catalog.rows import Reading
from gen_migration.catalog.tables import columns, table
from gen_migration.catalog.values import Catalog, Unheld
from gen_migration.kinds import KINDS
from gen_migration.kinds.references import EVERY, named, of_element, of_type
from gen_migration.model.constraints import elements_of
from gen_migration.model.partitions import origin_of
from gen_migration.model.schema import Schema
from gen_migration.postgres.names import Name, split_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from gen_migration.catalog.values import Rows, Selection
    from gen_migration.kinds.kind import Kind
    from gen_migration.model.schema import Table
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


def without_hidden(rows: Rows, selection: Selection) -> tuple[Selection, list[Unheld]]:
    """Return a selection of schemas that the role may look into, and those that it may not.

    Raises Error for a schema that is named and not there, or hidden from the role; with
    `only_usable`, a hidden one that nobody has named is none.
    """
    hidden = [row.name for row in rows.found["schemas"] if not row.usable]
    if not hidden or selection.schemas or not selection.only_usable:
        refuse_hidden(rows, selection)
        return selection, []
    usable = tuple(row.name for row in rows.found["schemas"] if row.usable)
    reason = "the role may not look into it (GRANT USAGE ON SCHEMA)"
    return replace(selection, schemas=usable), [
        Unheld(kind="schema", name=name, reason=reason) for name in hidden
    ]


def refuse_hidden(rows: Rows, selection: Selection) -> None:
    known = {row.name: row for row in rows.found["schemas"]}
    for name in selection.schemas:
        if name not in known:
            raise Error(
                f'the database has no schema "{name}"',
                hint=nearest(name, known) or "see what it has: psql's \\dn",
            )
    for name in selection.schemas or known:
        if not known[name].usable:
            raise Error(
                f'the role may not look into the schema "{name}"',
                hint=f"GRANT USAGE ON SCHEMA {Name(None, name).sql}, or leave it out:"
                " --schema names those that are wanted",
            )


def selected(reading: Reading, selection: Selection) -> list[int]:
    """Return the OIDs of the tables that are wanted, a parent before its partitions."""
    by_name = {name: oid for oid, name in reading.names.items()}
    wanted = set(reading.tables)
    if selection.schemas:
        wanted = {o for o in wanted if reading.tables[o].schema in selection.schemas}
    if selection.tables:
        named = {
            table_named(text, by_name, reading, selection) for text in selection.tables
        }
        wanted = {oid for oid in wanted if root(reading, oid) & named}
    if selection.without:
        named = {
            table_named(text, by_name, reading, selection) for text in selection.without
        }
        wanted = {oid for oid in wanted if not root(reading, oid) & named}
    return [oid for oid in reading.tables if oid in wanted]


def table_named(
    text: str, by_name: Mapping[Name, int], reading: Reading, selection: Selection
) -> int:
    """Return the OID of a table that somebody named: `users`, `app.users`."""
    try:
        parts = split_name(text)
    except ValueError:
        parts = [text]
    schemas = [parts[0]] if parts[1:] else [*selection.schemas, *reading.path]
    for schema in schemas:
        found = by_name.get(reading.relation_name(schema, parts[-1]))
        if found is not None:
            return found
    known = [str(name) for name in by_name]
    raise Error(
        f'the database has no table "{text}"',
        hint=nearest(text, known) or "write table, or schema.table",
    )


def root(reading: Reading, oid: int) -> set[int]:
    """Return a table and those that it is a partition of."""
    found = set()
    current: int | None = oid
    while current is not None and current in reading.tables:
        found.add(current)
        current = reading.tables[current].parent
    return found


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


# What columns are made of.
MADE_OF = frozenset(("types", "collations"))


def used(
    every: Mapping[Kind, list[tuple[Any, Any, Any]]], tables: Mapping[Name, Table]
) -> set[tuple[str, Name]]:
    """Return the types and the collations that tables use, by their spaces and names.

    What a type is made of is among them.
    """
    found: set[tuple[str, Name]] = set()
    for one in tables.values():
        found |= named("types", one.of_type)
        for column in one.columns.values():
            found |= of_type(column.type) | named("collations", column.collation)
        for part in (*one.indexes.values(), *one.constraints.values()):
            for element in elements_of(part):
                found |= of_element(element)
    made: dict[tuple[str, Name], set[tuple[str, Name]]] = {}
    for kind, objects in every.items():
        for name, value, _ in objects if kind.space in MADE_OF else ():
            refers = {one for one in kind.refers(value, EVERY) if one[0] in MADE_OF}
            itself = (str(kind.space), name)
            made[itself] = refers
            for each in kind.brings(name, value):
                made[str(kind.space), each] = {itself}
    waiting = [*found]
    while waiting:
        new = made.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


class Choice(NamedTuple):
    """What is selected: tables by their OIDs, what their columns are made of, and defaults."""

    selection: Selection
    tables: Collection[int]
    types: Collection[tuple[str, Name]]
    defaults: Collection[str]


def is_chosen(kind: Kind, name: Any, row: Any, choice: Choice) -> bool:
    """Tell whether an object is selected, or is what the selected tables use."""
    schema, owner = kind.selected_by(row), getattr(row, "table_oid", None)
    if owner is not None and owner not in choice.tables:
        return False
    if not kind.is_whole(row, choice.tables, choice.selection):
        return False
    is_type = kind.space in MADE_OF
    schemas = choice.selection.schemas
    if schema is not None and schemas and schema not in schemas:
        return is_type and (kind.space, name) in choice.types
    if schema is None or owner is not None or not choice.selection.tables:
        return True
    if is_type:
        return (kind.space, name) in choice.types
    spelled: str | None = getattr(row, "spelled", None)
    return spelled is not None and any(spelled in one for one in choice.defaults)


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
