"""Operations that have to take effect together, so that nothing is missing in between. Pure.

A constraint or an index that goes and comes back under its name, where what is between the two
needs it to be gone: a foreign key while its key is replaced, a check while a type changes. So does
a policy, a trigger or a publication that PostgreSQL can only make anew: nobody sees it gone. And so
does a view, or a function, that goes for the sake of a type: it is off no longer than that changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.kinds import BY_WORD
from gen_migration.model.schema import ForeignKey, PrimaryKey, Unique
from gen_migration.operations import every as op
from gen_migration.plan.order_of_types import BLOCK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name

Subject = tuple[str, "Name | None", Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Together(op.Operation):
    """Operations of which all take effect or none; the plan alone knows it."""

    wire = "together"
    operations: tuple[op.Operation, ...]

    def inverse(self) -> Together:
        return Together(operations=op.inverse(self.operations))

    def apply(self, schema: Schema) -> Schema:
        return op.apply(schema, self.operations)

    @property
    def summary(self) -> str:
        return ", ".join(one.summary for one in self.operations)


def members(operations: Iterable[op.Operation]) -> Iterator[op.Operation]:
    """Yield operations, and in their place those that are to run together."""
    for one in operations:
        if isinstance(one, Together):
            yield from one.operations
        else:
            yield one


def place_of(operation: Any) -> Subject:
    """Return what an operation creates, drops or alters: its kind, its table, its name."""
    if isinstance(operation, op.CreateObject | op.DropObject | op.AlterObject):
        return operation.kind, operation.table, operation.name
    is_index = isinstance(operation, op.CreateIndex | op.DropIndex)
    return "index" if is_index else "constraint", operation.table, operation.name


def ends(operation: op.Operation) -> tuple[list[Any], list[Any]]:
    """Return what an operation takes away that may come back, and what it brings."""
    match operation:
        case op.DropIndex() | op.DropConstraint():
            return [place_of(operation)], []
        case op.DropObject():
            return [place_of(operation)] if is_missed(operation) else [], []
        case op.CreatePart() | op.CreateObject():
            return [], [place_of(operation)]
        case op.AlterObject(kind=kind, old=old, new=new) if BY_WORD[kind].lets_go:
            place, (before, after) = (
                place_of(operation),
                map(BY_WORD[kind].parts, (old, new)),
            )
            gone = [(*place, one) for one in before if one not in after]
            return gone, [(*place, one) for one in after if one not in before]
    return [], []


def bonds(operations: Sequence[op.Operation]) -> Iterator[tuple[int, int]]:
    """Yield the positions of what takes something away and of what brings it back."""
    dropped: dict[Any, int] = {}
    for position, one in enumerate(operations):
        gone, come = ends(one)
        for back in come:
            first = dropped.pop(back, None)
            if first is not None:
                yield first, position
        dropped |= dict.fromkeys(gone, position)


def made_anew(operations: Sequence[op.Operation]) -> Iterator[tuple[int, int]]:
    """Yield the positions of the drops and creations of other objects that come back."""
    dropped = {
        (one.kind, one.name): position
        for position, one in enumerate(operations)
        if isinstance(one, op.DropObject) and not is_missed(one)
    }
    for position, one in enumerate(operations):
        if isinstance(one, op.CreateObject) and (one.kind, one.name) in dropped:
            yield dropped[one.kind, one.name], position


def is_missed(operation: op.DropObject) -> bool:
    """Tell whether an operation drops what stands on a relation, or what others rely on."""
    kind = BY_WORD.get(operation.kind)
    return operation.table is not None or (kind is not None and kind.is_missed)


def in_company(
    operations: Sequence[op.Operation], needs: Sequence[set[int]]
) -> list[op.Operation]:
    """Return operations with those as one that have to change at once.

    `needs` are the positions that each one comes after. What is between a drop and a creation,
    coming after the one and before the other, belongs to them.
    """
    pairs = [*bonds(operations)]
    anew = [*made_anew(operations)]
    if not (pairs or anew):
        return list(operations)
    after = ancestors(needs)
    found = [
        inside
        for inside in (between(pair, after) for pair in pairs)
        if not is_waiting([operations[n] for n in sorted(inside)])
    ]
    block = {n: one for n, one in enumerate(operations) if isinstance(one, BLOCK)}
    for pair in anew:
        inside = between(pair, after)
        if not inside.isdisjoint(block):
            found.append(between(with_types(inside, block, after), after))
    groups = merged(found, after)
    if not groups:
        return list(operations)
    group_of = {one: group for group in groups for one in group}
    nodes = [frozenset((n,)) for n in range(len(operations)) if n not in group_of]
    return [
        operations[min(node)]
        if len(node) == 1
        else Together(operations=tuple(operations[one] for one in sorted(node)))
        for node in topological([*nodes, *groups], needs)
    ]


def is_waiting(operations: Sequence[op.Operation]) -> bool:
    """Tell whether a statement of a spec is off while an index or a constraint is replaced.

    What it sets waits, and those who read and write go on.
    """
    drop = operations[0]
    return (
        isinstance(drop, op.DropObject)
        and drop.kind in BY_WORD
        and BY_WORD[drop.kind].is_as_written
        and any(isinstance(one, op.WholePart | op.AlterPart) for one in operations)
    )


def with_types(
    inside: frozenset[int], block: Mapping[int, Any], after: Sequence[int]
) -> set[int]:
    """Return positions with those of changes of types that are one with those among them.

    Those are of the same table, or come before or after one of them.
    """
    held = inside & block.keys()
    mask = sum(1 << one for one in held)
    above = 0
    for one in held:
        above |= after[one]
    tables = {getattr(block[one], "table", None) for one in held} - {None}
    return {
        *inside,
        *(
            position
            for position, one in block.items()
            if getattr(one, "table", None) in tables
            or above >> position & 1
            or after[position] & mask
        ),
    }


def ancestors(needs: Sequence[set[int]]) -> list[int]:
    """Return for each position those that it comes after, directly or not, as bits."""
    result: list[int] = []
    for direct in needs:
        bits = 0
        for one in direct:
            bits |= result[one] | 1 << one
        result.append(bits)
    return result


def between(pair: Iterable[int], after: Sequence[int]) -> frozenset[int]:
    """Return positions with all that come after some of them and before others."""
    held = set(pair)
    above = 0
    for one in held:
        above |= after[one]
    mask = sum(1 << one for one in held)
    inside = (n for n in range(max(held)) if above >> n & 1 and after[n] & mask)
    return frozenset(held.union(inside))


def merged(groups: list[frozenset[int]], after: Sequence[int]) -> list[frozenset[int]]:
    """Return groups that share nothing, and of which each may wait for the others as a whole."""
    result: list[frozenset[int]] = []
    for group in groups:
        new = group
        while True:
            others = [one for one in result if one & new or is_cycle(one, new, after)]
            if not others:
                break
            result = [one for one in result if one not in others]
            new = between(new.union(*others), after)
        result.append(new)
    return result


def is_cycle(one: frozenset[int], other: frozenset[int], after: Sequence[int]) -> bool:
    return waits_for(one, other, after) and waits_for(other, one, after)


def waits_for(one: frozenset[int], other: frozenset[int], after: Sequence[int]) -> bool:
    mask = sum(1 << n for n in other)
    return any(after[n] & mask for n in one)


def topological(
    nodes: list[frozenset[int]], needs: Sequence[set[int]]
) -> Iterator[frozenset[int]]:
    """Yield groups of positions in an order that they can have, as near as can be to theirs."""
    left = sorted(nodes, key=min)
    done: set[int] = set()
    while left:
        for node in left:
            if all(needs[one] <= done | node for one in node):
                break
        else:  # three groups may wait for each other in a ring
            node = left[0].union(*left)
        yield node
        done |= node
        left = [one for one in left if not one <= node]


def is_short(operation: op.Operation) -> bool:
    """Tell whether an operation, or what takes long of it, may come before what is at once."""
    match operation:
        case (
            op.CreateConstraint(new=PrimaryKey() | Unique() as new)
            | op.AlterConstraint(
                old=ForeignKey() | PrimaryKey() | Unique(),
                new=PrimaryKey() | Unique() as new,
            )
        ):
            return not new.without_overlaps  # nothing builds its index before
        case (
            op.CreateConstraint(new=ForeignKey())
            | op.DropConstraint(old=ForeignKey() | PrimaryKey() | Unique())
        ):
            return True
        case op.SetColumnNullable(new=new):
            return new
    return isinstance(
        operation,
        op.CreateIndex
        | op.DropIndex
        | op.ReplaceIndex
        | op.SetColumnDefault
        | op.SetComment
        | op.SetIndexComment,
    )


def runs(operations: Sequence[op.Operation]) -> Iterator[tuple[op.Operation, ...]]:
    """Yield operations of autocommit, those that run at once as one.

    Those begin where a foreign key goes that comes back, and end where the last one is back.
    """
    ends = dict(bonds(operations))
    position = 0
    while position < len(operations):
        end = ends.get(position, position)
        inside = position
        while inside <= end:
            end = max(end, ends.get(inside, inside))
            inside += 1
        yield tuple(operations[position : end + 1])
        position = end + 1
