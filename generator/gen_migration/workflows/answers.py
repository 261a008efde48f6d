"""What has to be answered before an edit is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.diff.data_loss import losses, unanswered
from gen_migration.diff.missing_values import lacking
from gen_migration.plan import rewrite_gate
from gen_migration.plan.alike_indexes import alike_indexes
from gen_migration.plan.dropped_names import dropped_names
from gen_migration.plan.unknown_columns import unknown_columns
from gen_migration.spec.documents import located, read_document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gen_migration.base.errors import Problem
    from gen_migration.diff.data_loss import Loss
    from gen_migration.history.request import Request
    from gen_migration.model.schema import Spec
    from gen_migration.plan.link import Plan
    from gen_migration.stats.sizes import Sizes


def answered(
    made: Plan, spec: Spec, path: Path, request: Request
) -> tuple[list[Loss], list[Problem]]:
    """Return what a change destroys and what it makes others wait for.

    Raises Errors where nobody has asked for it, or a question is open.
    """
    lost = losses(made.operations, spec)
    problems = [*unanswered(made.questions, spec), *unknown_columns(made, spec)]
    problems += dropped_names(made, spec)
    problems += alike_indexes(made, spec)
    costly = []
    if spec.online:
        costly = rewrite_gate.retyped(made, spec) + rewrite_gate.queried(made, spec)
    if costly and request.sizes is not None:
        costly = [*sized(costly, made, spec, request.sizes)]
    if not (request.allow_data_loss or request.check):
        problems += [one.problem() for one in lost]
        problems += lacking(made.operations, spec)
        problems += costly
    if problems:
        raise located(read_document(path), problems)
    return lost, costly


def sized(
    problems: list[Problem], made: Plan, spec: Spec, sizes: Sizes
) -> Iterator[Problem]:
    """Yield problems with what sizes say of the findings at the same places."""
    from gen_migration.rules.engine import of_statements
    from gen_migration.rules.extents import words
    from gen_migration.rules.registry import Rules

    found = of_statements(made, spec, Rules(), sizes)
    said = {one.path: "; ".join(words(one)) for one in found}
    for one in problems:
        more = said.get(one.path)
        yield replace(one, message=f"{one.message} ({more})") if more else one
