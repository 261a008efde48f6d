"""The plan of a first revision, which builds tables from nothing. Pure.

Nothing of what an edit needs is imported for it: nobody uses the tables yet, nothing is altered,
and each goes as a whole on the way back.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.diff.creation import creation
from gen_migration.model.marks import MEANWHILE
from gen_migration.model.schema import Schema
from gen_migration.operations import base as op
from gen_migration.plan.link import Direction, Plan, PlannedRevision

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.model.schema import Table


def first(new: Schema, postgresql: int) -> Plan | None:
    """Return the plan that leads from nothing to a schema of tables alone; None for any other."""
    if new.objects or not all(map(is_plain, new.tables.values())):
        return None
    operations = creation(new)
    if not op.only_builds(operations):
        return None

    @cache
    def downgrade() -> Direction:
        whole = as_wholes(operations)
        if whole is None:
            from gen_migration.plan.chain import back

            return back(Schema(), new, operations, postgresql)
        # What uses a table by then, has to let go of it.
        return Direction(start=new, operations=op.inverse(whole), waits=True)

    # The tables of others that keys refer to may be in use: what `locks.waits` tells of the
    # operations, the tables tell in less time.
    is_waiting = any(
        not new.tables.keys() >= one.related for one in new.tables.values()
    )
    upgrade = Direction(operations=operations, waits=is_waiting)
    link = PlannedRevision(operations=operations, upgrade=upgrade, back=downgrade)
    return Plan(operations=operations, schema=new, links=(link,) if operations else ())


def is_plain(table: Table) -> bool:
    """Tell whether a table is built by itself, with what stands in and on it, and nothing else."""
    return not (
        table.has_given
        or table.partition_by
        or table.owner is not None
        or table.grants is not None
        or any(getattr(table, one) for one in MEANWHILE)
    )


def as_wholes(operations: Iterable[op.Operation]) -> list[op.CreateTable] | None:
    """Return operations that build tables as one for each, with what stands in and on the table.

    None where something comes after other tables than its own: what is between may refer to it.
    """
    found: list[op.CreateTable] = []
    parts: dict[str, Any] = {}
    for one in operations:
        match one:
            case op.CreateTable(new=table):
                parts = {
                    "constraints": {**table.constraints},
                    "indexes": {**table.indexes},
                }
                found.append(replace(one, new=replace(table, **parts)))
            case op.CreatePart(table=name) if name == found[-1].name:
                parts[one.mapping][one.name] = one.new
            case _:
                return None
    return found
