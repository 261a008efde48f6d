"""What of a database is selected: tables, and objects of all kinds. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration.base.data_class import replace
from gen_migration.base.errors import Error, nearest, quoted
from gen_migration.catalog.values import Unheld
from gen_migration.kinds.references import EVERY, named, of_element, of_type
from gen_migration.model.constraints import elements_of
from gen_migration.postgres.names import Name, split_name

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gen_migration.catalog.rows import Reading
    from gen_migration.catalog.values import Rows, Selection
    from gen_migration.kinds.kind import Kind
    from gen_migration.model.schema import Table


# What columns are made of.
MADE_OF = frozenset(("types", "collations"))


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
                f"the database has no schema {quoted(name)}",
                hint=nearest(name, known) or "see what it has: psql's \\dn",
            )
    for name in selection.schemas or known:
        if not known[name].usable:
            raise Error(
                f"the role may not look into the schema {quoted(name)}",
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
        f"the database has no table {quoted(text)}",
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
