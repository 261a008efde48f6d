"""Differences that mean nothing: what a spec leaves to the server, and a database names. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gen_migration.kinds import BY_WORD
from gen_migration.kinds.scope import at_home
from gen_migration.model.automatic_names import AUTOMATIC
from gen_migration.model.not_null_names import default_name
from gen_migration.model.own_columns import columns_of
from gen_migration.model.schema import Inherited, Schema

if TYPE_CHECKING:
    from gen_migration.catalog.values import Catalog
    from gen_migration.model.schema import Column, Own, Spec, Table
    from gen_migration.postgres.names import Name

NAMED = 18  # the PostgreSQL that keeps names of NOT NULL


def without_left_open(found: Catalog, spec: Spec) -> Schema:
    """Return what a database holds, without what a spec leaves to it."""
    wanted = at_home(spec.schema, found.home)
    return with_names_left_open(found.schema, wanted, found.version)


def with_names_left_open(found: Schema, spec: Schema, version: int = 18) -> Schema:
    """Return what a database of this version holds, without what a spec leaves open.

    Those are names of NOT NULL, versions of extensions, and comments on schemas: where the spec
    has None, so has the result. What the spec does not have at all stays as it was found. A server
    that keeps no names of NOT NULL has all that the spec gives.
    """

    def table(name: Name, value: Table) -> Table:
        wanted = spec.tables[name]
        if wanted.partition_of is not None and value.partition_of is not None:
            own = own_left_open(name, value, wanted)
            return replace(value, own=own, inherited=names_left_open(value, wanted))
        columns = {
            key: column(name, key, one, spec.tables[name].columns[key])
            if key in spec.tables[name].columns
            else one
            for key, one in value.columns.items()
        }
        return replace(value, columns=columns)

    def column(table: Name, name: str, value: Column, wanted: Column) -> Column:
        given = wanted.not_null
        # The catalog's reader takes the name that PostgreSQL chooses for none.
        chosen = value.not_null is None and given == default_name(table.name, name)
        keeps = version >= NAMED and not chosen and given is not None
        return value if keeps else replace(value, not_null=given)

    def own_left_open(name: Name, value: Table, wanted: Table) -> dict[str, Own]:
        above = columns_of(spec, parent_of(wanted))
        mine = {
            key: named(name, key, value.own.get(key, {}), wanted.own.get(key, {}))
            if key in above and not above[key].nullable
            else value.own.get(key, {})
            for key in {**value.own, **wanted.own}
        }
        return {key: own for key, own in mine.items() if own}

    def named(table: Name, name: str, own: Own, wanted: Own) -> Own:
        """Return what a column has of its own, but the names that PostgreSQL gave."""
        given, held = wanted.get("not_null"), own.get("not_null")
        chosen = held is None and given == default_name(table.name, name)
        if given is not None and version >= NAMED and not chosen:
            return own
        rest = {k: v for k, v in own.items() if k not in FORBIDDING}
        return rest | {k: v for k, v in wanted.items() if k in FORBIDDING}

    objects = {
        word: {
            name: kind.left_open(one, wanted[name]) if name in wanted else one
            for name, one in held.items()
            # Each server has what is given.
            if name in wanted or name not in kind.given
        }
        for word, held in found.objects.items()
        for kind, wanted in [(BY_WORD[word], spec.of(word))]
    }
    tables = {
        name: table(name, value) if name in spec.tables else value
        for name, value in found.tables.items()
    }
    return Schema(objects=objects, tables=tables)


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


# What says NOT NULL, of what a partition's column has of its own.
FORBIDDING = ("nullable", "not_null")


def parent_of(partition: Table) -> Name:
    assert partition.partition_of is not None  # noqa: S101 - it is a partition
    return partition.partition_of.parent
