"""The nodes of a schema, and those that a reference leads to by its name. Pure.

A node is a tuple: the word of a kind and a name (`("table", name)`, `("enum", name)`), or what
is in a table (`("column", table, name)`, also of others that declare columns, and so `default`,
`constraint`, `index`, and `inherited`: what a partition has of an index or a constraint of a table
above it). `("owner", name)` is that a sequence belongs to a column.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from gen_migration.base.data_class import replace
from gen_migration.kinds import BY_WORD, KINDS
from gen_migration.kinds.references import SPACES
from gen_migration.kinds.spaces import in_path, sequences_of, spaces_of
from gen_migration.model.given import Same, columns_of
from gen_migration.model.own_columns import partitions
from gen_migration.model.partitions import is_only
from gen_migration.model.schema import Index, PrimaryKey, Unique

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.kinds.references import Reference
    from gen_migration.kinds.spaces import ByName, Held
    from gen_migration.model.schema import Constraint, Schema, Table
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type

Node = tuple[Any, ...]
ANY = -1  # number of arguments
# The spaces of names that a reference may have for its word.
NAMED = {"holder": "relations", **{space: space for space in SPACES}}
COMPARISONS = frozenset(("=", "<>", "<", ">", "<=", ">="))


class Nodes:
    """The nodes of a schema."""

    # What finds the nodes of a reference, by the words of those that are no nodes. They are names,
    # since a graph that held its own methods would hold itself.
    FOUND_BY: ClassVar[Mapping[str, str]] = {
        "column": "column",
        "key": "keys",
        "field": "field",
        "grouped": "grouped",
        "operators": "operators",
        "standard": "standard",
        "functions": "called",
        "columns": "columns",
        "transforms": "transforms",
    }

    def __init__(self, schema: Schema) -> None:
        self.schema = schema

    def nodes(self, reference: Reference) -> set[Node]:
        """Return what a reference leads to in this schema; of operators, what it may."""
        word, name, *rest = reference
        if word in NAMED:
            return self.named(NAMED[word], name)
        if word in self.FOUND_BY:
            found: set[Node] = getattr(self, self.FOUND_BY[word])(name, *rest)
            return found
        match word:
            case "constraint" | "index" | "inherited":
                is_held = self.has_part(word, name, *rest)
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
            key = frozenset((name,))
            words = (kind.word for kind in KINDS if kind.has_columns)
            return set().union(*(self.declared(one, table, key) for one in words))
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
        """Return a column of the relation that is called so; `*` is all of them."""
        return self.columns(relation, None if name == "*" else frozenset((name,)))

    def grouped(self, relation: Name, columns: frozenset[str]) -> set[Node]:
        """Return the primary key that tells the rest of a row where these columns are grouped.

        Source: `check_functional_grouping` (pg_constraint.c).
        """
        return {
            part(place, key, one)
            for word, table in self.named("relations", relation)
            if word == "table"
            for place in self.lineage(table)
            for key, one in self.schema.tables[place].constraints.items()
            if isinstance(one, PrimaryKey) and not one.deferrable
            if columns.issuperset(one.columns)
        }

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
        held = self.in_space(space, name.name)
        if space == "relations":
            held = [*held, *self.column_sequences(name.name)]
        found = in_path(name, held)
        return {node for _, node in found} or self.brought

    def operators(self, name: Name, operands: int | tuple[Type, ...]) -> set[Node]:
        """Return the operators that are called so, of so many operands or of these types."""
        held = self.in_space("operators", name.name)

        def fits(node: Node) -> bool:
            if BY_WORD[node[0]].space != "operators":
                return True  # it brings one, of whatever operands
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

    def transforms(self, language: str, of: Type) -> set[Node]:
        """Return the transform of a type for a language."""
        word = "transform"
        return {
            (word, name)
            for name in self.schema.of(word)
            if name.language == language and is_same(name.type, of)
        }

    @property
    def brought(self) -> set[Node]:
        """What may bring a name that the schema does not know."""
        return {("extension", one) for one in self.schema.of("extension")}

    def called(self, name: Name, count: int) -> set[Node]:
        """Return the routines that a call with so many arguments may be one of."""
        if name.schema == "pg_catalog":
            return set()
        held = self.in_space("functions", name.name)
        found = {
            node
            for _, node in in_path(name, held)
            if BY_WORD[node[0]].takes(self.schema.of(node[0])[node[1]], count)
        }
        return found or self.brought

    def columns(self, name: Name, names: frozenset[str] | None) -> set[Node]:
        """Return those columns of a relation that have one of these names; with None, all."""
        found: set[Node] = set()
        for word, relation, *_ in self.named("relations", name):
            if word == "table":
                held = columns_of(self.schema, relation)
                for key in held if names is None else names & held.keys():
                    found |= self.column(relation, key)
            elif word in BY_WORD and BY_WORD[word].has_columns:
                found |= self.declared(word, relation, names)
        return found

    def declared(
        self, word: str, relation: Name, names: frozenset[str] | None
    ) -> set[Node]:
        """Return those columns of one of these names that an object declares; with None, all."""
        value = self.schema.of(word).get(relation)
        held = () if value is None else BY_WORD[word].declared(value)
        return {
            ("column", relation, key) for key in held if names is None or key in names
        }

    def in_space(self, space: str, name: str) -> Held:
        """Return the objects of a space that are called so, in whatever schema."""
        return [
            one for held in self.spaces.get(space, ()) for one in held.get(name, ())
        ]

    @cached_property
    def spaces(self) -> Mapping[str, list[ByName]]:
        """The objects by the space of their names, and by their names without the schema."""
        return spaces_of(self.schema)

    def column_sequences(self, name: str) -> Held:
        """Return the columns that bring a sequence of this name by themselves."""
        return sequences_of(Same(self.schema.tables)).get(name, [])


def is_same(one: Type, other: Type) -> bool:
    """Tell whether two types are one; a schema that one of them does not say may be any."""
    schemas = {one.schema, other.schema} - {None}
    return (
        len(schemas) < 2 and replace(one, schema=other.schema, kind=other.kind) == other
    )


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


def is_key(value: Constraint | Index, columns: frozenset[str]) -> bool:
    """Tell whether a foreign key may refer to these columns for the sake of a part."""
    match value:
        case PrimaryKey() | Unique():
            return columns == frozenset(value.columns) and not value.deferrable
        case Index(unique=True, where=None):
            return columns == {one.column for one in value.elements}
    return False
