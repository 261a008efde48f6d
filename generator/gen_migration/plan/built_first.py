"""What keeps rows and is made anew: it is built before what stands on the old one goes. Pure.

It is built under another name, and takes the old one's, so that readers wait for names alone. Where
something that it reads only comes after the old one has gone, it is made then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.kinds import BY_WORD
from gen_migration.kinds.graph import Graph, holder
from gen_migration.kinds.relations import Known
from gen_migration.operations import every as op
from gen_migration.operations.base import apply
from gen_migration.plan.accesses import accesses
from gen_migration.plan.effects import subject

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gen_migration.kinds.nodes import Node
    from gen_migration.model.schema import Schema


def takes_name(
    word: str, name: Any, value: Any
) -> tuple[op.CreateObject, tuple[op.Operation, ...]]:
    """Return what builds an object under another name, and what then gives it its own."""
    kind = BY_WORD[word]
    other, built = kind.built_aside(name, value)
    then: list[op.Operation] = [op.RenameObject(kind=word, old=other, new=name)]
    bare, wanted = kind.bare(built), kind.bare(value)
    if bare != wanted:
        then.append(op.AlterObject(kind=word, name=name, old=bare, new=wanted))
    return op.CreateObject(kind=word, name=other, new=built), tuple(then)


def built_first(
    steps: tuple[op.Operation, ...], start: Schema
) -> tuple[op.Operation, ...]:
    """Return the steps from a schema, in which rows are built before their old relation goes.

    What reads such a relation is built over the new one, while that has its other name.
    """
    aside: dict[Node, Node] = {}
    names: list[op.Operation] = []  # what gives those their own
    for node in [(one.kind, one.name) for one in created(steps)]:
        drop, create = made_anew(steps)[node]
        new: Any = steps[create]
        schema = apply(start, steps[: create + 1])
        needed = needs(schema, node)
        value = new.new
        for other in aside.keys() & needed:
            known = Known(schema)
            value = BY_WORD[new.kind].followed(value, known, other, aside[other])
        needed = {aside.get(one, one) for one in needed}
        first = create
        while first > 0 and (
            any(steps[first - 1] is one for one in names)
            or may_follow(steps[first - 1], needed)
        ):
            first -= 1
        gone = (
            n for n in range(first, drop + 1) if isinstance(steps[n], op.DropObject)
        )
        first = next(gone, create)
        if first < create:
            made, then = takes_name(new.kind, new.name, new.new)
            made = replace(made, new=replace(made.new, query=value.query))
            between, after = steps[first:create], steps[create + 1 :]
            found = (*steps[:first], made, *between, *then, *after)
            if apply(start, found) == apply(start, steps):
                steps = found
                aside[node] = (made.kind, made.name)
                names += then
    return steps


def created(steps: Sequence[op.Operation]) -> list[op.CreateObject]:
    """Return what creates relations anew that keep rows, in its order."""
    positions = sorted(create for _, create in made_anew(steps).values())
    found: list[Any] = [steps[one] for one in positions]
    return found


def of_rows(
    operations: Sequence[op.Operation], old: Graph, new: Graph
) -> Iterator[tuple[int, int]]:
    """Yield pairs of positions: what a relation reads is there before the old one goes."""
    for node, (drop, create) in made_anew(operations).items():
        needed = needs(new.schema, node)
        gone = {node, *old.standing_on({node})}
        late = [
            position
            for position, one in enumerate(operations[: drop + 1])
            if isinstance(one, op.DropObject) and (one.kind, one.name) in gone
        ]
        for position, one in enumerate(operations):
            if touches(one, needed) and position != create:
                yield from ((position, then) for then in late)


def made_anew(operations: Sequence[op.Operation]) -> dict[Node, tuple[int, int]]:
    """Return what keeps rows and is made anew, with the positions of its drop and its creation."""
    dropped: dict[Node, int] = {}
    found: dict[Node, tuple[int, int]] = {}
    for position, one in enumerate(operations):
        if not isinstance(one, op.WholeObject) or one.kind not in BY_WORD:
            continue
        if BY_WORD[one.kind].keeps_rows:
            node = one.kind, one.name
            if isinstance(one, op.DropObject):
                dropped[node] = position
            elif node in dropped:
                found[node] = dropped.pop(node), position
    return found


def needs(schema: Schema, node: Node) -> set[Node]:
    """Return what an object reads, directly or not, be it only in the texts of functions."""
    graph = Graph(schema)
    edges = graph.edges()
    found: set[Node] = set()
    waiting = [node]
    while waiting:
        one = waiting.pop()
        named = edges.get(one, set())
        if one[0] in BY_WORD and one[1] in schema.of(one[0]):
            value = schema.of(one[0])[one[1]]
            named = named | graph.found(one, BY_WORD[one[0]].wishes(value))
        new = {each for each in named if each not in found and each != node}
        found |= new
        waiting += new
    return found


def may_follow(operation: op.Operation, nodes: set[Node]) -> bool:
    """Tell whether what needs nodes may as well be made before an operation."""
    return accesses(operation) is not None and not touches(operation, nodes)


def touches(operation: op.Operation, nodes: set[Node]) -> bool:
    """Tell whether an operation makes or changes one of nodes, or a part of one that stays."""
    node, _, new, _ = subject(operation)
    return node in nodes or (new is not None and holder(node) in nodes)
