"""The order of operations on what has one name: it is free before it is taken. Pure."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any

from gen_migration.diff.free_names import within
from gen_migration.diff.outlived import called
from gen_migration.kinds import BY_WORD
from gen_migration.model.not_null_names import borrowed, default_name
from gen_migration.operations import every as op
from gen_migration.operations.column_sequences import sequences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gen_migration.kinds.graph import Graph
    from gen_migration.kinds.nodes import Node
    from gen_migration.plan.effects import Effect
    from gen_migration.postgres.names import Name


def of_names(
    effects: Sequence[Effect], operations: Sequence[op.Operation]
) -> Iterator[tuple[int, int]]:
    """Yield pairs of positions for what has one name: it is free before it is taken.

    What is altered is there, since it was created and until it is dropped; its steps keep their
    order.
    """
    changes: dict[Node, list[int]] = defaultdict(list)
    freeing: dict[Node, list[int]] = defaultdict(list)
    taking: dict[Node, list[int]] = defaultdict(list)
    for position, (one, operation) in enumerate(zip(effects, operations, strict=True)):
        if one.is_alteration:
            changes[one.node].append(position)
        else:
            held = freeing if one.new is None else taking
            for name in (*names_of(one.node), *links(operation)):
                held[name].append(position)
        for held, found in zip((freeing, taking), inside(operation), strict=True):
            for name in found:
                held["relations", name.schema, name.name].append(position)
    for name, positions in freeing.items():
        yield from product(positions, taking.get(name, ()))
    for node, positions in changes.items():
        yield from pairwise(positions)
        if node not in freeing:
            yield from product(taking.get(node, ()), positions)
        if node not in taking:
            yield from product(positions, freeing.get(node, ()))


def of_not_nulls(operations: Sequence[op.Operation]) -> Iterator[tuple[int, int]]:
    """Yield pairs of positions: a NOT NULL lets go of its name before another column's gets it."""
    freeing = [
        (position, one, one.old or default_name(one.table.name, one.name))
        for position, one in enumerate(operations)
        if isinstance(one, op.SetNotNullName)
    ]
    for position, one in enumerate(operations if freeing else ()):
        match one:
            case op.AddColumn(table=table, name=key, new=column):
                wanted = column.not_null
            case op.SetColumnNullable(table=table, name=key, not_null=wanted):
                pass
            case op.SetNotNullName(table=table, name=key, new=wanted):
                pass
            case _:
                continue
        for first, free, name in freeing:
            if (free.table, name) == (table, wanted) and free.name != key:
                yield first, position


def of_borrowed(operations: Sequence[op.Operation]) -> Iterator[tuple[int, int]]:
    """Yield pairs of positions: PostgreSQL chooses the name of a NOT NULL before another takes it.

    On the way back as well: the table that has it from another goes first.
    """
    coming = {
        one.name: (position, one.new)
        for position, one in enumerate(operations)
        if isinstance(one, op.CreateTable)
    }
    going = {
        one.name: (position, one.old)
        for position, one in enumerate(operations)
        if isinstance(one, op.DropTable)
    }
    for held, step in ((coming, 1), (going, -1)):
        for pair in borrowed({name: table for name, (_, table) in held.items()}):
            first, then = pair[::step]
            yield held[first][0], held[then][0]


def of_let_go(
    operations: Sequence[op.Operation], old: Graph
) -> Iterator[tuple[int, int]]:
    """Yield pairs of positions: what comes back is not to stand on what goes, without naming it."""
    going = {
        position: (one.kind, one.name)
        for position, one in enumerate(operations)
        if isinstance(one, op.DropObject)
        and one.kind in BY_WORD  # a table is none of them
        and BY_WORD[one.kind].is_picked_up
    }
    coming = {
        (one.kind, one.name): position
        for position, one in enumerate(operations)
        if isinstance(one, op.CreateObject)
    }
    for position, node in going.items():
        for standing in old.standing_on({node}):
            if standing in coming:
                yield position, coming[standing]


def of_outlived(
    operations: Sequence[op.Operation],
    effects: Sequence[Effect],
    old: Graph,
    new: Graph,
) -> Iterator[tuple[int, int]]:
    """Yield pairs of positions: what calls a routine by its name is not to find two of that name.

    A routine goes before what calls the other one comes; that comes once what called the first one
    is gone, which the way back turns round.
    """
    going, coming = (
        routines(operations, op.DropObject),
        routines(operations, op.CreateObject),
    )
    both = {name.called for _, name in going} & {name.called for _, name in coming}
    going, coming = (
        {node: one for node, one in found.items() if node[1].called in both}
        for found in (going, coming)
    )
    for position, effect in enumerate(effects if both else ()):
        before, after = effect.old or set(), effect.new or set()
        for routine in called(old, after - before, going.keys()):
            yield going[routine], position
        for routine in called(new, before - after, coming.keys()):
            yield position, coming[routine]


def routines(
    operations: Sequence[op.Operation], which: type[op.DropObject | op.CreateObject]
) -> dict[Node, int]:
    """Return the routines that come or go, and where."""
    return {
        (one.kind, one.name): position
        for position, one in enumerate(operations)
        if isinstance(one, which)
        and one.kind in BY_WORD  # a table is none of them
        and BY_WORD[one.kind].space == "functions"
    }


def inside(operation: Any) -> tuple[set[Name], set[Name]]:
    """Return the names among relations of what goes with something, and of what comes with it."""
    if isinstance(operation, op.SetInherited):
        sides = (operation.old, operation.new)
        old, new = (
            {operation.table._replace(name=one.name)} if one and one.name else set()
            for one in sides
        )
        return old - new, new - old
    gone, come = sequences(operation)
    if not isinstance(operation, op.CreateObject | op.DropObject | op.AlterObject):
        return gone, come
    old, new = (
        {*within(operation.kind, operation.name, value)} if value is not None else set()
        for value in (getattr(operation, side, None) for side in ("old", "new"))
    )
    return gone | old - new, come | new - old


def names_of(node: Node) -> Iterator[Node]:
    """Yield a node, and the names that it shares with others, by their spaces."""
    yield node
    word, name, *rest = node
    kind = BY_WORD.get(word)
    spaces = {"relations", "types"} if kind is None else kind.spaces
    for space in sorted(spaces) if kind is not None or word == "table" else ():
        yield space, *name
    if word in {"index", "constraint"}:
        yield "relations", name.schema, *rest


def links(operation: op.Operation) -> Iterable[Node]:
    """Return what an object that comes or goes has beside its name."""
    match operation:
        case (
            op.CreateObject(kind=word, name=name) | op.DropObject(kind=word, name=name)
        ) if word in BY_WORD:
            return BY_WORD[word].links(name, operation.new or operation.old)
    return ()
