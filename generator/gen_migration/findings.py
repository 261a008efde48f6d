"""What a reviewer has to know of a change: rules over its operations in their context. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gen_migration.finding import Finding
    from gen_migration.plan import Plan
    from gen_migration.schema import Spec


def findings(made: Plan, spec: Spec) -> tuple[Finding, ...]:
    """Return what the rules find in a plan that leads to a spec, the worst first."""
    del made, spec
    return ()
