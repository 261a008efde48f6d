"""What stands on objects that are made anew, and is off meanwhile. Pure.

An object of a kind is dropped and created again as well; of a table, it is a default, a constraint,
an index or a generated column; a type, which columns hold on to, lets go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.kinds import BY_WORD, KINDS
from gen_migration.kinds.graph import Graph
from gen_migration.kinds.nodes import parts
from gen_migration.kinds.references import EVERY
from gen_migration.model.given import column_of, has_heirs, heirs
from gen_migration.model.own_columns import is_split, own_parts
from gen_migration.operations import base as basic
from gen_migration.operations import columns
from gen_migration.operations.alterations import SetComment, altered

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from gen_migration.diff.outlived import Outlived
    from gen_migration.kinds.nodes import Node
    from gen_migration.kinds.references import Reference
    from gen_migration.model.schema import Column, Schema
    from gen_migration.operations.base import Operation
    from gen_migration.postgres.names import Name

# What goes, and takes with it what stands on it; columns are those that are computed.
PASSING = frozenset(
    (
        "column",
        "constraint",
        "index",
        *(kind.word for kind in KINDS if kind.space not in {"types", "collations"}),
    )
)


def concerned(
    schema: Schema, seeds: Collection[Node], apart: Collection[Node] = ()
) -> set[Node]:
    """Return what refers to nodes, or to what goes with them; what is `apart` does not."""
    if not seeds:
        return set()
    standing: dict[Node, list[Node]] = {}
    for node, needs in Graph(schema).edges().items():
        for one in needs:
            standing.setdefault(one, []).append(node)
    found: set[Node] = set()
    waiting = [*seeds]
    while waiting:
        for node in standing.get(waiting.pop(), ()):
            if node not in found and node not in apart:
                found.add(node)
                waiting += [node] if node[0] in PASSING else []
    return found


def naming(schema: Schema, nodes: Collection[Node]) -> Callable[[str], bool]:
    """Return what tells whether an expression names one of nodes."""
    graph = Graph(schema)

    def names(expression: str) -> bool:
        found = EVERY.expression(None, expression)
        return any(not graph.nodes(one).isdisjoint(nodes) for one in found)

    return names


def going(
    schema: Schema, nodes: Collection[Node]
) -> Callable[[Collection[Reference]], bool]:
    """Return what tells whether references of a schema lead to one of nodes."""
    graph = Graph(schema)
    return lambda found: any(not graph.nodes(one).isdisjoint(nodes) for one in found)


class Aside:
    """What is off while objects are made `anew`.

    They are nodes of either schema, but for those of tables that are `gone` as a whole. A column
    among them goes and comes by itself, and so does what heirs have of it. With them go the callers
    of routines that are `outlived`. Tables that are `moving` stand alone in both schemas.
    """

    def __init__(
        self,
        old: Schema,
        new: Schema,
        anew: set[Node],
        gone: Collection[Name],
        moving: Collection[Name],
        outlived: Outlived,
    ) -> None:
        self.old, self.new, self.moving = old, new, moving
        self.let_go = anew | outlived.routines
        taking = {one for one in outlived.callers if one[0] in PASSING}
        nodes = {*outlived.callers}
        before, after = (concerned(one, anew | taking) for one in (old, new))
        nodes |= before & after
        nodes |= {one for one in before ^ after if not self.is_retyped(one)}
        nodes -= {*with_heirs(old, anew), *with_heirs(new, anew)}
        self.nodes = {
            node
            for node in nodes
            if len(node) == 2
            or (node[1] in old.tables and node[1] in new.tables and node[1] not in gone)
        }

    def is_retyped(self, node: Node) -> bool:
        """Tell whether a column goes over from an object, or to it, with the values of its own."""
        sides = [column_at(one, node) for one in (self.old, self.new)]
        return all(one is not None and one.generated is None for one in sides)

    @property
    def objects(self) -> set[Node]:
        """The objects that are made anew as well."""
        return {
            one
            for one in self.nodes
            if len(one) == 2 and one[0] in PASSING and not BY_WORD[one[0]].lets_go
        }

    def instead(self, changes: Iterable[Operation]) -> list[Operation]:
        """Return changes with those of the nodes replaced: what is old goes, what is new comes."""
        rest = self.rest(changes)
        return [*rest, *self.of_types(), *self.of_tables(is_moving=False)]

    def while_apart(self, changes: Iterable[Operation]) -> list[Operation]:
        """Return changes of tables that move in the same manner."""
        return [*self.rest(changes), *self.of_tables(is_moving=True)]

    def rest(self, changes: Iterable[Operation]) -> list[Operation]:
        """Return changes without those of the nodes."""
        return [one for one in changes if not self.concerns(one)]

    def concerns(self, operation: Any) -> bool:
        """Tell whether an operation changes one of the nodes, or is told by it."""
        if isinstance(operation, SetComment):
            place = (operation.kind, operation.name, operation.part)
            return operation.part is not None and place in self.nodes
        if isinstance(operation, columns.SetColumnDefault):
            return ("default", operation.table, operation.name) in self.nodes or (
                "column",
                operation.table,
                operation.name,
            ) in self.nodes
        table, name = (getattr(operation, key, None) for key in ("table", "name"))
        if table is None:
            word = getattr(operation, "kind", None)
            return word in TYPES and (word, name) in self.nodes
        noun = getattr(operation, "noun", "column")
        return (noun, table, name) in self.nodes

    def of_types(self) -> Iterator[Operation]:
        """Yield what lets types go, and what gives them back what they have."""
        for word, name in sorted(
            (node for node in self.nodes if node[0] in TYPES), key=str
        ):
            kind = BY_WORD[word]
            sides = (self.old.of(word).get(name), self.new.of(word).get(name))
            before, after = sides
            if before is None or after is None:
                continue
            bare = kind.let_go(before, naming(self.old, self.let_go))
            yield from altered(kind, name, before, bare)
            yield from altered(kind, name, bare, after)

    def of_tables(self, *, is_moving: bool) -> Iterator[Operation]:
        """Yield what takes off parts of tables, and what brings them back."""
        for node in sorted((one for one in self.nodes if len(one) > 2), key=str):
            word, table, name = node
            if (table in self.moving) != is_moving:
                continue
            match word:
                case "default":
                    yield from self.default(table, name)
                case "column":
                    yield from self.column(table, name)
                case "constraint" | "index":
                    yield from self.part(word, table, name)

    def part(self, word: str, table: Name, name: str) -> Iterator[Operation]:
        """Yield the drop of a constraint or an index, and what creates it."""
        held, wanted = (
            dict(parts(side.tables[table])).get(name) for side in (self.old, self.new)
        )
        drop, create = {
            "index": (basic.DropIndex, basic.CreateIndex),
            "constraint": (basic.DropConstraint, basic.CreateConstraint),
        }[word]
        if held is not None:
            yield drop(table=table, name=name, old=held)
        if wanted is not None:
            yield create(table=table, name=name, new=wanted)

    def column(self, table: Name, name: str) -> Iterator[Operation]:
        """Yield the drop of a generated column, and what adds it; that of a parent does for all."""
        held, wanted = (
            side.tables[table].columns.get(name) for side in (self.old, self.new)
        )
        if held is not None:
            own = own_parts(self.old, table, name)
            yield columns.DropColumn(table=table, name=name, old=held, own=own)
        if wanted is not None:
            own = own_parts(self.new, table, name)
            yield columns.AddColumn(table=table, name=name, new=wanted, own=own)

    def default(self, table: Name, name: str) -> Iterator[Operation]:
        """Yield what takes the default of a column off, and what sets it."""
        if ("column", table, name) in self.nodes or name not in (
            self.old.tables[table].columns
        ):
            return
        yield from defaults(self.old, table, name)
        if name in self.new.tables[table].columns:
            for one in reversed([*defaults(self.new, table, name)]):
                yield one.inverse()


def with_heirs(schema: Schema, nodes: Iterable[Node]) -> Iterator[Node]:
    """Yield the columns among nodes, and those that others have from there, with their defaults."""
    for word, table, *rest in nodes:
        if word == "column":
            for name in (table, *heirs(schema, table)):
                yield from ((one, name, *rest) for one in ("column", "default"))


def defaults(schema: Schema, table: Name, name: str) -> Iterator[Operation]:
    """Yield what takes the default off a column.

    Where others have the column with defaults of their own, each table loses its own alone.
    """
    family = (table, *heirs(schema, table))
    split = is_split(schema, table, name)
    for one in family if split else (table,):
        default = column_of(schema, one, name).default
        if default is not None:
            only = split and has_heirs(schema, one)
            yield columns.SetColumnDefault(
                table=one, name=name, old=default, new=None, only=only
            )


def column_at(schema: Schema, node: Node) -> Column | None:
    """Return a column that a table declares itself, where that is what a node is."""
    word, name, *rest = node
    table = schema.tables.get(name) if word == "column" else None
    return None if table is None else table.columns.get(*rest)


TYPES = frozenset(kind.word for kind in KINDS if kind.space == "types")
