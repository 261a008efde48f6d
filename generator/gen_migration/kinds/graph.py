"""The graph of a schema: its objects, and what each of them refers to. Pure.

A node is a tuple: the word of a kind and a name (`("table", name)`, `("enum", name)`), or what
is in a table (`("column", table, name)`, and so `default`, `constraint`, `index`, and `inherited`:
what a partition has of an index or a constraint of a table above it). `("owner", name)` is that a
sequence belongs to a column. That, a default and a foreign key can be set apart, so that no circle
is left. What PostgreSQL says in `pg_depend` of these nodes is an edge here, or a path (law 13).
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from gen_migration import kinds
from gen_migration.kinds import BY_WORD, KINDS
from gen_migration.kinds.references import EVERY, SPACES, of_type
from gen_migration.model.automatic_names import column_sequence
from gen_migration.model.given import columns_of, given_checks
from gen_migration.model.own_columns import partitions
from gen_migration.model.partitions import is_only
from gen_migration.model.schema import Index, PrimaryKey, Unique
from gen_migration.postgres.names import PUBLIC, Name

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping

    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.model.schema import Constraint, Schema, Table
    from gen_migration.postgres.types import Type

Node = tuple[Any, ...]
ANY = -1  # number of arguments
# What is chosen by the types that are at hand.
CHOSEN = frozenset(("operators", "standard", "casts"))
# The spaces of names that a reference may have for its word.
NAMED = {"holder": "relations", **{space: space for space in SPACES}}
COMPARISONS = frozenset(("=", "<>", "<", ">", "<=", ">="))
N = TypeVar("N", bound="Hashable")


class Graph:
    """The nodes of a schema, and those that references lead to."""

    def __init__(self, schema: Schema, find: Finder = EVERY) -> None:
        self.schema = schema
        self.find = find

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
                found = itself | find.expression(name, column.default)
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
        needs = {
            node: self.found(node, references) for node, references in self.of_objects()
        }
        ends = {*nodes}
        types = {one.word for one in KINDS if one.space in {"types", "collations"}}
        found = [
            node
            for node in needs
            if node[0] not in types and leads_to(node, ends, needs)
        ]
        inside = {
            node: [one for one in found if one in needs[node] - {node}]
            for node in found
        }
        return in_order(found, inside, {})[::-1]

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
        near = self.near(node) if casts else set()
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

    def nodes(self, reference: Reference) -> set[Node]:
        """Return what a reference leads to in this schema; of operators, what it may."""
        word, name, *rest = reference
        if word in NAMED:
            return self.named(NAMED[word], name)
        match word:
            case "column":
                return self.column(name, *rest)
            case "constraint" | "index" | "inherited":
                is_held = self.has_part(word, name, *rest)
            case "key":
                return self.keys(name, *rest)
            case "field":
                return self.field(name, *rest)
            case "operators" | "standard":
                return self.operators(name, *rest) if rest else self.standard(name)
            case "functions":
                return self.called(name, *rest)
            case "columns":
                return self.columns(name, *rest)
            case "brought":
                return self.nodes((name, *rest)) or self.brought
            case _:
                is_held = name in self.schema.of(word)
        return {reference} if is_held else set()

    def has_part(self, word: str, table: Name, name: str) -> bool:
        """Tell whether a table has a constraint or an index, or `inherited` one above it."""
        lineage = self.lineage(table)
        if word != "inherited":
            return any(
                name in dict(parts(self.schema.tables[one])) for one in lineage[:1]
            )
        above = (self.schema.tables[one] for one in lineage[1:])
        return any(name in dict(given_parts(one)) for one in above)

    def lineage(self, table: Name) -> list[Name]:
        """Return a table and those above it, as far as the schema has them."""
        found: list[Name] = []
        while (value := self.schema.tables.get(table)) is not None:
            found.append(table)
            if value.partition_of is None:
                break
            table = value.partition_of.parent
        return found

    def origins(self, table: Table, name: str) -> set[Reference]:
        """Return where a column of a table comes from: columns of its parents, or its type."""
        if table.of_type is not None:
            return {("composite type", table.of_type)}
        return {
            ("column", parent, name)
            for parent in table.parents
            # What a child declares, its parent may have lost.
            if not table.inherits or self.column(parent, name)
        }

    def column(self, table: Name, name: str) -> set[Node]:
        """Return a column; one that is given, with all that it comes from."""
        value = self.schema.tables.get(table)
        if value is None:
            return set()
        found: set[Node] = set()
        for word, of, *_ in self.origins(value, name) if value.has_given else ():
            found |= self.column(of, name) if word == "column" else self.typed(of, name)
        if found or name in value.columns:
            found.add(("column", table, name))
        return found

    def typed(self, of: Name, name: str) -> set[Node]:
        """Return the composite type of a column, where it has such an attribute."""
        value = self.schema.of("composite type").get(of)
        is_held = value is not None and name in value.attributes
        return {("composite type", of)} if is_held else set()

    def field(self, relation: Name, name: str) -> set[Node]:
        """Return a column of the table that is called so; `*` is all of them."""
        found: set[Node] = set()
        for word, table in self.named("relations", relation):
            if word == "table":
                wanted = columns_of(self.schema, table) if name == "*" else (name,)
                found = found.union(*(self.column(table, one) for one in wanted))
        return found

    def keys(self, table: Name, columns: frozenset[str]) -> set[Node]:
        """Return what makes columns unique for a foreign key, in all partitions as well.

        PostgreSQL keeps a foreign key for each partition of the table that it refers to.
        """
        found: set[Node] = set()
        for place in self.lineage(table):
            for key, one in parts(self.schema.tables[place]):
                if is_key(one, columns):
                    found.add(part(place, key, one))
                    for below in partitions(self.schema, table):
                        found |= self.nodes(("inherited", below, key))
        for below in partitions(self.schema, table):
            found.update(("column", below, name) for name in columns)
        return found

    def named(self, space: str, name: Name | None) -> set[Node]:
        """Return what is called so: the very name, or the one that the search path leads to.

        What the schema does not know by its name, an extension of it may bring.
        """
        if name is None or name.schema == "pg_catalog":
            return set()
        held = self.spaces.get(space, {}).get(name.name, [])
        if space == "relations":
            held = [*held, *self.column_sequences.get(name.name, ())]
        found = in_path(name, held)
        return {node for _, node in found} or self.brought

    def operators(self, name: Name, operands: int | tuple[Type, ...]) -> set[Node]:
        """Return the operators that are called so, of so many operands or of these types."""
        held = self.spaces.get("operators", {}).get(name.name, [])

        def fits(node: Node) -> bool:
            if isinstance(operands, int):
                return len(node[1].arguments) == operands
            return all(map(is_same, node[1].arguments, operands))

        found = {node for _, node in in_path(name, held) if fits(node)}
        # Of a comparison, the types say whose it is.
        return found if found or name.name in COMPARISONS else self.brought

    def standard(self, method: str) -> set[Node]:
        """Return the operator classes that types have of themselves for an access method."""
        word = "operator class"
        return {
            (word, name)
            for name, value in self.schema.of(word).items()
            if value.standard and name.method == method
        }

    @property
    def brought(self) -> set[Node]:
        """What may bring a name that the schema does not know."""
        return {("extension", one) for one in self.schema.of("extension")}

    def called(self, name: Name, count: int) -> set[Node]:
        """Return the routines that a call with so many arguments may be one of."""
        if name.schema == "pg_catalog":
            return set()
        held = self.spaces.get("functions", {}).get(name.name, [])
        found = {
            node
            for _, node in in_path(name, held)
            if BY_WORD[node[0]].takes(self.schema.of(node[0])[node[1]], count)
        }
        return found or self.brought

    def columns(self, name: Name, names: frozenset[str] | None) -> set[Node]:
        """Return those columns of a relation that have one of these names; with None, all."""
        found: set[Node] = set()
        for word, table in self.named("relations", name):
            if word == "table":
                held = columns_of(self.schema, table)
                for key in held if names is None else names & held.keys():
                    found |= self.column(table, key)
        return found

    @cached_property
    def spaces(self) -> dict[str, dict[str, list[tuple[Name, Node]]]]:
        """The objects by the space of their names, and by their names without the schema."""
        found: dict[str, dict[str, list[tuple[Name, Node]]]] = {}
        held = [
            (str(kind.space), one, (kind.word, name))
            for kind in KINDS
            if kind.space
            for name, value in self.schema.of(kind.word).items()
            for one in (name, *kind.brings(name, value))
        ]
        held += [
            (space, one, (kind.word, name))
            for kind in kinds.of(self.schema)
            for name, value in self.schema.of(kind.word).items()
            for space, one in kind.brings_others(value)
        ]
        # A table is the type of its rows as well.
        held += [
            (space, name, ("table", name))
            for name in self.schema.tables
            for space in ("relations", "types")
        ]
        # So are the other relations.
        held += [
            ("types", name, (kind.word, name))
            for kind in KINDS
            if kind.has_columns
            for name in self.schema.of(kind.word)
        ]
        for space, name, node in held:
            by_name = found.setdefault(space, {})
            by_name.setdefault(name.name, []).append((name, node))
        return found

    @cached_property
    def column_sequences(self) -> dict[str, list[tuple[Name, Node]]]:
        """The columns by the names of the sequences that they bring by themselves."""
        found: dict[str, list[tuple[Name, Node]]] = {}
        for table, value in self.schema.tables.items():
            for key, column in value.columns.items():
                if column.has_sequence:
                    name = column_sequence(table, key, column)
                    node = ("column", table, key)
                    found.setdefault(name.name, []).append((name, node))
        return found


def is_same(one: Type, other: Type) -> bool:
    """Tell whether two types are one; a schema that one of them does not say may be any."""
    schemas = {one.schema, other.schema} - {None}
    return (
        len(schemas) < 2 and replace(one, schema=other.schema, kind=other.kind) == other
    )


def in_path(name: Name, held: list[tuple[Any, Node]]) -> list[tuple[Any, Node]]:
    """Return those of some objects of one name that a name with or without a schema may mean.

    They are those of its schema, or where there are none, those to which the search path leads.
    """
    schema = name.schema or PUBLIC
    for found in (
        [one for one in held if one[0].schema == name.schema],
        [one for one in held if (one[0].schema or PUBLIC) == schema],
    ):
        if found:
            return found
    # The search path decides, and may lead to any schema.
    if held and None in {name.schema, *(one.schema for one, _ in held)}:
        first = held[0][0].schema
        return [one for one in held if one[0].schema == first]
    return []


def part(table: Name, name: str, value: Constraint | Index) -> Node:
    """Return the node of a constraint or an index."""
    return "index" if isinstance(value, Index) else "constraint", table, name


def parts(table: Table) -> Iterator[tuple[str, Constraint | Index]]:
    """Yield the constraints and the indexes of a table."""
    yield from table.constraints.items()
    yield from table.indexes.items()


def given_parts(table: Table) -> Iterator[tuple[str, Constraint | Index]]:
    """Yield those that the partitions of a table have as well."""
    return (one for one in parts(table) if not is_only(one[1]))


def holder(node: Node) -> Node:
    """Return the table that a node is in, or itself."""
    return ("table", node[1]) if len(node) > 2 else node


def is_key(value: Constraint | Index, columns: frozenset[str]) -> bool:
    """Tell whether a foreign key may refer to these columns for the sake of a part."""
    match value:
        case PrimaryKey() | Unique():
            return columns == frozenset(value.columns) and not value.deferrable
        case Index(unique=True, where=None):
            return columns == {one.column for one in value.elements}
    return False


def in_order(
    nodes: Iterable[N],
    needs: Mapping[N, Collection[N]],
    wishes: Mapping[N, Collection[N]],
) -> list[N]:
    """Return nodes in their order, but right before each those that it needs, and that it wishes.

    A wish is left where a node that waits would have to come first. A circle of needs is cut where
    the walk comes back to a node that waits. It is a walk in depth, and not Kahn's: what something
    needs comes forward, and all else stays where it was.
    """
    done: dict[N, None] = {}

    def following(node: N, left: Iterator[N], waiting: Collection[N]) -> N | None:
        for one in left:
            is_open = one not in done and one not in waiting
            if is_open and (
                one in needs.get(node, ()) or not leads_to(one, waiting, needs)
            ):
                return one
        return None

    for root in nodes:
        waiting = dict.fromkeys([root] if root not in done else [])
        stack = [iter([*needs.get(one, ()), *wishes.get(one, ())]) for one in waiting]
        while stack:
            node = next(reversed(waiting))
            one = following(node, stack[-1], waiting)
            if one is None:
                stack.pop()
                del waiting[node]
                done[node] = None
            else:
                waiting[one] = None
                stack.append(iter([*needs.get(one, ()), *wishes.get(one, ())]))
    return list(done)


def leads_to(start: N, ends: Collection[N], needs: Mapping[N, Collection[N]]) -> bool:
    """Tell whether a node needs one of others, or what it needs does."""
    seen, waiting = {start}, [start]
    while waiting:
        for node in needs.get(waiting.pop(), ()):
            if node in ends:
                return True
            if node not in seen:
                seen.add(node)
                waiting.append(node)
    return False
