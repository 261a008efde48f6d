"""One edit as a chain of revisions, each of which runs in one way. Pure.

In an order in which old and new application code go on as long as it can be: first what adds,
then what builds and checks, and last what takes away.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gen_migration import online
from gen_migration.column_operations import DropColumn
from gen_migration.conflicts import before, touch
from gen_migration.expand import downgrade_of, expand
from gen_migration.locks import waits
from gen_migration.online import Kind, Kinds, Rules
from gen_migration.operations import (
    Drop,
    Operation,
    apply,
    inverse,
)
from gen_migration.schema import ForeignKey, Schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What a revision does one way.

    In `autocommit`, every statement is one that can be repeated; else all are one transaction.
    `waits` says that a lock of something that is in use may have to be waited for. `start` is the
    schema before.
    """

    start: Schema = field(default_factory=Schema)
    operations: tuple[Operation, ...] = ()
    autocommit: bool = False
    waits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One revision of a chain: its operations, and the steps there and back."""

    operations: tuple[Operation, ...] = ()
    upgrade: Steps = Steps()
    downgrade: Steps = Steps()


def single(
    old: Schema, new: Schema, operations: tuple[Operation, ...], postgresql: int
) -> Link:
    """Return a change as one revision with one transaction."""
    there = expand(old, operations, postgresql)
    back = downgrade_of(new, inverse(operations), postgresql)
    return Link(
        operations=operations,
        upgrade=Steps(start=old, operations=there, waits=waits(there)),
        downgrade=Steps(start=new, operations=back, waits=waits(back)),
    )


def links(
    old: Schema, operations: Sequence[Operation], postgresql: int
) -> tuple[Link, ...]:
    """Return a change as a chain of revisions that lets readers and writers go on."""
    rules = Rules(old, online.unused(operations), postgresql)
    found = online.forms(operations, rules)
    kinds = [rules.kinds(one) for one in found]
    result: list[Link] = []
    at = old
    for group, ways in grouped(ordered(found, kinds)):
        after = apply(at, group)
        result.append(link(at, after, group, ways, postgresql))
        at = after
    return tuple(result)


def link(
    old: Schema,
    new: Schema,
    operations: tuple[Operation, ...],
    ways: Kinds,
    postgresql: int,
) -> Link:
    plain = single(old, new, operations, postgresql)
    upgrade, downgrade = plain.upgrade, plain.downgrade
    if Kind.TRANSACTION not in ways.upgrade:
        upgrade = in_autocommit(old, operations)
    if Kind.TRANSACTION not in ways.downgrade:
        downgrade = in_autocommit(new, inverse(operations))
    return Link(operations=operations, upgrade=upgrade, downgrade=downgrade)


def in_autocommit(start: Schema, operations: Iterable[Operation]) -> Steps:
    found = tuple(online.steps(operations))
    return Steps(start=start, operations=found, autocommit=True, waits=True)


def ordered(
    operations: Sequence[Operation], kinds: Sequence[Kinds]
) -> Iterator[tuple[Operation, Kinds]]:
    """Yield operations so that few revisions hold them; those that conflict keep their order."""
    if all(Kind.TRANSACTION in way for one in kinds for way in one):
        yield from zip(operations, kinds, strict=True)
        return
    needs = before(operations)
    left = dict.fromkeys(range(len(operations)))
    takes_away = [is_last(one) for one in operations]

    def ready(kind: Kind, *, last: bool) -> Iterator[int]:
        for position in list(left):
            may = fits(kind, kinds[position]) and takes_away[position] <= last
            if may and not needs[position] & left.keys():
                del left[position]
                yield position

    while left:
        found = [
            *ready(Kind.TRANSACTION, last=False),
            *ready(Kind.AUTOCOMMIT, last=False),
        ] or list(ready(Kind.TRANSACTION, last=True))
        yield from ((operations[one], kinds[one]) for one in found)


def fits(kind: Kind, ways: Kinds) -> bool:
    """Tell whether an operation is one for revisions of a kind."""
    if kind == Kind.AUTOCOMMIT:
        return kind in ways.upgrade
    return kind in ways.upgrade & ways.downgrade


def is_last(operation: Operation) -> bool:
    """Tell what the application's old code misses: it waits until nothing else is left."""
    return isinstance(operation, Drop | DropColumn)


def grouped(
    operations: Iterable[tuple[Operation, Kinds]],
) -> Iterator[tuple[tuple[Operation, ...], Kinds]]:
    """Yield operations that can be one revision, with the ways in which it may run."""
    group: list[Operation] = []
    ways = online.REPEATABLE
    for operation, kinds in operations:
        both = Kinds(ways.upgrade & kinds.upgrade, ways.downgrade & kinds.downgrade)
        alone = not (both.upgrade and both.downgrade)
        if group and (alone or any(holds_on(operation, one) for one in group)):
            yield tuple(group), ways
            group, both = [], kinds
        group.append(operation)
        ways = both
    if group:
        yield tuple(group), ways


def holds_on(one: Operation, other: Operation) -> bool:
    """Tell whether a foreign key refers to a table whose keys another operation changes.

    PostgreSQL drops no key that one refers to, so the two cannot be repeated one after the other.
    """
    found = [touch(each) for each in (one, other)]
    if None in found or not any(map(is_foreign, (one, other))):
        return False
    (a, b) = found
    assert a is not None  # noqa: S101 - for the type checker
    assert b is not None  # noqa: S101 - for the type checker
    shared = (a.reads & b.writes) | (a.writes & b.reads)
    return any(thing[0] == "keys" for thing in shared)


def is_foreign(operation: Operation) -> bool:
    both = (getattr(operation, "old", None), getattr(operation, "new", None))
    return any(isinstance(value, ForeignKey) for value in both)
