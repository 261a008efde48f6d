"""The plan of a spec."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.plan.planner import plan

if TYPE_CHECKING:
    from gen_migration.history.state import State
    from gen_migration.model.schema import Spec
    from gen_migration.plan.link import Plan


def plan_of(spec: Spec, state: State) -> Plan:
    """Return how what the revisions have built becomes a spec."""
    return plan(
        state.schema,
        spec.schema,
        spec.hints,
        state.origins,
        spec.postgresql,
        online=spec.online,
    )
