"""What stands on types and operator classes that no spec holds, and is left out with them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.catalog.values import Unheld
from gen_migration.kinds.graph import CHOSEN, Graph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gen_migration.catalog.rows import Reading
    from gen_migration.kinds.graph import Node
    from gen_migration.kinds.references import Reference
    from gen_migration.model.schema import Schema, Table
    from gen_migration.postgres.names import Name

# What a reference calls the space of the names of what is left out.
SPACES = {"type": "types"}
PARTS = frozenset(("column", "constraint", "index", "default", "inherited"))


def without_standing(
    schema: Schema, reading: Reading, rows: Iterable[Any]
) -> tuple[Schema, list[Unheld]]:
    """Return a schema without what stands on rows of `unheld.sql`, and what that is."""
    gone = {
        (SPACES[row.kind], row.schema, row.name): f"{row.kind} {row.name}"
        for row in rows
        if row.of is None and row.kind in SPACES
    }
    if not gone:
        return schema, []
    lost = standing(Graph(schema), gone, reading.home)
    tables = {
        name: without_parts(table, name, lost)
        for name, table in schema.tables.items()
        if ("table", name) not in lost
    }
    objects = {
        word: {
            name: replace(one, owned_by=None) if ("owner", name) in lost else one
            for name, one in found.items()
            if (word, name) not in lost
        }
        for word, found in schema.objects.items()
    }
    return replace(schema, tables=tables, objects=objects), [*told(lost)]


def standing(
    graph: Graph, gone: dict[tuple[str, str, str], str], home: str
) -> dict[Node, str]:
    """Return the nodes that refer to what is gone, or to such nodes alone, each with a reason.

    `gone` is by space, schema and name; a name without a schema is in `home`.
    """
    found = Standing(graph, gone, home)
    size = -1
    while size < len(found.lost):
        size = len(found.lost)
        found.look()
    return found.lost


class Standing:
    """The nodes of a graph that stand on what is gone, each with a reason: those `lost` so far."""

    def __init__(
        self, graph: Graph, gone: dict[tuple[str, str, str], str], home: str
    ) -> None:
        self.graph, self.gone, self.home = graph, gone, home
        self.references = dict(graph.references())
        self.lost: dict[Node, str] = {}

    def look(self) -> None:
        """Look once more at each node that is not lost yet."""
        for node, found in self.references.items():
            if node not in self.lost:
                reasons = sorted(filter(None, (self.why(node, one) for one in found)))
                if reasons:
                    self.lost[node] = reasons[0]

    def why(self, node: Node, reference: Reference) -> str | None:
        """Return what a node loses by a reference; None where that leads to something."""
        found = self.left_out(reference)
        if found is not None:
            return found
        nodes = self.meant(node, reference)
        if nodes and nodes <= self.lost.keys():
            word, *rest = min(nodes, key=str)
            return f"{word} {rest[-1]}"
        return None

    def left_out(self, reference: Reference) -> str | None:
        """Return what is gone that a reference names."""
        space, name, *_ = reference
        if space not in SPACES.values() or name is None:
            return None
        return self.gone.get((space, name.schema or self.home, name.name))

    def meant(self, node: Node, reference: Reference) -> set[Node]:
        """Return what a reference of a node leads to.

        Who uses an operator of a type that is left out has that type itself: any other has one of
        PostgreSQL's that is called so.
        """
        nodes = self.graph.led(node, reference)
        if reference[0] not in CHOSEN:
            return nodes
        given = {one: self.references.get(one, ()) for one in nodes}
        return {one for one in nodes if not any(map(self.left_out, given[one]))}


def without_parts(table: Table, name: Name, lost: dict[Node, str]) -> Table:
    """Return a table without what of it is lost."""

    def rest(word: str, found: Any) -> dict[str, Any]:
        return {key: one for key, one in found.items() if (word, name, key) not in lost}

    columns = {
        key: replace(one, default=None) if ("default", name, key) in lost else one
        for key, one in rest("column", table.columns).items()
    }
    return replace(
        table,
        columns=columns,
        own=rest("column", table.own),
        constraints=rest("constraint", table.constraints),
        indexes=rest("index", table.indexes),
        inherited=rest("inherited", table.inherited),
    )


def told(lost: dict[Node, str]) -> Iterator[Unheld]:
    """Yield what is left out, with its reason; what goes with a whole is not told apart."""
    for node, what in lost.items():
        word, name, *part = node
        reason = f"it stands on {what}, which is left out"
        if word not in PARTS:
            yield Unheld(kind=word, name=str(name), reason=reason)
        elif ("table", name) not in lost and not (
            word == "default" and ("column", name, *part) in lost
        ):
            kind = "inherited part" if word == "inherited" else word
            said = f"{part[0]} of {name}"
            yield Unheld(kind=kind, name=said, table=name, reason=reason)
