"""What runs before all else, renames among it, and what runs after all else. Pure."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from gen_migration.kinds import BY_WORD
from gen_migration.kinds.graph import Graph
from gen_migration.operations import every as op

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from gen_migration.diff.differ import Difference
    from gen_migration.model.schema import Schema


def around(
    found: Difference, operations: Sequence[op.Operation]
) -> tuple[op.Operation, ...]:
    """Return all operations of a difference, of which these have an order."""
    whole = (*found.first, *found.renames, *operations, *found.last)
    if op.only_builds(whole):
        return whole
    # What is about what is created later goes before anything comes, and comes after all.
    later = [one for one in operations if is_of_later(one)]
    gone = [one for one in later if isinstance(one, op.DropObject)]
    come = [one for one in later if not isinstance(one, op.DropObject)]
    operations = [*gone, *(one for one in operations if not is_of_later(one)), *come]
    # What a rename moves to has to be there.
    schemas = [one for one in (*found.renames, *operations) if is_early(one)]
    rest = [one for one in (*found.renames, *operations) if not is_early(one)]
    every = (*schemas, *rest, *found.last)
    going = [one for one in every if watches(one) and is_going(one)]
    coming = [one for one in every if watches(one) and not is_going(one)]
    waiting = of_parts(operations, found.old, found.new)
    named = [
        one
        for one in free_drops(operations, found.old)
        if found.renames or (one.kind, one.name) in waiting
    ]
    coming = [*outermost(operations, waiting), *coming]
    apart = {id(one) for one in (*going, *named, *coming)}
    between = (one for one in every if id(one) not in apart)
    # Values of enums commit, which what has to change at once cannot hold.
    starts = (*as_then(going, found), *found.first, *as_then(named, found))
    return (*starts, *between, *coming)


def is_of_later(operation: op.Operation) -> bool:
    """Tell whether an operation is on what is about what is created after it."""
    kind = BY_WORD.get(getattr(operation, "kind", ""))
    return kind is not None and kind.is_of_later


def watches(operation: op.Operation) -> bool:
    """Tell whether an operation is on what fires for what a revision does."""
    kind = BY_WORD.get(getattr(operation, "kind", ""))
    return kind is not None and kind.watches


def is_going(operation: op.Operation) -> bool:
    """Tell whether what fires does so no more, or gets the name that it is called by then."""
    match operation:
        case op.DropObject() | op.RenameObject():
            return True
        case op.AlterObject(new=new):
            return getattr(new, "state", None) == "disabled"
    return False


def is_early(operation: op.Operation) -> bool:
    """Tell whether an operation gives a schema its name."""
    match operation:
        case op.RenameObject(kind="schema") | op.CreateObject(kind="schema"):
            return True
    return False


def free_drops(operations: Sequence[op.Operation], old: Schema) -> list[op.DropObject]:
    """Return the drops that name things as they are called before a rename.

    What something else stands on waits for that, which names its table as it is called then.
    """
    drops = {
        (one.kind, one.name): one
        for one in operations
        if isinstance(one, op.DropObject) and is_as_written(one.kind)
    }
    held = needed({*drops}, old)
    return [one for node, one in drops.items() if node not in held]


def needed(statements: set[Any], schema: Schema) -> set[Any]:
    """Return those of statements that something else stands on."""
    if not statements:
        return set()
    edges = Graph(schema).edges()
    waiting = [node for node in edges if node not in statements]
    held: set[Any] = set()
    while waiting:
        found = edges[waiting.pop()] & statements - held
        held |= found
        waiting += found
    return held


def of_parts(operations: Sequence[op.Operation], old: Schema, new: Schema) -> set[Any]:
    """Return the statements that go and come back around the change of an index, or a constraint.

    They are off for the whole of the edit, so that the change has the form in which others go on.
    """
    gone, come = (
        {
            (one.kind, one.name)
            for one in operations
            if isinstance(one, kind) and is_as_written(one.kind)
        }
        for kind in (op.DropObject, op.CreateObject)
    )
    both = gone & come
    if not both:
        return set()
    from gen_migration.diff.undone import set_back

    parts = [one for one in operations if isinstance(one, op.DropPart)]
    nodes = {node for one in parts for node in set_back(one, old)}
    standing = {*Graph(old).standing_on(nodes)}
    return both & standing - needed(both, old) - needed(both, new)


def outermost(
    operations: Sequence[op.Operation], statements: Collection[Any]
) -> list[op.Operation]:
    """Return what creates these statements."""
    return [
        one
        for one in operations
        if isinstance(one, op.CreateObject) and (one.kind, one.name) in statements
    ]


def is_as_written(word: str) -> bool:
    kind = BY_WORD.get(word)
    return kind is not None and kind.is_as_written


def as_then(
    operations: Iterable[op.Operation], found: Difference
) -> Iterator[op.Operation]:
    """Yield operations with the values that objects have before the renames of a difference."""
    schema = None
    for one in operations:
        if schema is None:
            schema = op.apply(found.old, op.inverse((*found.first, *found.renames)))
        then = one
        if isinstance(one, op.DropObject | op.AlterObject):
            old = schema.of(one.kind)[one.name]
            then = replace(one, old=old)
        if isinstance(then, op.AlterObject):
            then = replace(then, new=replace(old, **changed(one)))
        schema = then.apply(schema)
        yield then


def changed(operation: Any) -> dict[str, Any]:
    """Return what an operation alters, by the fields of the value."""
    sides = (operation.old, operation.new)
    return {
        field.name: after
        for field in fields(operation.new)
        for before, after in [tuple(getattr(one, field.name) for one in sides)]
        if before != after
    }
