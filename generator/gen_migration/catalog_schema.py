"""What the queries of a catalog gave, as the one model. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gen_migration.catalog import Catalog, Unheld
from gen_migration.catalog_columns import is_serial, sequence_options
from gen_migration.catalog_partitions import own_columns, unheld_of_columns
from gen_migration.catalog_reading import Reading
from gen_migration.catalog_tables import columns, table
from gen_migration.errors import Error, nearest
from gen_migration.kinds.extensions import Extension
from gen_migration.kinds.schemas import Namespace
from gen_migration.schema import ForeignKey, Schema, Sequence
from gen_migration.sql import PUBLIC, PUBLIC_COMMENT, Name, split_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.catalog import Rows, Selection
    from gen_migration.column_types import Type
    from gen_migration.schema import Column, Own, Table


def catalog(rows: Rows, selection: Selection) -> Catalog:
    """Return what a selection of a database holds.

    Raises Error where the selection names something that is not there, or where a schema is
    hidden from the role.
    """
    reading = Reading(rows)
    selection, hidden = without_hidden(rows, selection)
    chosen = selected(reading, selection)
    columns_of = {oid: columns(reading, oid) for oid in chosen}
    own = own_columns(reading, columns_of)
    tables = tables_of(reading, chosen, columns_of, own)
    chosen = [oid for oid in chosen if reading.names[oid] in tables]
    sequences = sequences_of(reading, chosen, tables, selection)
    unheld = [
        *hidden,
        *reading.refused,
        *unheld_of_columns(reading, {oid: columns_of[oid] for oid in chosen}),
        *listed(rows, reading, chosen, selection),
    ]
    schema = Schema(
        objects={
            "schema": schemas_of(rows, selection),
            "extension": extensions_of(rows),
            "enum": enums_of(reading, tables, selection),
            "sequence": sequences,
        },
        tables=tables,
    )
    return Catalog(
        schema=schema,
        external=external(reading, tables),
        unheld=tuple(unheld),
        version=rows.version,
        home=rows.home,
        search=rows.search,
    )


def tables_of(
    reading: Reading,
    chosen: list[int],
    columns_of: Mapping[int, dict[str, Column]],
    own: Mapping[int, Mapping[str, Own]],
) -> dict[Name, Table]:
    """Return tables; one whose place or key cannot be read is refused, with its partitions."""
    found: dict[int, Table] = {}
    refused: set[int] = set()
    for oid in chosen:
        try:
            found[oid] = table(reading, oid, columns_of[oid], own.get(oid, {}))
        except ValueError as error:
            refused.add(oid)
            reading.refuse("table", str(reading.names[oid]), error)
    return {
        reading.names[oid]: one
        for oid, one in found.items()
        if not root(reading, oid) & refused
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
        found = by_name.get(reading.name(schema, parts[-1]))
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


def schemas_of(rows: Rows, selection: Selection) -> dict[str, Namespace]:
    """Return the schemas that are not home; `public`, where somebody has put a comment on it."""
    return {
        row.name: Namespace(comment=row.comment)
        for row in rows.found["schemas"]
        if (
            row.comment not in {None, PUBLIC_COMMENT}
            if row.name == PUBLIC
            else row.name != rows.home
        )
        and not selection.tables
        and (not selection.schemas or row.name in selection.schemas)
    }


def extensions_of(rows: Rows) -> dict[str, Extension]:
    return {
        row.name: Extension(
            schema=None if row.schema in {rows.home, "pg_catalog"} else row.schema,
            version=row.version,
            comment=None if row.comment == row.own_comment else row.comment,
        )
        for row in rows.found["extensions"]
    }


def enums_of(
    reading: Reading, tables: Mapping[Name, Table], selection: Selection
) -> dict[Name, Any]:
    """Return the enums of the selection; where tables are named, those that they use."""
    if not (selection.tables or selection.schemas):
        return dict(reading.enums)
    used = {
        Name(column.type.schema, column.type.name)
        for table in tables.values()
        for column in table.columns.values()
        if column.type.kind == "enum"
    }
    return {
        name: enum
        for name, enum in reading.enums.items()
        if name in used
        or (not selection.tables and (name.schema or reading.home) in selection.schemas)
    }


def sequences_of(
    reading: Reading,
    chosen: list[int],
    tables: Mapping[Name, Table],
    selection: Selection,
) -> dict[Name, Sequence]:
    """Return the sequences that no serial and no identity column brings by itself."""
    defaults = {
        column.default
        for table in tables.values()
        for column in table.columns.values()
        if column.default is not None
    }
    result = {}
    wanted = frozenset(chosen)
    for row in reading.sequences:
        name = reading.name(row.schema, row.name)
        if row.tie == "i" or brings(reading, row):
            continue
        if row.table_oid is not None and row.table_oid not in wanted:
            continue
        if selection.schemas and row.schema not in selection.schemas:
            continue
        if (
            selection.tables
            and row.table_oid is None
            and not any(row.spelled in default for default in defaults)
        ):
            continue
        owner = None
        if row.table_oid is not None:
            column = reading.numbers[row.table_oid, row.column]
            owner = (reading.names[row.table_oid], column.name)
        result[name] = Sequence(
            type=row.type,
            options=sequence_options(row),
            unlogged=row.unlogged,
            owned_by=owner,
            comment=row.comment,
        )
    return result


def brings(reading: Reading, row: Any) -> bool:
    """Tell whether a serial column has brought a sequence."""
    if row.table_oid not in reading.names:
        return False
    found = reading.numbers[row.table_oid, row.column]
    return is_serial(reading, found, reading.types[row.table_oid][found.name], row)


def external(
    reading: Reading, tables: Mapping[Name, Table]
) -> dict[Name, dict[str, Type]]:
    """Return the columns that foreign keys refer to in tables that are not among these."""
    oids = {name: oid for oid, name in reading.names.items()}
    result: dict[Name, dict[str, Type]] = {}
    for one in tables.values():
        for key in one.constraints.values():
            if not isinstance(key, ForeignKey) or key.referred_table in tables:
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
            own = row.schema is not None and reading.name(row.schema, row.name) == table
            name = str(table) if own else f"{row.name} of {table}"
            yield Unheld(kind=row.kind, name=name, table=table)
