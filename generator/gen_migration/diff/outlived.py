"""Routines that go while what calls them stays as it is, and calls another one then. Pure.

A function that gets another argument is another function: PostgreSQL knows it by the types of its
arguments, and a call by the name alone. What calls it is read anew, once the old one is gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gen_migration import kinds
from gen_migration.kinds.graph import Graph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from gen_migration.kinds.nodes import Node
    from gen_migration.kinds.references import Reference
    from gen_migration.model.schema import Schema


class Outlived(NamedTuple):
    """Routines that go, and what calls them by a name that it keeps."""

    routines: frozenset[Node] = frozenset()
    callers: frozenset[Node] = frozenset()


def outlived(old: Schema, new: Schema) -> Outlived:
    """Return the routines that go, with what calls none but those, and calls the same in `new`.

    Of several routines of one name, nobody says here which is called: where one of them stays, it
    is taken for that.
    """
    routines = frozenset(
        (kind.word, name)
        for kind in kinds.of(old)
        if kind.space == "functions"
        for name in old.of(kind.word).keys() - new.of(kind.word).keys()
    )
    if not routines:
        return Outlived()
    graph, staying = Graph(old), dict(Graph(new).references())
    callers = frozenset(
        node
        for node, references in graph.references()
        if any(called(graph, references & staying.get(node, set()), routines))
    )
    return Outlived(routines, callers)


def called(
    graph: Graph, references: Iterable[Reference], routines: AbstractSet[Node]
) -> Iterator[Node]:
    """Yield those of some routines that references call: none but these may be meant."""
    for one in references:
        if one[0] == "functions" and (found := graph.nodes(one)) <= routines:
            yield from found
