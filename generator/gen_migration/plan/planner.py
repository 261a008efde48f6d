"""The plan that leads from a schema to another one: of a first revision, or of an edit. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.model.hints import Hints
from gen_migration.model.schema import Schema
from gen_migration.operations.origins import Origins
from gen_migration.plan.first import first

if TYPE_CHECKING:
    from gen_migration.plan.link import Plan


def plan(
    old: Schema,
    new: Schema,
    hints: Hints | None = None,
    origins: Origins | None = None,
    postgresql: int = 14,
    *,
    online: bool = True,
) -> Plan:
    """Return how one schema becomes another on PostgreSQL of this version or later.

    Not `online`, nobody uses the tables meanwhile: it is one revision with one transaction.
    """
    hints = hints or Hints()
    # An expansion is refused where there is nothing that it could be of.
    if old == Schema() and not (hints.expand or hints.stand_ins):
        made = first(new, postgresql)
        if made is not None:
            return made
    from gen_migration.plan.edit import edit

    return edit(old, new, hints, origins or Origins(), postgresql, online=online)
