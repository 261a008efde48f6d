"""The order in which tables are filled: each after those that its foreign keys point at. Pure.

A cycle is broken where that costs least: at a key that may be NULL, else at one that is checked
late, else at any.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import TYPE_CHECKING

from gen_migration.model.own_columns import columns_of
from gen_migration.model.schema import ForeignKey

if TYPE_CHECKING:
    from collections.abc import Iterator

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


@dataclass(frozen=True)
class Order:
    """Tables in their order, and the keys that point at what is filled later, or at themselves."""

    tables: tuple[Name, ...]
    edges: tuple[Edge, ...]
    broken: tuple[Edge, ...]

    def keys_of(self, name: Name) -> tuple[ForeignKey, ...]:
        """Return the foreign keys of a table and of its partitions."""
        return tuple(dict.fromkeys(edge.key for edge in self.by_table.get(name, ())))

    def pointing_at(self, name: Name) -> tuple[Edge, ...]:
        """Return the foreign keys that point at a table or at a partition of it."""
        return tuple(self.by_referred.get(name, ()))

    @cached_property
    def by_referred(self) -> dict[Name, list[Edge]]:
        found: dict[Name, list[Edge]] = {}
        for edge in self.edges:
            found.setdefault(edge.referred, []).append(edge)
        return found

    @cached_property
    def by_table(self) -> dict[Name, list[Edge]]:
        found: dict[Name, list[Edge]] = {}
        for edge in self.edges:
            found.setdefault(edge.table, []).append(edge)
        return found

    def groups(self) -> Iterator[tuple[Name, ...]]:
        """Yield tables that are filled at once: a key among them is neither NULL nor filled."""
        places = {name: place for place, name in enumerate(self.tables)}
        ends = {
            places[edge.table]: places[edge.referred] + 1
            for edge in sorted(self.broken, key=lambda edge: places[edge.referred])
            if not edge.is_weak
        }
        start = 0
        while start < len(self.tables):
            end, place = start + 1, start
            while place < end:
                end = max(end, ends.get(place, 0))
                place += 1
            yield self.tables[start:end]
            start = end


def root(schema: Schema, name: Name) -> Name:
    """Return the table that rows of a partition are put into."""
    place = schema.tables[name].partition_of
    while place is not None and place.parent in schema.tables:
        name = place.parent
        place = schema.tables[name].partition_of
    return name


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
    """Return the order of all tables that rows are put into."""
    found = edges(schema)
    broken = [edge for edge in found if edge.table == edge.referred]
    kept = [edge for edge in found if edge.table != edge.referred]
    while True:
        sorter: TopologicalSorter[Name] = TopologicalSorter(
            {name: () for name in schema.tables if root(schema, name) == name}
        )
        for edge in kept:
            sorter.add(edge.table, edge.referred)
        try:
            return Order(tuple(sorter.static_order()), tuple(found), tuple(broken))
        except CycleError as error:
            cut = weakest(kept, list(error.args[1]))
            broken += cut
            kept = [edge for edge in kept if edge not in cut]


def weakest(found: list[Edge], cycle: list[Name]) -> list[Edge]:
    """Return the keys between two tables of a cycle that are least needed at first."""
    between = [
        [edge for edge in found if edge.table == after and edge.referred == before]
        for before, after in pairwise(cycle)
    ]
    return min(
        between,
        key=lambda keys: (
            not all(edge.is_weak for edge in keys),
            not all(edge.key.deferrable or edge.is_weak for edge in keys),
            [edge.table.name for edge in keys],
        ),
    )
