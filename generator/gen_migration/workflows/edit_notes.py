"""What an edit does that the person at the terminal should know of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.diff.missing_values import lacking, nulls
from gen_migration.rules.engine import dangers, waits
from gen_migration.rules.extents import problem
from gen_migration.rules.registry import Rules

if TYPE_CHECKING:
    from gen_migration.base.errors import Problem
    from gen_migration.diff.data_loss import Loss
    from gen_migration.history.request import Request
    from gen_migration.model.schema import Spec
    from gen_migration.plan.link import Plan


def told_of_edit(
    made: Plan,
    spec: Spec,
    lost: list[Loss],
    costly: list[Problem],
    request: Request,
) -> list[Problem]:
    """Return what is told of an edit, that which was answered (`lost`, `costly`) with it."""
    asked, sizes = Rules(levels=request.levels), request.sizes
    problems = lacking(made.operations, spec) + nulls(made.operations, spec)
    told = {one.path for one in problems}
    problems += [one.problem(meant=request.allow_data_loss) for one in lost]
    found = dangers(made, spec, asked, sizes)
    problems += [problem(one) for one in found if one.path not in told]
    if spec.online:
        told = {one.path for one in costly}
        problems += costly
        found = waits(made, spec, asked, sizes)
        problems += [problem(one) for one in found if one.path not in told]
    return problems
