"""Parts that PostgreSQL drops along with a table or a column. Pure.

Source: the PostgreSQL manual, DROP TABLE ("always removes any indexes, rules, triggers, and
constraints that exist for the target table") and ALTER TABLE (DROP COLUMN).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.model.given import ancestry, columns_of
from gen_migration.model.schema import Schema, Table
from gen_migration.operations import every as op
from gen_migration.plan.accesses import accesses

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gen_migration.plan.accesses import Thing
    from gen_migration.postgres.names import Name

# A table, or a column of one.
Whole = tuple["Name", str | None]

NOTHING = Schema()
PROPERTIES = (
    op.SetColumnDefault,
    op.SetColumnNullable,
    op.SetNotNullName,
    op.SetNotNullState,
    op.SetColumnIdentity,
    op.SetColumnStorage,
    op.SetColumnCompression,
    op.SetColumnAlone,
)


def absorbed(
    operations: Iterable[op.Operation], start: Schema = NOTHING, end: Schema = NOTHING
) -> tuple[op.Operation, ...]:
    """Return operations without those that a later drop of the whole makes superfluous.

    The drop then holds what the whole had, but for the objects that stand on it. An operation
    that something between waits for (the table that a foreign key refers to is dropped first, say)
    stays. They lead from a schema to another, by which a child's column is known that goes with
    its parent's; what it has otherwise, no drop holds.
    """
    steps = list(operations)
    if not any(isinstance(one, op.DropTable | op.DropColumn) for one in steps):
        return tuple(steps)
    drops: dict[Whole, int] = {}
    gone: dict[int, int | None] = {}
    above = with_parents(start, end)
    kept = Kept(steps)
    for position in range(len(steps) - 1, -1, -1):
        one = steps[position]
        drop = next((drops[of] for of in wholes(one) if of in drops), None)
        if drop is not None and not kept.waits_before(drop, one):
            gone[position] = drop
            continue
        drop = next((drops[of] for of in parents_of(one, above) if of in drops), None)
        if drop is not None and not kept.waits_before(drop, one):
            gone[position] = None
            continue
        kept.positions.append(position)
        if isinstance(one, op.DropTable):
            drops[one.name, None] = position
        elif isinstance(one, op.DropColumn):
            drops[one.table, one.name] = position
    # From the last one on: the whole gets back what went last.
    parts: dict[int, list[op.Operation]] = {}
    for position, drop in gone.items():
        if drop is not None:
            parts.setdefault(drop, []).append(steps[position])
    for drop, found in parts.items():
        steps[drop] = with_parts(steps[drop], found)
    return tuple(step for n, step in enumerate(steps) if n not in gone)


def with_parents(start: Schema, end: Schema) -> dict[Whole, tuple[Whole, ...]]:
    """Return the columns of children that are gone in the end, and those of their parents."""
    if start is NOTHING:
        return {}
    found: dict[Whole, tuple[Whole, ...]] = {}
    for child, table in start.tables.items():
        if child not in end.tables or not table.has_given:
            continue
        left = columns_of(end, child)
        every = [one for one in ancestry(start, child) if one != child]
        for column in columns_of(start, child):
            if column not in left:
                found[child, column] = tuple((one, column) for one in every)
    return found


def parents_of(
    operation: op.Operation, above: Mapping[Whole, tuple[Whole, ...]]
) -> tuple[Whole, ...]:
    """Return the columns with one of which goes what an operation changes of a child's."""
    found = wholes(operation) if above else ()
    return next((above[one] for one in found if one in above), ())


class Kept:
    """Operations that stay, from the last one on, and the first of them that touches a thing."""

    def __init__(self, steps: list[op.Operation]) -> None:
        self.steps = steps
        self.positions: list[int] = []
        self.known = 0  # how many of them the rest tells of
        self.barrier = len(steps)  # the first one that may touch anything
        self.touched: dict[Thing, int] = {}
        self.written: dict[Thing, int] = {}

    def waits_before(self, end: int, operation: op.Operation) -> bool:
        """Tell whether something that comes before a position waits for an operation.

        It writes what the operation touches, or touches what it writes.
        """
        if self.positions[-1] >= end:  # there is nothing before it
            return False
        self.learn()
        found = accesses(operation)
        if found is None or self.barrier < end:
            return self.positions[-1] < end
        return any(self.touched.get(one, end) < end for one in found.writes) or any(
            self.written.get(one, end) < end for one in found.reads
        )

    def learn(self) -> None:
        """Look at what came since the last time."""
        for position in self.positions[self.known :]:
            found = accesses(self.steps[position])
            if found is None:
                self.barrier = position
                continue
            writes = found.writes
            if isinstance(self.steps[position], op.CreateObject):
                # What is new was no type, and no sequence, of anything that goes.
                writes = {one for one in writes if one[1:] != (None,)}
            self.touched.update(dict.fromkeys((*found.reads, *writes), position))
            self.written.update(dict.fromkeys(writes, position))
        self.known = len(self.positions)


def wholes(operation: op.Operation) -> tuple[Whole, ...]:
    """Return what an operation is superfluous with: the column, or the table."""
    match operation:
        case (
            op.DropIndex(table=table)
            | op.DropConstraint(table=table)
            | op.SetInherited(table=table)
            | op.SetMark(table=table)
        ):
            return ((table, None),)
        case op.DropObject(table=table) if table is not None:
            return ((table, None),)
        case op.SetComment(kind="column", name=table, part=str(column)):
            return (table, column), (table, None)
        case _ if isinstance(operation, PROPERTIES):
            return (operation.table, operation.name), (operation.table, None)
    return ()


def with_parts(drop: op.Operation, parts: Iterable[op.Operation]) -> op.Operation:
    """Return a drop of a whole as it is without the operations that took parts of it before."""
    before = [one.inverse() for one in parts if not isinstance(one, op.DropObject)]
    match drop:
        case op.DropTable(name=name, old=old):
            held = op.apply(Schema(tables={name: old}), before)
            return replace(drop, old=held.tables[name])
        case op.DropColumn(table=table, name=name, old=old):
            bare = Table(columns={name: old})
            held = op.apply(Schema(tables={table: bare}), before)
            return replace(drop, old=held.tables[table].columns[name])
    raise TypeError(f"{type(drop).__name__} drops no whole")
