"""What stays as it is, and is taken off for a while: foreign keys, and defaults on sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.kinds.graph import Graph
from gen_migration.kinds.references import Finder, words_of
from gen_migration.model.schema import PrimaryKey, Schema, Unique
from gen_migration.operations import base as basic
from gen_migration.operations.column_sequences import brought
from gen_migration.operations.column_sequences import sequences as of_columns
from gen_migration.operations.columns import SetColumnDefault

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from gen_migration.operations.base import Operation
    from gen_migration.postgres.names import Name


def dropped_keys(
    changes: Iterable[Operation],
) -> set[tuple[Name, frozenset[str]]]:
    """Return table and columns of the keys that go, or make room for other ones."""
    found = set()
    for change in changes:
        match change:
            case basic.DropConstraint(table=table, old=PrimaryKey() | Unique() as key):
                found.add((table, frozenset(key.columns)))
            case basic.DropIndex(table=table, old=index) if index.unique:
                columns = frozenset(one.column for one in index.elements if one.column)
                found.add((table, columns))
    return found


def keys_between(
    old: Schema,
    new: Schema,
    replaced: set[Name],
    changed: set[Name],
    changes: Collection[Operation],
) -> Iterator[Operation]:
    """Yield what takes unchanged foreign keys off tables for a while, and puts them back.

    Those on tables that are replaced, and those on keys that `changes` drop, of which PostgreSQL
    holds on to one. And those between two tables that become unlogged or logged: PostgreSQL
    changes one table at a time, and allows no key from a logged one to an unlogged.
    """
    dropped = dropped_keys(changes)
    if not (replaced or changed or dropped):
        return
    off = {
        (one.table, one.name)
        for one in changes
        if isinstance(one, basic.DropConstraint)
    }
    for name, one in old.tables.items():
        other = new.tables.get(name)
        if other is None or name in replaced:
            continue
        for key, value in one.foreign_keys.items():
            if other.constraints.get(key) != value or (name, key) in off:
                continue
            both = {name, value.referred_table} <= changed
            if (
                value.referred_table in replaced
                or (value.referred_table, frozenset(value.referred_columns)) in dropped
                or (both and name != value.referred_table)
            ):
                yield basic.DropConstraint(table=name, name=key, old=value)
                yield basic.CreateConstraint(table=name, name=key, new=value)


def sequences_anew(
    changes: Iterable[Operation], dropped: Schema, created: Schema
) -> set[Name]:
    """Return the names of sequences that go, and that others get, on their own or of columns."""
    gone, come = (
        {*side.sequences}.union(*(brought(*one) for one in side.tables.items()))
        for side in (dropped, created)
    )
    for freed, taken in map(of_columns, changes):
        gone |= freed
        come |= taken
    return gone & come


def defaults_between(
    old: Schema, new: Schema, replaced: set[Name], sequences: set[Name]
) -> Iterator[Operation]:
    """Yield what takes unchanged defaults off sequences of a name that others get."""
    if not sequences:
        return
    graph, find = Graph(old), Finder(words_of(one.name for one in sequences))
    nodes = {node for one in sequences for node in graph.nodes(("relations", one))}
    kept = [name for name in old.tables if name in new.tables and name not in replaced]
    for name in kept:
        wanted = new.tables[name].columns
        for key, column in old.tables[name].columns.items():
            default = column.default
            is_kept = key in wanted and default == wanted[key].default
            if default is None or not is_kept:
                continue
            if any(
                nodes & graph.nodes(each)
                for each in find.expression(None, default)
                if each[0] == "relations"
            ):
                for before, after in ((default, None), (None, default)):
                    yield SetColumnDefault(table=name, name=key, old=before, new=after)
