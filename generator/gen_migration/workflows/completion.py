"""Missing parts of an edit, written anew.

What proves it is the id of each part, a hash of what it follows and does: the spec as it is now
has to give the parts that are there. Nothing else is written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.base.errors import Error
from gen_migration.history.drafts import Change, drafts_of, link_id
from gen_migration.history.file_names import PART
from gen_migration.history.graph import ancestors, heads, in_order
from gen_migration.history.state import replayed
from gen_migration.plan.link import Plan
from gen_migration.plan.waiting import waiting_spec
from gen_migration.render.checksum import checksum
from gen_migration.render.marker import message_of
from gen_migration.workflows.answers import answered
from gen_migration.workflows.contract import closing, is_open
from gen_migration.workflows.planned import plan_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gen_migration.history.edit_parts import Gap, IncompleteError
    from gen_migration.history.request import Request
    from gen_migration.history.revision import Directory, Draft, Revision
    from gen_migration.model.schema import Spec
    from gen_migration.plan.link import PlannedRevision


def completion(
    error: IncompleteError,
    spec: Spec,
    path: Path,
    directory: Directory,
    request: Request,
) -> Change:
    """Return the change that writes what an edit lacks.

    Raises Error where the spec asks for something else by now, or the edit is another spec's.
    """
    gap = error.gap
    if gap.torn is not None or request.amend or gap.spec != spec.name:
        raise error
    files = directory.files()
    for parents in bases(gap, files):
        made, drafts = drafted(gap, parents, files, spec, request)
        if drafts and named(drafts[-1], files, gap):
            answered(made, spec, path, request)
            break
    else:
        raise Error(error.message, where=error.where, hint=way_out(gap, files))
    links = tuple(made.links[number - 1] for number in gap.missing)
    operations = tuple(step for link in links for step in link.operations)
    return Change(
        spec=spec,
        plan=Plan(operations=operations, schema=made.schema, links=links),
        drafts=tuple(drafts[number - 1] for number in gap.missing),
        beside=gap.last.path.parent,
        notes=tuple(notes(error, files)),
    )


def bases(gap: Gap, files: tuple[Revision, ...]) -> Iterator[tuple[str, ...]]:
    """Yield what the first part may have followed."""
    if 1 in gap.there:
        yield gap.there[1].parents
        return
    rest = without_followers(files)
    found = heads(rest)
    yield tuple(found)
    for one in found if found[1:] else ():
        yield (one,)


def without_followers(files: tuple[Revision, ...]) -> tuple[Revision, ...]:
    """Return the revisions that need nothing that is missing, in their order."""
    kept = {one.id: one for one in files}
    while gone := [
        one.id for one in kept.values() if not all(need in kept for need in one.needs)
    ]:
        for id_ in gone:
            del kept[id_]
    return in_order(kept.values())


def drafted(
    gap: Gap,
    parents: tuple[str, ...],
    files: tuple[Revision, ...],
    spec: Spec,
    request: Request,
) -> tuple[Plan, tuple[Draft, ...]]:
    """Return how a spec comes from what is there, and the parts, where they are the edit's."""
    rest = without_followers(files)
    before = ancestors(rest, parents)
    state = replayed(
        [one for one in rest if one.id in before and one.spec == spec.name]
    )
    made = plan_of(spec, state)
    if len(made.links) != gap.count and is_open(state):
        spec = closing(spec, state)  # the edit was their contract
        made = plan_of(spec, state)
    if len(made.links) != gap.count:
        return made, ()
    spec = waiting_spec(spec, made)
    ids = {number: one.id for number, one in gap.there.items()} | dict(gap.ids)

    def drafts(message: str | None) -> tuple[Draft, ...]:
        asked = replace(request, message=message)
        taken = request.ids(one.id for one in files)
        return drafts_of(
            spec, made, parents, asked, state=state, ids=ids, new_ids=taken
        )

    found = drafts(request.message)
    number, there = next(iter(gap.there.items()))
    said = message_of(there.text)
    if request.message is None and said != found[number - 1].header.message:
        found = drafts(PART.sub("", said))
    pairs = zip(found, made.links, strict=True)
    if not all(is_same(draft, link, spec, gap) for draft, link in pairs):
        return made, ()
    return made, found


HASHED = re.compile("[0-9a-f]{12}")


def is_same(draft: Draft, link: PlannedRevision, spec: Spec, gap: Gap) -> bool:
    """Tell whether a part is the one whose id is known; one that nobody knows is."""
    header = draft.header
    if header.revision == link_id(header.parents, spec, link):
        return True
    number = 1 if header.part is None else header.part.number
    known = gap.ids.get(number, "")
    if number not in gap.there and not HASHED.fullmatch(known):
        return True  # given, or numbered
    # An amended part keeps the id of the revision whose place it took.
    there = None if header.part is None else gap.there.get(header.part.number)
    mark = None if there is None else there.mark
    if there is None or mark is None:
        return False
    labelled = replace(
        header,
        branch_labels=there.branch_labels or None,
        depends_on=there.depends_on or None,
    )
    return mark.checksum == checksum(draft.text(labelled))


def named(last: Draft, files: tuple[Revision, ...], gap: Gap) -> bool:
    """Tell whether a missing end of an edit is the one that others follow, if there are any."""
    if gap.count in gap.there:
        return True
    needs = {need for one in files for need in one.needs}
    asked = needs.difference((one.id for one in files), gap.ids.values())
    return not asked or last.header.revision in asked


def way_out(gap: Gap, files: tuple[Revision, ...]) -> str:
    followed = any(gap.last.id in one.needs for one in files)
    hint = (
        "the spec as it is now asks for something else: bring the files back from version control,"
        " or the spec as it was when they were written, and run again"
    )
    if gap.is_open and not followed:
        hint += (
            f"; or, where no database has {gap.there[1].id}, run with --amend, which writes the"
            " edit anew"
        )
    return hint


def notes(error: IncompleteError, files: tuple[Revision, ...]) -> Iterator[str]:
    """Yield what to say of an edit that is completed."""
    yield f"note: {error.where}: {error.message}; written now"
    known = {one.id for one in files}
    followed = {need for one in files for need in one.needs}
    ends = heads(files)
    if error.gap.is_open and error.gap.last.id in followed and followed <= known:
        yield (
            f"note: {', '.join(ends)} follows as well: the history has a head more\n"
            '  hint: join them with "alembic merge heads"'
        )
