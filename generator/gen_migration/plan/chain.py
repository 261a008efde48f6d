"""The chain of revisions that one edit becomes, each of which runs in one way. Pure.

In an order in which old and new application code go on as long as it can be: first what adds,
then what builds and checks, and last what takes away.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.model.partitions import parents_of
from gen_migration.model.schema import Schema
from gen_migration.operations import every as op
from gen_migration.plan import forms
from gen_migration.plan.absorbed import absorbed
from gen_migration.plan.built_first import built_first
from gen_migration.plan.busy_tables import apart, is_crowded, repeats
from gen_migration.plan.checks_below import before_attaching
from gen_migration.plan.deferred_validation import checked_later
from gen_migration.plan.dependencies import Company, predecessors
from gen_migration.plan.expand import downgrade_of, expand
from gen_migration.plan.link import Direction, PlannedRevision, as_it_is
from gen_migration.plan.locks import waits
from gen_migration.plan.modes import (
    AUTOCOMMIT,
    LONG,
    REPEATABLE,
    Mode,
    Modes,
    Rules,
    unused,
)
from gen_migration.plan.names_back import way_back
from gen_migration.plan.not_null_aside import before_drops, is_kept
from gen_migration.plan.null_below import merging, with_followers
from gen_migration.plan.order import joined
from gen_migration.plan.serial_sequences import in_unlogged_tables
from gen_migration.plan.together import in_company, members

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from gen_migration.postgres.names import Name


def single(
    old: Schema, new: Schema, operations: tuple[op.Operation, ...], postgresql: int
) -> PlannedRevision:
    """Return a change as one revision with one transaction."""
    steps = with_followers(old, operations)
    there = absorbed(joined(expand(old, steps, postgresql)), old, new)
    there = before_attaching(old, before_drops(old, built_first(there, old)))
    there = in_unlogged_tables(old, merging(old, there, postgresql))
    return PlannedRevision(
        operations=operations,
        upgrade=Direction(start=old, operations=there, waits=waits(there)),
        back=cache(lambda: back(old, new, operations, postgresql)),
    )


def back(
    old: Schema, new: Schema, operations: tuple[op.Operation, ...], postgresql: int
) -> Direction:
    """Return the way back of a change that is one revision with one transaction."""
    steps = with_followers(new, way_back(old, operations, postgresql))
    steps = absorbed(joined(downgrade_of(new, steps, postgresql)), new, old)
    steps = before_attaching(new, before_drops(new, built_first(steps, new)))
    steps = in_unlogged_tables(new, merging(new, steps, postgresql))
    return Direction(start=new, operations=steps, waits=waits(steps))


def links(
    old: Schema, new: Schema, operations: Sequence[op.Operation], postgresql: int
) -> tuple[PlannedRevision, ...]:
    """Return a change as a chain of revisions that lets readers and writers go on."""
    if old == Schema():
        return (single(old, new, tuple(operations), postgresql),) if operations else ()
    # Operations call tables that stay by their new names.
    rules = Rules(new, unused(operations), postgresql)
    found = forms.forms(operations, rules)
    parents = {**parents_of(old), **rules.parents}
    found = in_company(found, predecessors(found, parents))
    modes = [rules.modes(one) for one in found]
    result: list[PlannedRevision] = []
    at = old
    for operations_, ways in grouped(ordered(found, modes, parents), parents):
        for group, modes_ in uncrowded(operations_, ways, at, rules):
            after = op.apply(at, group)
            flat = tuple(members(group))
            result += checked_later(link(at, after, flat, modes_, postgresql), rules)
            at = after
    return one_way(result)


def uncrowded(
    operations: tuple[op.Operation, ...], ways: Modes, schema: Schema, rules: Rules
) -> Iterator[tuple[tuple[op.Operation, ...], Modes]]:
    """Yield operations as revisions of which no transaction waits for several tables."""

    def may_repeat(one: op.Operation) -> bool:
        if isinstance(one, op.DropColumn) and is_kept(schema, one):
            return False
        modes = rules.modes(one)
        return repeats(one) or Mode.AUTOCOMMIT in modes.upgrade & modes.downgrade

    if Mode.TRANSACTION not in ways.upgrade:
        is_full = is_crowded(operations, schema, rules.unused)
        yield operations, one_by_one(ways) if is_full else ways
        return
    parents = {**parents_of(schema), **rules.parents}
    for group in apart(operations, may_repeat, schema, rules.unused, parents):
        yield group.operations, LONG if group.one_by_one else ways


def one_by_one(ways: Modes) -> Modes:
    """Return ways without the transaction, where there is another."""
    up, down = (AUTOCOMMIT if Mode.AUTOCOMMIT in one else one for one in ways)
    return Modes(up, down)


def one_way(made: list[PlannedRevision]) -> tuple[PlannedRevision, ...]:
    """Return revisions whose downgrade stops before it begins, where it could not end."""
    result: list[PlannedRevision] = []
    refusal: op.Refusal | None = None
    for one in made:
        found = one
        if refusal is not None:
            found = replace(one, back=as_it_is(replace(one.downgrade, refusal=refusal)))
        result.append(found)
        for step in one.downgrade.operations:
            refusal = step if isinstance(step, op.Refusal) else refusal
    return tuple(result)


def link(
    old: Schema,
    new: Schema,
    operations: tuple[op.Operation, ...],
    ways: Modes,
    postgresql: int,
) -> PlannedRevision:
    plain = single(old, new, operations, postgresql)
    upgrade, downgrade = plain.upgrade, plain.downgrade
    upgrade, downgrade = (
        forms.in_transaction(way)
        if Mode.TRANSACTION in modes
        else forms.in_autocommit(way.start, way.operations)
        for way, modes in zip((upgrade, downgrade), ways, strict=True)
    )
    return PlannedRevision(
        operations=operations, upgrade=upgrade, back=as_it_is(downgrade)
    )


def ordered(
    operations: Sequence[op.Operation],
    modes: Sequence[Modes],
    parents: Mapping[Name, tuple[Name, ...]],
) -> Iterator[tuple[op.Operation, Modes]]:
    """Yield operations so that few revisions hold them; those that conflict keep their order."""
    if all(Mode.TRANSACTION in way for one in modes for way in one):
        yield from zip(operations, modes, strict=True)
        return
    needs = predecessors(operations, parents)
    left = dict.fromkeys(range(len(operations)))
    dropped = {one.name for one in operations if isinstance(one, op.DropTable)}
    takes_away = [is_last(one, dropped) for one in operations]

    def ready(mode: Mode, *, last: bool) -> Iterator[int]:
        for position in list(left):
            may = fits(mode, modes[position]) and takes_away[position] <= last
            if may and not needs[position] & left.keys():
                del left[position]
                yield position

    while left:
        found = [
            *ready(Mode.TRANSACTION, last=False),
            *ready(Mode.AUTOCOMMIT, last=False),
        ] or list(ready(Mode.TRANSACTION, last=True))
        yield from ((operations[one], modes[one]) for one in found)


def fits(mode: Mode, ways: Modes) -> bool:
    """Tell whether an operation is one for revisions of a mode."""
    if mode == Mode.AUTOCOMMIT:
        return mode in ways.upgrade
    return mode in ways.upgrade & ways.downgrade


def is_last(operation: op.Operation, dropped: Collection[Name]) -> bool:
    """Tell what the application's old code misses: it waits until nothing else is left.

    What is in a table that is dropped waits with it.
    """
    if isinstance(operation, op.DropPart):
        return operation.table in dropped
    return isinstance(operation, op.DropObject | op.DropColumn)


def grouped(
    operations: Iterable[tuple[op.Operation, Modes]],
    parents: Mapping[Name, tuple[Name, ...]],
) -> Iterator[tuple[tuple[op.Operation, ...], Modes]]:
    """Yield operations that can be one revision, with the ways in which it may run."""
    group: list[op.Operation] = []
    ways, company = REPEATABLE, Company(parents)
    for operation, modes in operations:
        both = Modes(ways.upgrade & modes.upgrade, ways.downgrade & modes.downgrade)
        alone = not (both.upgrade and both.downgrade)
        # As long as transactions can run it, nothing of it has to be repeated.
        is_repeated = Mode.TRANSACTION not in both.upgrade & both.downgrade
        late = (*group[company.count :], operation) if is_repeated else ()
        if group and (alone or company.clashes(late)):
            yield tuple(group), ways
            group, both, company = [], modes, Company(parents)
        group.append(operation)
        ways = both
    if group:
        yield tuple(group), ways
