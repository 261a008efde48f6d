"""A review: what changes between two schemas, and what to know of it. Pure.

Every format of `gen-migration diff` prints this one value.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass, replace
from gen_migration.plan.planner import plan
from gen_migration.plan.waiting import waiting_spec
from gen_migration.review.changes import Action
from gen_migration.review.gather import changes
from gen_migration.rules.engine import findings

if TYPE_CHECKING:
    from gen_migration.model.schema import Schema, Spec
    from gen_migration.operations.origins import Origins
    from gen_migration.plan.link import Plan
    from gen_migration.review.changes import Change
    from gen_migration.rules.finding import Finding
    from gen_migration.rules.registry import Rules
    from gen_migration.stats.sizes import Sizes


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The way from the schema `before` to that of `spec`; `old` and `new` are their sources' names.

    `changes` are those of whole objects, with what changes inside of them. With `is_drift` one side
    is what a database or models have: no revision leads there, and no rule has a finding. `rules`
    are those that were asked, left out this tool's. `sizes` are those that findings tell of.
    """

    old: str
    new: str
    before: Schema
    spec: Spec
    plan: Plan
    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()
    rules: Rules | None = None
    is_drift: bool = False
    sizes: Sizes | None = None

    @property
    def counts(self) -> dict[Action, int]:
        """How much is added, changed and dropped.

        An object that comes or goes counts as one, with all that it has; of one that stays,
        each column, constraint, index and value counts, and whatever else changes of it as one.
        """
        found = dict.fromkeys((Action.ADD, Action.CHANGE, Action.DROP), 0)
        for change in self.changes:
            if change.action is not Action.CHANGE:
                for action in found:
                    found[action] += action in change.action.counted
                continue
            for part in change.parts:
                found[part.action] += 1
            found[Action.CHANGE] += bool(change.details or change.old_name)
        return found

    @property
    def summary(self) -> str:
        """The counts in a line: `2 to add, 1 to change, 0 to drop`."""
        if self.is_drift:
            added, changed, dropped = self.counts.values()
            return (
                f"drift: {added} only in the second, {changed} different,"
                f" {dropped} only in the first"
            )
        return ", ".join(f"{n} to {action.value}" for action, n in self.counts.items())


def from_top(found: Review, prefix: str) -> Review:
    """Return a review whose places count from the top of a working tree.

    `prefix` is the way from there to the directory that they count from so far (`backend/`).
    """
    return replace(
        found,
        findings=tuple(
            replace(one, where=posixpath.normpath(posixpath.join(prefix, one.where)))
            if one.where
            else one
            for one in found.findings
        ),
    )


def review(
    old: Schema,
    new: Spec,
    *,
    names: tuple[str, str],
    origins: Origins | None = None,
    is_drift: bool = False,
    rules: Rules | None = None,
    sizes: Sizes | None = None,
) -> Review:
    """Return what the next revision does that leads from a schema to a spec.

    `names` are what the two are called, `origins` what the history has renamed already; with
    `is_drift` no revision does it. `rules` are those to ask, left out this tool's. `sizes` are
    those of the tables, where they are known.
    """
    made = plan(old, new.schema, new.hints, origins, new.postgresql, online=new.online)
    new = waiting_spec(new, made)
    return Review(
        old=names[0],
        new=names[1],
        before=old,
        spec=new,
        plan=made,
        changes=changes(made.operations, old, new.schema),
        findings=() if is_drift else findings(made, new, rules, sizes),
        rules=rules,
        is_drift=is_drift,
        sizes=None if is_drift else sizes,
    )
