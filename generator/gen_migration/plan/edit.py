"""The plan of an edit: its operations in an order that PostgreSQL accepts, as revisions. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.diff.columns import Question
from gen_migration.diff.differ import difference
from gen_migration.diff.expanded import expanded
from gen_migration.diff.stand_ins import with_views
from gen_migration.operations.base import apply
from gen_migration.plan.chain import links, single
from gen_migration.plan.expansions import (
    Stage,
    closing,
    expansions,
    opening,
    rest_of,
    standing_in,
)
from gen_migration.plan.link import Plan
from gen_migration.plan.order import ordered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.hints import Hints
    from gen_migration.model.schema import Schema
    from gen_migration.operations.origins import Origins
    from gen_migration.plan.expansions import Expansions
    from gen_migration.plan.link import PlannedRevision


def edit(
    old: Schema,
    new: Schema,
    hints: Hints,
    origins: Origins,
    postgresql: int,
    *,
    online: bool,
) -> Plan:
    """Return how one schema becomes another, as `planner.plan` does for any of them."""
    found = expansions(old, new, hints, postgresql)
    made = Plan(operations=(), schema=old)
    for one in staged(old, new, hints, found, origins, postgresql):
        made = followed(made, one, postgresql, online=online)
    if not online and made.operations:
        link = single(old, made.schema, made.operations, postgresql)
        made = replace(made, links=(link,))
    return replace(made, waiting=found.waiting)


def staged(
    old: Schema,
    new: Schema,
    hints: Hints,
    found: Expansions,
    origins: Origins,
    postgresql: int,
) -> Iterator[Stage]:
    """Yield what is planned for itself: what opens expansions, the edit, and what closes them."""
    at = old
    for view in found.renaming:
        stage = standing_in(at, new, view, postgresql)
        yield stage
        at = apply(at, stage.operations)
    held = with_views(at, new, [*found.views], postgresql)
    held = expanded(at, held, found.columns)
    target = expanded(at, held, found.closing, anew=False)
    for one in found.opening:
        for stage in opening(at, target, one):
            yield stage
            at = apply(at, stage.operations)
    rest = difference(at, target, rest_of(hints, found), origins)
    at = apply(rest.new, rest.last)
    # What is refused as an expansion is asked no second question.
    told = {(one.table, one.column) for one in found.refused}
    asked = (
        one
        for one in rest.questions
        if not isinstance(one, Question) or (one.table, one.column) not in told
    )
    questions = (*found.refused, *asked)
    yield Stage(ordered(rest), after=at, questions=questions)
    for number, one in enumerate(found.closing, 1):
        left = expanded(at, held, found.closing[number:], anew=False)
        for stage in closing(at, left, new, one):
            yield stage
            at = apply(at, stage.operations)


def followed(made: Plan, stage: Stage, postgresql: int, *, online: bool) -> Plan:
    """Return a plan with a stage at its end."""
    at = made.schema
    after = stage.after or apply(at, stage.operations)
    more: tuple[PlannedRevision, ...] = ()
    if online and stage.operations:
        if stage.at_once:
            more = (single(at, after, stage.operations, postgresql),)
        else:
            more = links(at, after, stage.operations, postgresql)
    return Plan(
        operations=(*made.operations, *stage.operations),
        schema=after,
        links=(*made.links, *more),
        questions=(*made.questions, *stage.questions),
    )
