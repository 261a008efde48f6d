"""The texts of the next revisions of a spec, before they are written."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass, replace
from gen_migration.history.request import Request
from gen_migration.history.revision import Draft
from gen_migration.history.revision_ids import Ids
from gen_migration.history.titles import kept_message, summary, titled
from gen_migration.model.schema import Schema
from gen_migration.plan.link import PlannedRevision
from gen_migration.plan.planner import plan
from gen_migration.render.docstring import Harm, Header
from gen_migration.render.identity import revision_id
from gen_migration.render.marker import Part
from gen_migration.render.revision import render, rendering

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from gen_migration.history.revision import Revision
    from gen_migration.history.state import State
    from gen_migration.model.schema import Spec
    from gen_migration.plan.link import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The next revisions of a spec before they are written; without operations, there are none.

    They are a chain, one after the other. `replaces` are the revisions whose place they take.
    `beside` is the directory of the other parts of an edit which they complete. `notes` are for
    the person at the terminal, and `unseen` where nothing proves the change.
    """

    spec: Spec
    plan: Plan
    drafts: tuple[Draft, ...] = ()
    newest: Revision | None = None
    replaces: tuple[Revision, ...] = ()
    beside: Path | None = None
    notes: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.plan.operations


def drafts_of(
    spec: Spec,
    made: Plan,
    parents: tuple[str, ...],
    request: Request,
    replaces: tuple[Revision, ...] = (),
    state: State | None = None,
    ids: Mapping[int, str] | None = None,
    new_ids: Ids = Ids(),  # noqa: B008 - it is frozen
) -> tuple[Draft, ...]:
    """Return the texts of the next revisions; the first of its spec where there is no state.

    They take the ids of those that they replace. `ids` are others that are given, by the numbers
    of the parts, and `new_ids` says how the rest are called.
    """
    given = {number: one.id for number, one in enumerate(replaces, 1)} | dict(ids or {})
    message = request.message
    if message is None and replaces:
        message = kept_message(replaces[0], state)
    drafts: list[Draft] = []
    harms = harms_of(made, spec)
    broken_by = tuple(n for n, one in enumerate(harms, 1) if one.is_breaking)
    for number, (link, harm) in enumerate(zip(made.links, harms, strict=True), 1):
        part = Part(number, len(made.links)) if made.links[1:] else None
        title, slug = titled(link, spec, part, message, is_first=state is None)
        kept = replaces[0] if replaces and number == 1 else None
        # Another process may begin with it now. Who only checks does not ask for it.
        text = texts(link, spec) if request.check else rendering(link, spec)
        header = Header(
            message=title,
            revision=given.get(number)
            or new_ids.new(
                part,
                message or (spec.name if state is None else summary(link.operations)),
                partial(link_id, parents, spec, link),
                [one.header.revision for one in drafts],
            ),
            spec=spec.name,
            destroys=harm.destroys,
            returns=harm.returns,
            down_revision=parents if parents[1:] else next(iter(parents), None),
            # Labels are the first one's.
            branch_labels=(kept.branch_labels or None) if kept else None,
            depends_on=(kept.depends_on or None) if kept else None,
            part=part,
            breaks=harm.breaks,
            broken_by=broken_by,
        )
        drafts.append(Draft(header=header, slug=slug, text=text))
        parents = (header.revision,)
    return tuple(drafts)


def harms_of(made: Plan, spec: Spec) -> tuple[Harm, ...]:
    """Return the harm that each revision of a plan does: none where nothing was there before."""
    if made.only_builds or not made.links:
        return tuple(Harm() for _ in made.links)
    from gen_migration.history.harm import harms

    return tuple(harms(made, spec))


def link_id(parents: tuple[str, ...], spec: Spec, link: PlannedRevision) -> str:
    return revision_id(parents, spec.name, link.upgrade.operations)


def texts(link: PlannedRevision, spec: Spec) -> Callable[[Header], str]:
    """Return what makes the text of a revision of its header."""
    return lambda header: render(header, link, spec)


def first_revision(spec: Spec, parents: tuple[str, ...] = ()) -> Draft:
    """Return the revision that builds a spec from nothing, after its parents."""
    made = plan(Schema(), spec.schema, postgresql=spec.postgresql, online=False)
    if not made.links:
        made = replace(made, links=(PlannedRevision(),))
    (draft,) = drafts_of(spec, made, parents, Request())
    return draft
