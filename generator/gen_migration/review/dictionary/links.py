"""What each object of a schema uses, and what uses it, as far as names say so. Pure."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from gen_migration.kinds import BY_WORD
from gen_migration.kinds.graph import CHOSEN, Graph

if TYPE_CHECKING:
    from gen_migration.kinds.nodes import Node
    from gen_migration.model.schema import Schema

Links = defaultdict["Node", set["Node"]]


def links(schema: Schema) -> tuple[Links, Links]:
    """Return what objects use, and what they are used by, both by object.

    What an expression may use without naming it is left out, and so is what is in one object.
    """
    graph = Graph(schema)
    uses, used_by = defaultdict(set), defaultdict(set)
    for node, references in graph.references():
        one = owner(schema, node)
        for each in references:
            if each[0] in CHOSEN or each[1] is None:
                continue
            for found in graph.nodes(each):
                other = owner(schema, found)
                if found in graph.brought:  # it may be, and nobody knows
                    continue
                if other != one and is_held(schema, one) and is_held(schema, other):
                    uses[one].add(other)
                    used_by[other].add(one)
    return uses, used_by


def owner(schema: Schema, node: Node) -> Node:
    """Return the object on whose page a node is told of."""
    word, name, *rest = node
    if word == "owner":
        return ("sequence", name)
    if rest:
        return ("table", name)
    kind = BY_WORD.get(word)
    if kind is None or not kind.holders:
        return (word, name)
    words = (one for one in kind.holders if name.holder in schema.of(one))
    return (next(words, word), name.holder)


def is_held(schema: Schema, node: Node) -> bool:
    """Tell whether an object has a page."""
    return node[1] in schema.of(node[0])


def in_order(found: set[Node]) -> list[Node]:
    """Return objects in the order of their kinds and names."""
    order = ["table", *BY_WORD]
    return sorted(found, key=lambda one: (order.index(one[0]), str(one[1])))
