"""Foreign keys, and the order of tables that they ask for. Pure."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.model.given import columns_of
from gen_migration.model.partitions import root
from gen_migration.model.schema import ForeignKey

if TYPE_CHECKING:
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name


@dataclass(frozen=True, slots=True)
class Edge:
    """A foreign key of its holder; rows go into `table` and `referred`, roots of partitions."""

    holder: Name
    table: Name
    key: ForeignKey
    referred: Name
    is_weak: bool


@dataclass(frozen=True, slots=True)
class Order:
    """Tables, each after those that it refers to: `first`, those of `together`, and `last`.

    Those of `together` wait for each other: keys among them are neither NULL nor filled. The keys
    of `later` are set once all is filled; they point at what comes later, or at their own table.
    """

    first: tuple[Name, ...]
    together: tuple[Name, ...]
    last: tuple[Name, ...]
    later: tuple[Edge, ...]
    edges: tuple[Edge, ...]


def edges(schema: Schema) -> list[Edge]:
    """Return the foreign keys that are enforced and point at a table of the schema."""
    return [
        Edge(
            name,
            root(schema, name),
            key,
            root(schema, key.referred_table),
            is_weak(schema, name, key),
        )
        for name, table in schema.tables.items()
        for key in table.constraints.values()
        if isinstance(key, ForeignKey)
        and not key.not_enforced
        and key.referred_table in schema.tables
    ]


def is_weak(schema: Schema, name: Name, key: ForeignKey) -> bool:
    """Tell whether NULLs satisfy a foreign key."""
    columns = columns_of(schema, name)
    nullable = [columns[one].nullable for one in key.columns]
    return all(nullable) if key.match_full else any(nullable)


def order(schema: Schema) -> Order:
    """Return the order of all tables that rows are put into.

    A cycle is broken at keys that may be NULL; without such, its tables come together.
    """
    every = edges(schema)
    roots = [name for name in schema.tables if root(schema, name) == name]
    later = [one for one in every if one.table == one.referred]
    kept = [one for one in every if one.table != one.referred]
    while True:
        sorter: TopologicalSorter[Name] = TopologicalSorter(dict.fromkeys(roots, ()))
        for one in kept:
            sorter.add(one.table, one.referred)
        try:
            sorter.prepare()
        except CycleError as error:
            pairs = set(pairwise(error.args[1]))
            around = [one for one in kept if (one.referred, one.table) in pairs]
        else:
            break
        if not (cut := [one for one in around if one.is_weak]):
            break
        later += cut
        kept = [one for one in kept if one not in cut]
    first: list[Name] = []
    while ready := sorter.get_ready():
        first += ready
        sorter.done(*ready)
    last: list[Name] = []
    rest = [name for name in roots if name not in first]
    while True:
        needed = {one.referred for one in kept if one.table in rest}
        if not (ends := [name for name in rest if name not in needed]):
            break
        rest = [name for name in rest if name in needed]
        last = ends + last
    later += [one for one in kept if {one.table, one.referred} <= set(rest)]
    return Order(tuple(first), tuple(rest), tuple(last), tuple(later), tuple(every))
