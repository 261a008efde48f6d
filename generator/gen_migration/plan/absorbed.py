"""Parts that PostgreSQL drops along with a table or a column. Pure.

Source: the PostgreSQL manual, DROP TABLE ("always removes any indexes, rules, triggers, and
constraints that exist for the target table") and ALTER TABLE (DROP COLUMN).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.model.schema import Schema, Table
from gen_migration.operations import every as op
from gen_migration.plan.dependencies import accesses

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.plan.dependencies import Accesses
    from gen_migration.postgres.names import Name

# A table, or a column of one.
Whole = tuple["Name", str | None]

PROPERTIES = (
    op.SetColumnDefault,
    op.SetColumnNullable,
    op.SetNotNullName,
    op.SetColumnIdentity,
    op.SetColumnStorage,
    op.SetColumnCompression,
    op.SetColumnAlone,
)


def absorbed(operations: Iterable[op.Operation]) -> tuple[op.Operation, ...]:
    """Return operations without those that a later drop of the whole makes superfluous.

    The drop then holds what the whole had, but for the objects that stand on it. An operation
    that something between waits for (the table that a foreign key refers to is dropped first, say)
    stays.
    """
    steps = list(operations)
    drops: dict[Whole, int] = {}
    gone: dict[int, int] = {}
    kept: list[int] = []  # from the last one on
    touches: dict[int, Accesses | None] = {}

    def meets(one: int, other: int) -> bool:
        for position in (one, other):
            if position not in touches:
                touches[position] = accesses(steps[position])
        a, b = touches[one], touches[other]
        if a is None or b is None:
            return True
        return bool(a.writes & (b.reads | b.writes) or a.reads & b.writes)

    for position in range(len(steps) - 1, -1, -1):
        one = steps[position]
        drop = next((drops[of] for of in wholes(one) if of in drops), None)
        if drop is not None and not any(
            meets(position, other) for other in between(kept, drop)
        ):
            gone[position] = drop
            continue
        kept.append(position)
        if isinstance(one, op.DropTable):
            drops[one.name, None] = position
        elif isinstance(one, op.DropColumn):
            drops[one.table, one.name] = position
    # From the last one on: the whole gets back what went last.
    for position, drop in gone.items():
        steps[drop] = with_part(steps[drop], steps[position])
    return tuple(step for n, step in enumerate(steps) if n not in gone)


def between(kept: list[int], drop: int) -> Iterable[int]:
    """Yield the positions of what stays and comes before a drop, the next one first."""
    for position in reversed(kept):
        if position >= drop:
            return
        yield position


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


def with_part(drop: op.Operation, part: op.Operation) -> op.Operation:
    """Return a drop of a whole as it is without the operation that took a part of it before."""
    before = part.inverse()
    match drop:
        case _ if isinstance(part, op.DropObject):
            return drop
        case op.DropTable(name=name, old=old):
            held = before.apply(Schema(tables={name: old}))
            return replace(drop, old=held.tables[name])
        case op.DropColumn(table=table, name=name, old=old):
            bare = Table(columns={name: old})
            held = before.apply(Schema(tables={table: bare}))
            return replace(drop, old=held.tables[table].columns[name])
    raise TypeError(f"{type(drop).__name__} drops no whole")
