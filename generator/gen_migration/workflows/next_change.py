"""What leads from a history to a spec: the next revisions before they are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gen_migration.base import progress
from gen_migration.base.errors import Error
from gen_migration.history import env_file
from gen_migration.history.drafts import Change, drafts_of
from gen_migration.history.edit_parts import check as check_parts
from gen_migration.history.edit_parts import revisions_of
from gen_migration.history.graph import ancestors
from gen_migration.history.own_revisions import own_revisions
from gen_migration.history.state import state_of
from gen_migration.plan.waiting import waiting_spec
from gen_migration.workflows.notes import notes
from gen_migration.workflows.planned import plan_of

if TYPE_CHECKING:
    from pathlib import Path

    from gen_migration.base.errors import Problem
    from gen_migration.diff.data_loss import Loss
    from gen_migration.history.request import Request
    from gen_migration.history.revision import Directory, Revision
    from gen_migration.model.schema import Spec


ON_TABLE = re.compile(
    r"create(_|\s+)(\w+\s+)?table|alter\s+table|(add|alter)_column", re.IGNORECASE
)


def next_change(
    spec: Spec, path: Path, directory: Directory, request: Request
) -> Change:
    """Return what leads from the history to a spec; nothing is written.

    Raises Error where the spec, the history or the change is not sound, or destroys something
    that nobody has asked to destroy; IncompleteError where an edit lacks parts.
    """
    revisions = revisions_of(directory, spec.name)
    if not request.amend:
        check_parts(revisions, spec.name)
    own = own_revisions(spec.name, revisions, directory)
    parents, written = own.parents, own.written
    newest = written[-1] if written else None
    replaces: tuple[Revision, ...] = ()
    if request.amend:
        from gen_migration.workflows.amend import amendable

        replaces = amendable(newest, revisions, spec, request)
        check_parts(revisions, spec.name, but=replaces)
        parents = replaces[0].parents
        before = ancestors(revisions, replaces[0].needs)
        written = [one for one in written if one.id in before]
    state = state_of(written, revisions)
    if request.contract:
        from gen_migration.workflows.contract import contracted

        spec = contracted(spec, state, path)
    progress.tell(f"comparing {path} with its history")
    made = plan_of(spec, state)
    spec = waiting_spec(spec, made)
    lost: list[Loss] = []
    costly: list[Problem] = []
    waiting: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    if not made.only_builds:
        from gen_migration.history import views_by_hand
        from gen_migration.workflows.answers import answered
        from gen_migration.workflows.contract import told

        lost, costly = answered(made, spec, path, request)
        waiting = tuple(told(made.waiting, written))
        unseen = views_by_hand.note(made.operations, revisions)
    if made.operations:
        needed = ancestors(revisions, parents)
        check_parts(one for one in revisions if one.id in needed)
        if own.ids and not (own.behind or request.amend):
            raise elsewhere(parents, written[-1])
    found = state if written else None
    return Change(
        spec=spec,
        plan=made,
        drafts=drafts_of(
            spec,
            made,
            parents,
            request,
            replaces,
            found,
            new_ids=request.ids(one.id for one in revisions),
        ),
        newest=newest,
        replaces=replaces,
        notes=(
            *(() if own.ids else by_hand(spec, revisions)),
            *notes(path, made, spec, lost, costly, request),
            *waiting,
            *(env_file.notes(directory.root) if made.operations else ()),
        ),
        unseen=unseen,
    )


def elsewhere(parents: tuple[str, ...], newest: Revision) -> Error:
    """Return what to say where an edit would not follow the revisions of its spec."""
    return Error(
        f"none of the revisions of this spec is behind {', '.join(parents) or 'base'}",
        where=str(newest.path),
        hint="leave --head out, or name one that follows this revision",
    )


def by_hand(spec: Spec, revisions: tuple[Revision, ...]) -> tuple[str, ...]:
    """Return what to say where hand-written revisions seem to build a spec's tables."""
    if not spec.schema.tables:
        return ()
    found = [one.text for one in revisions if one.mark is None]
    if not any(builds(text, spec) for text in found):
        return ()
    count = f"{len(found)} revision{'' if len(found) == 1 else 's'}"
    note = (
        f"note: the history has {count} by hand; if they build these tables already:"
        " gen-migration SPEC --adopt"
    )
    return (note,)


def builds(text: str, spec: Spec) -> bool:
    """Tell whether a revision seems to create or to alter one of a spec's tables: it names one.

    What is altered there, another one has created, be it by a file of SQL that is not read.
    """
    if ON_TABLE.search(text) is None:
        return False
    words = set(re.findall(r"\w+", text))
    return any(
        name in words or (not name.isidentifier() and name in text)
        for _, name in spec.schema.tables
    )
