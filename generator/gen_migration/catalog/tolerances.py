"""Differences that mean nothing: what a spec leaves to the server, and a database names. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.catalog.access import left_open, without_owners
from gen_migration.kinds import BY_WORD
from gen_migration.kinds.scope import at_home
from gen_migration.model.automatic_names import AUTOMATIC, sequence_name
from gen_migration.model.given import columns_of
from gen_migration.model.not_null_names import default_name
from gen_migration.model.schema import Inherited, PrimaryKey, Schema

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gen_migration.catalog.values import Catalog
    from gen_migration.kinds.kind import Kind
    from gen_migration.model.schema import Column, Own, Spec, Table
    from gen_migration.postgres.names import Name

    IsOpen = Callable[[str, str | None, str | None], bool]

NAMED = 18  # the PostgreSQL that keeps names of NOT NULL


def without_left_open(found: Catalog, spec: Spec) -> Schema:
    """Return what a database holds, without what a spec leaves to it."""
    wanted = at_home(spec.schema, found.home)
    return with_names_left_open(found.schema, wanted, found.version)


def with_names_left_open(found: Schema, spec: Schema, version: int = 18) -> Schema:
    """Return what a database of this version holds, without what a spec leaves open.

    Those are names of NOT NULL, versions of extensions, comments on schemas, owners and grants:
    where the spec has None, so has the result. What the spec does not have at all stays as it was
    found, but for its owner. A server that keeps no names of NOT NULL has all that the spec gives.
    """
    found = with_serials(without_owners(found, spec)[0], spec)
    keeps = version >= NAMED
    tables = {
        name: left_open(table(spec, name, value, keeps=keeps), spec.tables[name])
        if name in spec.tables
        else value
        for name, value in found.tables.items()
    }
    objects = {
        word: objects_left_open(BY_WORD[word], held, spec.of(word))
        for word, held in found.objects.items()
    }
    return Schema(objects=objects, tables=tables, kept=kept(found, tables))


def kept(found: Schema, tables: Mapping[Name, Table]) -> dict[tuple[Name, str], str]:
    """Return the names of NOT NULL that are found, and that tables leave open."""
    return {
        (name, key): held.not_null
        for name, value in tables.items()
        for key, held in found.tables[name].columns.items()
        if held.not_null and not value.columns[key].not_null
    }


def with_serials(found: Schema, spec: Schema) -> Schema:
    """Return a schema with serial columns where a spec has them.

    There, it says nothing of grants on their sequences, for which a catalog has them apart.
    """
    apart: dict[Name, tuple[Name, str, Column]] = {}
    for name, sequence in found.sequences.items():
        if sequence.grants is None or sequence.owned_by is None:
            continue
        table, key = sequence.owned_by
        held, wanted = (
            side.tables[table].columns.get(key) if table in side.tables else None
            for side in (found, spec)
        )
        is_serial = wanted is not None and wanted.type.is_serial
        is_named = name == sequence_name(table, key) and name not in spec.sequences
        if held is not None and is_serial and is_named:
            apart[name] = table, key, held
    for table, key, column in apart.values():
        serial = replace(column, type=column.type.serial, default=None)
        columns = {**found.tables[table].columns, key: serial}
        tables = {**found.tables, table: replace(found.tables[table], columns=columns)}
        found = replace(found, tables=tables)
    rest = {name: one for name, one in found.sequences.items() if name not in apart}
    return found.with_("sequence", rest) if apart else found


def objects_left_open(
    kind: Kind, found: Mapping[Any, Any], wanted: Mapping[Any, Any]
) -> dict[Any, Any]:
    """Return objects without what a spec leaves open; each server has what is given."""
    return {
        name: left_open(kind.left_open(one, wanted[name]), wanted[name])
        if name in wanted
        else one
        for name, one in found.items()
        if name in wanted or name not in kind.given
    }


def table(spec: Schema, name: Name, value: Table, *, keeps: bool) -> Table:
    """Return a table that a spec has too; `keeps` tells whether names of NOT NULL are kept."""
    wanted = spec.tables[name]

    def is_open(column: str, held: str | None, given: str | None) -> bool:
        # The catalog's reader takes the name that PostgreSQL chooses for none.
        chosen = held is None and given == default_name(name.name, column)
        return given is None or chosen or not keeps

    if wanted.parent is not None and value.parent is not None:
        above = columns_of(spec, wanted.parent)
        mine = {}
        for key in {**value.own, **wanted.own}:
            held, given = value.own.get(key, {}), wanted.own.get(key, {})
            forbidden = key in above and not above[key].nullable
            if forbidden and is_open(key, held.get("not_null"), given.get("not_null")):
                held = {k: v for k, v in held.items() if k not in FORBIDDING}
                held |= {k: v for k, v in given.items() if k in FORBIDDING}
            mine[key] = held
        own = {key: held for key, held in mine.items() if held}
        return replace(value, own=own, inherited=names_left_open(value, wanted))
    columns = dict(value.columns)
    for key in columns.keys() & wanted.columns.keys():
        column, as_said = columns[key], wanted.columns[key]
        same = column.not_null_state == as_said.not_null_state or not keeps
        if same and is_open(key, column.not_null, as_said.not_null):
            columns[key] = replace(
                column,
                not_null=as_said.not_null,
                not_null_state=as_said.not_null_state,
            )
    own = own_of_child(value, wanted, is_open)
    return replace(value, columns=columns, own=own)


def names_left_open(found: Table, wanted: Table) -> dict[str, Inherited]:
    """Return what a partition has otherwise, but the names of parts that the spec does not give.

    A name that PostgreSQL may have chosen, the catalog's reader takes for none.
    """
    kept = {
        key: one
        for key, one in found.inherited.items()
        if key in wanted.inherited or one != Inherited(name=one.name)
    }
    chosen = {
        key: one
        for key, one in wanted.inherited.items()
        if key not in kept
        and one == Inherited(name=one.name)
        and AUTOMATIC.search(one.name or "")
    }
    return kept | chosen


def own_of_child(value: Table, wanted: Table, is_open: IsOpen) -> dict[str, Own]:
    """Return what a child says of its parent's columns, without what a spec leaves open."""
    keys = {
        key
        for one in wanted.constraints.values()
        if isinstance(one, PrimaryKey)
        for key in one.columns
    }

    def is_open_of(held: Own, given: Own, key: str) -> bool:
        both = "nullable" in held and "nullable" in given
        return both and is_open(key, held.get("not_null"), given.get("not_null"))

    found: dict[str, Own] = {}
    for key, held in value.own.items():
        given = wanted.own.get(key)
        rest = held
        if given is None and key in keys:  # which says NOT NULL as well
            rest = {k: v for k, v in held.items() if k not in FORBIDDING}
        elif given is not None and is_open_of(held, given, key):
            rest = {k: v for k, v in held.items() if k != "not_null"}
            rest |= {k: v for k, v in given.items() if k == "not_null"}
        if rest:
            found[key] = rest
    return found


# What says NOT NULL, of what a partition's column has of its own.
FORBIDDING = ("nullable", "not_null", "not_null_state")
