"""The graph of a schema: its nodes, and what each of them refers to. Pure.

The owner of a sequence, a default and a foreign key are nodes that can be set apart, so that no
circle is left. What PostgreSQL says in `pg_depend` of nodes is an edge here, or a path (law 13).
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from gen_migration import kinds
from gen_migration.kinds import BY_WORD, KINDS
from gen_migration.kinds.nodes import ANY, given_parts, part, parts
from gen_migration.kinds.nodes_inside import NodesInside
from gen_migration.kinds.references import EVERY, of_type
from gen_migration.kinds.standing import Names, Standing
from gen_migration.model.given import columns_of, given_checks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from gen_migration.kinds.nodes import Node
    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name

# What is chosen by the types that are at hand.
CHOSEN = frozenset(("operators", "standard", "casts"))


class Graph(NodesInside):
    """The nodes of a schema, each with those that it refers to."""

    def __init__(self, schema: Schema, find: Finder = EVERY) -> None:
        super().__init__(schema)
        self.find = find
        # Whether no reference so far was one that types choose what it leads to.
        self.is_by_names = True

    def edges(self) -> dict[Node, set[Node]]:
        """Return all nodes, each with those that it refers to."""
        return {
            node: self.found(node, references) for node, references in self.references()
        }

    def references(self) -> Iterator[tuple[Node, set[Reference]]]:
        """Yield each node with its references."""
        yield from self.of_objects()
        for name, sequence in self.schema.sequences.items():
            if sequence.owned_by is not None:
                both = {("sequence", name), ("column", *sequence.owned_by)}
                yield ("owner", name), both
        for name in self.schema.tables:
            yield from self.of_table(name)

    def of_objects(self) -> Iterator[tuple[Node, set[Reference]]]:
        """Yield the objects of all kinds with their references."""
        for kind in kinds.of(self.schema):
            for name, value in self.schema.of(kind.word).items():
                yield (kind.word, name), kind.stands_on(name, value, self.find)

    def of_table(self, name: Name) -> Iterator[tuple[Node, set[Reference]]]:
        """Yield a table and what is in it, with their references."""
        table, find = self.schema.tables[name], self.find
        whole = {("table", name)}
        yield ("table", name), find.table(name, table)
        for key, column in columns_of(self.schema, name).items():
            theirs = self.origins(table, key)
            yield ("column", name, key), whole | theirs | find.column(name, column)
            if column.default is not None:
                itself = {("column", name, key)}
                found = itself | find.default(name, column)
                yield ("default", name, key), found
        for key, one in parts(table):
            yield part(name, key, one), whole | find.part(name, one)
        for key, check in given_checks(self.schema, table).items():
            if key not in table.constraints:
                yield part(name, key, check), whole | find.part(name, check)
        for above in self.lineage(name)[1:]:
            for key, one in given_parts(self.schema.tables[above]):
                origin = {part(above, key, one)}
                yield ("inherited", name, key), whole | origin | find.part(name, one)

    def standing_on(self, nodes: Collection[Node]) -> list[Node]:
        """Return the objects that refer to nodes, or to such objects; those that do come first.

        Types and collations are left out: columns hold on to them, so that they cannot be dropped
        meanwhile.
        """
        if not nodes:
            return []
        types = {one.word for one in KINDS if one.space in {"types", "collations"}}
        return self.standing.on(nodes, types)

    @property
    def standing(self) -> Standing:
        """What stands on what among the objects."""
        if self.find is EVERY:
            found, is_by_names = standing(Names(self.schema))
            if is_by_names:
                return found
        return Standing(self.needs())

    def needs(self) -> dict[Node, set[Node]]:
        """Return the objects, each with what it refers to."""
        return {
            node: self.found(node, references) for node, references in self.of_objects()
        }

    def found(self, node: Node, references: Iterable[Reference]) -> set[Node]:
        """Return what a node refers to."""
        return {one for each in references for one in self.led(node, each)} - {node}

    def led(self, node: Node, reference: Reference) -> set[Node]:
        """Return what a reference of a node leads to.

        An operator is meant where all of its own types are at hand: PostgreSQL knows it by those.
        """
        if reference[0] == "casts":
            return self.casts(node)
        found = {self.seen_by(node, one) for one in self.nodes(reference)}
        if reference[0] not in CHOSEN or all(one[0] == "extension" for one in found):
            return found
        self.is_by_names = False
        if node not in self.at_hand:
            return found
        near = self.near(node)
        return {
            one
            for one in found
            if self.types_of(one) <= near and node not in self.reached(one)
        }

    def seen_by(self, node: Node, one: Node) -> Node:
        """Return a node as another one refers to it: a function of a base type, to its shell."""
        if one[0] == "base type" and node[0] == "function":
            kind, value = BY_WORD[one[0]], self.schema.of(one[0])[one[1]]
            if ("functions", node[1].called, ANY) in kind.refers(value, self.find):
                return ("shell type", one[1])
        return one

    def near(self, node: Node) -> set[Node]:
        """Return what is at hand at a node: all that it, or what is in it, leads to for sure."""
        return set().union(*map(self.reached, self.inside.get(node, [node])))

    def casts(self, node: Node) -> set[Node]:
        """Return the functions of the casts that a node may use, which it then refers to."""
        casts = [
            (name, value.routine)
            for name, value in self.schema.of("cast").items()
            if value.routine is not None
        ]
        if not casts:
            return set()
        self.is_by_names = False
        near = self.near(node)
        return {
            one
            for name, routine in casts
            if self.types_of(("cast", name)) <= near
            for one in self.called(routine.called, len(routine.arguments))
            if node not in self.reached(one)
        }

    def reached(self, start: Node) -> set[Node]:
        """Return a node, and what it refers to for sure, directly or not."""
        seen, waiting = {start}, [start]
        while waiting:
            new = self.at_hand.get(waiting.pop(), set()) - seen
            seen |= new
            waiting += new
        return seen

    @cached_property
    def inside(self) -> dict[Node, list[Node]]:
        """The tables, each with the nodes of all that is in it."""
        found: dict[Node, list[Node]] = {}
        for one in self.at_hand:
            if holder(one)[0] == "table":
                found.setdefault(holder(one), []).append(one)
        return found

    def types_of(self, node: Node) -> set[Node]:
        """Return the types of the schema that have to be at hand where a node is meant."""
        word, name = node
        if word not in BY_WORD:
            return set()
        types = BY_WORD[word].concerned_types(name, self.schema.of(word).get(name))
        return {one for of in types for each in of_type(of) for one in self.sure(each)}

    def sure(self, reference: Reference) -> set[Node]:
        """Return what a reference leads to; a type that is not of the schema is itself."""
        found = self.nodes(reference)
        is_strange = reference[0] == "types" and not found and reference[1] is not None
        return {reference} if is_strange else found

    @cached_property
    def at_hand(self) -> dict[Node, set[Node]]:
        """What each node refers to for sure."""
        return {
            node: {
                one
                for each in references
                if each[0] not in CHOSEN
                for one in self.sure(each)
            }
            for node, references in self.references()
        }


def holder(node: Node) -> Node:
    """Return the table that a node is in, or itself."""
    return ("table", node[1]) if len(node) > 2 else node


@lru_cache(maxsize=8)
def standing(names: Names) -> tuple[Standing, bool]:
    """Return what stands on what in a schema, and whether names alone say so."""
    graph = Graph(names.schema)
    return Standing(graph.needs()), graph.is_by_names
