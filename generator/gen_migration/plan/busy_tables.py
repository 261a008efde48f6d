"""Transactions that wait for one busy table each. Pure.

A transaction that holds the lock of one table while it waits for that of another lets everybody
wait for both. So what locks several tables is statements that commit one by one, where they can be
repeated, or several revisions. What one statement locks by itself, and what has to change at once,
stays together: renames, types on both sides of a foreign key, enums, partitions.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache, partial
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration.model.given import Same, heirs, typed_tables
from gen_migration.model.schema import ForeignKey
from gen_migration.operations import every as op
from gen_migration.plan.accesses import accesses
from gen_migration.plan.dependencies import holds_on, predecessors
from gen_migration.plan.together import Together, ancestors, between, merged

if TYPE_CHECKING:
    from collections.abc import (
        Callable,
        Collection,
        Iterable,
        Iterator,
        Mapping,
        Sequence,
    )

    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name


class Group(NamedTuple):
    """Operations of one revision, and whether it has to commit them one by one."""

    operations: tuple[op.Operation, ...]
    one_by_one: bool = False


def locked(
    operation: op.Operation, schema: Schema, unused: Collection[Name]
) -> set[Name]:
    """Return the tables in use of which an operation takes a strong lock."""
    if isinstance(operation, Together):
        each = (locked(one, schema, unused) for one in operation.operations)
        return set().union(*each)
    found = named(operation, schema) | reached(operation, schema)
    return {whole(schema, one) for one in found - set(unused)}


def named(operation: op.Operation, schema: Schema) -> set[Any]:
    """Return the tables that an operation is about, with those of its foreign keys."""
    match operation:
        case op.CreateTable(new=table) | op.DropTable(old=table):
            return {*table.related}
        case (
            op.CreateConstraint(table=name, new=ForeignKey(referred_table=other))
            | op.DropConstraint(table=name, old=ForeignKey(referred_table=other))
        ):
            return {name, other}
        case (
            op.SetColumnType(table=name, name=column)
            | op.SetColumnGenerated(table=name, name=column)
        ):
            return {name, *joined_by_keys(schema, name, column)}
    return {getattr(operation, "table", None)} - {None}


def reached(operation: op.Operation, schema: Schema) -> set[Name]:
    """Return the children and the typed tables that an operation changes along with its table."""
    found: set[Name] = set()
    if isinstance(operation, REACHING):
        found.update(heirs(schema, operation.table))
    if (
        isinstance(operation, op.AlterObject | op.RenameAttribute)
        and operation.has_heirs
    ):
        found.update(typed_tables(schema, operation.name))
    return found


# What reaches the children of a table, and locks them.
REACHING = (
    op.AddColumn,
    op.DropColumn,
    op.SetColumn,
    op.SetColumnGenerated,
    op.RenameColumn,
    op.RenameConstraint,
    op.CreateConstraint,
    op.DropConstraint,
    op.AlterConstraint,
)


def whole(schema: Schema, name: Name) -> Name:
    """Return the table that a partition belongs to in the end: it is locked with its partitions."""
    while name in schema.tables and (place := schema.tables[name].partition_of):
        name = place.parent
    return name


def joined_by_keys(schema: Schema, table: Name, column: str) -> Iterator[Name]:
    """Yield the tables with whose columns a foreign key compares a column."""
    for name, key in keys_of(Same(schema.tables)).get(table, ()):
        if name == table and column in key.columns:
            yield key.referred_table
        if key.referred_table == table and column in key.referred_columns:
            yield name


@lru_cache(maxsize=8)
def keys_of(tables: Same) -> dict[Name, list[tuple[Name, ForeignKey]]]:
    """Return the foreign keys from a table and to it, each with the table that has it."""
    found: dict[Name, list[tuple[Name, ForeignKey]]] = defaultdict(list)
    for name, table in tables.value.items():
        for key in table.foreign_keys.values():
            for one in {name, key.referred_table}:
                found[one].append((name, key))
    return found


def is_crowded(
    operations: Iterable[op.Operation], schema: Schema, unused: Collection[Name]
) -> bool:
    """Tell whether operations, each for itself, would lock several tables."""
    each = [locked(one, schema, unused) for one in operations]
    locking = [one for one in each if one]
    return len(locking) > 1 and len(set().union(*locking)) > 1


def repeats(operation: op.Operation) -> bool:
    """Tell whether an operation, and its inverse, has a form of one moment that can be repeated."""
    match operation:
        case op.AddColumn(new=column, own=own) | op.DropColumn(old=column, own=own):
            states = [one.get("not_null_state") for one in own.values()]
            return not column.has_sequence and not any((column.not_null_state, *states))
    return isinstance(
        operation,
        op.SetTableStorage
        | op.SetColumnStorage
        | op.SetColumnCompression
        | op.SetColumnAlone
        | op.SetNotNullName,
    )


def apart(
    operations: Sequence[op.Operation],
    may_repeat: Callable[[op.Operation], bool],
    schema: Schema,
    unused: Collection[Name],
    parents: Mapping[Name, tuple[Name, ...]],
) -> Iterator[Group]:
    """Yield the operations of one transaction as revisions of which each waits for one table."""
    if not is_crowded(operations, schema, unused):
        yield Group(tuple(operations))
        return
    needs = predecessors(operations, parents)
    can = repeatable(operations, may_repeat, parents)
    locks = [locked(one, schema, unused) for one in operations]
    part = parts(operations, needs, can, locks)
    takes_away = [isinstance(one, op.DropObject | op.DropColumn) for one in operations]
    left = dict.fromkeys(range(len(operations)))

    def ready(fits: Callable[[int], bool]) -> list[op.Operation]:
        found = []
        for position in list(left):
            if fits(position) and not needs[position] & left.keys():
                del left[position]
                found.append(operations[position])
        return found

    while left:
        found = ready(lambda n: part[n] is None and not takes_away[n])
        if all(part[n] is None for n in left):
            found += ready(lambda _: True)
        if not found:
            free = [n for n in left if not needs[n] & left.keys()]
            first = min(free, key=lambda n: (takes_away[n], n))
            found = ready(partial(is_in, part[first], part, locks))
        one_by_one = is_crowded(found, schema, unused) and all(map(may_repeat, found))
        yield Group(tuple(found), one_by_one=one_by_one)


def repeatable(
    operations: Sequence[op.Operation],
    may_repeat: Callable[[op.Operation], bool],
    parents: Mapping[Name, tuple[Name, ...]],
) -> list[bool]:
    """Tell for each operation whether it can be repeated, by itself and after the others."""
    can = [may_repeat(one) for one in operations]
    named = [n for n, one in enumerate(operations) if isinstance(one, NAMING)]
    for one, other in combinations(named, 2):
        if holds_on(operations[one], operations[other], parents):
            can[one] = can[other] = False
    return can


# What names a NOT NULL: few, so that all pairs may be looked at.
NAMING = (op.SetNotNullName, op.SetNotNullState)


def is_in(
    wanted: int | None,
    part: Sequence[int | None],
    locks: Sequence[set[Name]],
    position: int,
) -> bool:
    """Tell whether an operation goes into a part: it is of it, or in nobody's way."""
    return part[position] == wanted or not locks[position]


