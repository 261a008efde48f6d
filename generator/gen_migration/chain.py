"""One edit as a chain of revisions, each of which runs in one way. Pure.

In an order in which old and new application code go on as long as it can be: first what adds,
then what builds and checks, and last what takes away.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from gen_migration import online
from gen_migration.absorbed import absorbed
from gen_migration.alterations import (
    KeepEnumValues,
)
from gen_migration.busy_tables import apart, is_crowded, repeats
from gen_migration.column_operations import (
    DropColumn,
)
from gen_migration.company import in_company, members
from gen_migration.conflicts import before, touch
from gen_migration.expand import downgrade_of, expand
from gen_migration.link import Link, Steps, in_autocommit
from gen_migration.locks import waits
from gen_migration.online import Kind, Kinds, Rules
from gen_migration.operations import (
    DropObject,
    DropPart,
    DropTable,
    Operation,
    apply,
    inverse,
)
from gen_migration.partitions import parents_of
from gen_migration.schema import Schema
from gen_migration.validated_later import checked_later

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from gen_migration.sql import Name


def single(
    old: Schema, new: Schema, operations: tuple[Operation, ...], postgresql: int
) -> Link:
    """Return a change as one revision with one transaction."""
    there = absorbed(expand(old, operations, postgresql))
    back = absorbed(downgrade_of(new, inverse(operations), postgresql))
    return Link(
        operations=operations,
        upgrade=Steps(start=old, operations=there, waits=waits(there)),
        downgrade=Steps(start=new, operations=back, waits=waits(back)),
    )


def links(
    old: Schema, new: Schema, operations: Sequence[Operation], postgresql: int
) -> tuple[Link, ...]:
    """Return a change as a chain of revisions that lets readers and writers go on."""
    if old == Schema():
        return (single(old, new, tuple(operations), postgresql),) if operations else ()
    # Operations call tables that stay by their new names.
    rules = Rules(new, online.unused(operations), postgresql)
    found = online.forms(operations, rules)
    parents = {**parents_of(old), **rules.parents}
    found = in_company(found, before(found, parents))
    kinds = [rules.kinds(one) for one in found]
    result: list[Link] = []
    at = old
    for operations_, ways in grouped(ordered(found, kinds, parents)):
        for group, kinds_ in uncrowded(operations_, ways, at, rules):
            after = apply(at, group)
            flat = tuple(members(group))
            result += checked_later(link(at, after, flat, kinds_, postgresql), rules)
            at = after
    return one_way(result)


def uncrowded(
    operations: tuple[Operation, ...], ways: Kinds, schema: Schema, rules: Rules
) -> Iterator[tuple[tuple[Operation, ...], Kinds]]:
    """Yield operations as revisions of which no transaction waits for several tables."""

    def may_repeat(one: Operation) -> bool:
        kinds = rules.kinds(one)
        return repeats(one) or Kind.AUTOCOMMIT in kinds.upgrade & kinds.downgrade

    if Kind.TRANSACTION not in ways.upgrade:
        is_full = is_crowded(operations, schema, rules.unused)
        yield operations, one_by_one(ways) if is_full else ways
        return
    parents = {**parents_of(schema), **rules.parents}
    for group in apart(operations, may_repeat, schema, rules.unused, parents):
        yield group.operations, online.LONG if group.one_by_one else ways


def one_by_one(ways: Kinds) -> Kinds:
    """Return ways without the transaction, where there is another."""
    up, down = (online.AUTOCOMMIT if Kind.AUTOCOMMIT in one else one for one in ways)
    return Kinds(up, down)


def one_way(made: list[Link]) -> tuple[Link, ...]:
    """Return revisions whose downgrade stops before it begins, where it could not end."""
    result: list[Link] = []
    refusal: KeepEnumValues | None = None
    for one in made:
        found = one
        if refusal is not None:
            found = replace(one, downgrade=replace(one.downgrade, refusal=refusal))
        result.append(found)
        for step in one.downgrade.operations:
            refusal = step if isinstance(step, KeepEnumValues) else refusal
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
        upgrade = in_autocommit(old, upgrade.operations)
    if Kind.TRANSACTION not in ways.downgrade:
        downgrade = in_autocommit(new, downgrade.operations)
    return Link(operations=operations, upgrade=upgrade, downgrade=downgrade)


def ordered(
    operations: Sequence[Operation],
    kinds: Sequence[Kinds],
    parents: Mapping[Name, Name],
) -> Iterator[tuple[Operation, Kinds]]:
    """Yield operations so that few revisions hold them; those that conflict keep their order."""
    if all(Kind.TRANSACTION in way for one in kinds for way in one):
        yield from zip(operations, kinds, strict=True)
        return
    needs = before(operations, parents)
    left = dict.fromkeys(range(len(operations)))
    dropped = {one.name for one in operations if isinstance(one, DropTable)}
    takes_away = [is_last(one, dropped) for one in operations]

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


def is_last(operation: Operation, dropped: Collection[Name]) -> bool:
    """Tell what the application's old code misses: it waits until nothing else is left.

    What is in a table that is dropped waits with it.
    """
    if isinstance(operation, DropPart):
        return operation.table in dropped
    return isinstance(operation, DropObject | DropColumn)


def grouped(
    operations: Iterable[tuple[Operation, Kinds]],
) -> Iterator[tuple[tuple[Operation, ...], Kinds]]:
    """Yield operations that can be one revision, with the ways in which it may run."""
    group: list[Operation] = []
    ways = online.REPEATABLE
    for operation, kinds in operations:
        both = Kinds(ways.upgrade & kinds.upgrade, ways.downgrade & kinds.downgrade)
        alone = not (both.upgrade and both.downgrade)
        if group and (alone or clashes(group, operation, ways, both)):
            yield tuple(group), ways
            group, both = [], kinds
        group.append(operation)
        ways = both
    if group:
        yield tuple(group), ways


def clashes(
    group: list[Operation], operation: Operation, ways: Kinds, both: Kinds
) -> bool:
    """Tell whether an operation and those of a group could not be repeated together."""
    if Kind.TRANSACTION in both.upgrade & both.downgrade:
        return False
    pairs: Iterable[tuple[Operation, Operation]] = ((operation, one) for one in group)
    if Kind.TRANSACTION in ways.upgrade & ways.downgrade:
        # Until now, nothing of it had to be repeatable.
        pairs = combinations((*group, operation), 2)
    return any(holds_on(*pair) for pair in pairs)


def holds_on(one: Operation, other: Operation) -> bool:
    """Tell whether two operations cannot be repeated one after the other.

    Once the second is done, PostgreSQL refuses to do the first: it drops no key that a foreign
    key refers to, and no index that a constraint of its name has become.
    """
    a, b = touch(one), touch(other)
    if a is None or b is None:
        return False
    if any(thing[0] == "relation" for thing in a.writes & b.writes):
        return True
    # A foreign key reads the keys of the table that it refers to.
    shared = (a.reads & b.writes) | (a.writes & b.reads)
    return any(thing[0] == "key" for thing in shared)