def parts(
    operations: Sequence[op.Operation],
    needs: Sequence[set[int]],
    can: Sequence[bool],
    locks: Sequence[set[Name]],
) -> list[int | None]:
    """Return for each operation the number of those that it has to change with.

    None is for what can be repeated, and stands for itself.
    """
    groups = Groups(len(operations))
    known = [accesses(one) is not None for one in operations]
    for position, operation in enumerate(operations):
        if not known[position]:
            # Of what else they touch, nothing is known; code knows the old names or the new ones.
            groups.hold(isinstance(operation, op.Rename), position)
        elif not can[position]:
            for table in sorted(locks[position], key=str):
                groups.hold(table, position)
    for position, direct in enumerate(needs):
        for one in direct:
            if known[one] and known[position] and not (can[one] and can[position]):
                groups.join(one, position)
    strict = [one for one in groups.all() if not all(can[n] for n in one)]
    # What is between the first and the last of them is not to come between two of their commits.
    after = ancestors(needs)
    result: list[int | None] = [None] * len(operations)
    for number, group in enumerate(
        merged([between(one, after) for one in strict], after)
    ):
        for position in group:
            result[position] = number
    return result


class Groups:
    """Positions that belong together: those of one key, and those that are joined."""

    def __init__(self, length: int) -> None:
        self.parent = list(range(length))
        self.first: dict[object, int] = {}

    def root(self, one: int) -> int:
        while self.parent[one] != one:
            one = self.parent[one]
        return one

    def join(self, one: int, other: int) -> None:
        self.parent[self.root(other)] = self.root(one)

    def hold(self, key: object, position: int) -> None:
        self.join(self.first.setdefault(key, position), position)

    def all(self) -> list[frozenset[int]]:
        """Return the groups."""
        found: dict[int, set[int]] = defaultdict(set)
        for position in range(len(self.parent)):
            found[self.root(position)].add(position)
        return [frozenset(one) for one in found.values()]
