"""Adoption of what hand-written revisions have built, by a revision that changes nothing.

Its `upgrade()` and `downgrade()` are empty. A function that Alembic never calls declares what is
there, and is what the spec's history begins with when it is replayed. It is written only where
the history, run on a scratch database, has built just what the spec builds on another.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass, replace
from gen_migration.base.errors import Error, listed
from gen_migration.base.files import from_here, locked
from gen_migration.catalog.reader import read_url
from gen_migration.catalog.tolerances import without_left_open
from gen_migration.history import env_file, migrate
from gen_migration.history.graph import heads
from gen_migration.history.revision import Draft
from gen_migration.history.revision_ids import Ids
from gen_migration.kinds.scope import owned
from gen_migration.model.schema import Schema
from gen_migration.plan.link import Direction, PlannedRevision
from gen_migration.plan.planner import plan
from gen_migration.render.docstring import Header
from gen_migration.render.identity import revision_id
from gen_migration.render.revision import render
from gen_migration.review.spec_diff import difference_text
from gen_migration.scratch import built, databases, extensions, needs, prerequisites
from gen_migration.spec.load import load_file
from gen_migration.workflows.amend import is_adopting

if TYPE_CHECKING:
    from pathlib import Path

    from gen_migration.catalog.values import Catalog
    from gen_migration.history.revision import Directory, Revision
    from gen_migration.model.schema import Spec
    from gen_migration.scratch.needs import Needs

SHOWN = 3  # revisions that a message names


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """What came of it.

    `difference` leads from what the history builds to what the spec says, as a unified diff;
    where it is empty, `draft` is the adopting revision. `path` is its file, where it was written.
    """

    draft: Draft
    difference: str
    notes: tuple[str, ...]
    path: Path | None = None


def adopt(
    path: Path,
    directory: Directory,
    *,
    message: str | None = None,
    ids: Ids = Ids(),  # noqa: B008 - it is frozen
    dev_url: str | None = None,
    before: str = "",
    write: bool = True,
) -> Adoption:
    """Write the revision that adopts a spec, where the history has built what the spec says.

    Scratch databases are made on the server of `dev_url`, or else on the embedded one; they begin
    with the SQL of `before`. `ids` says how the revision is called. Raises Error or Errors where
    there is nothing to adopt, or a revision fails.
    """
    spec = load_file(path)
    if spec.schema == Schema():
        raise Error(
            "the spec describes nothing",
            where=str(path),
            hint='add a table to "tables:"',
        )
    if not directory.root.is_dir():
        raise nothing(directory)
    with locked(directory.root):
        parents = adoptable(spec, directory)
        texts = [one.text for one in directory.revisions()]
        needed = needs.of_spec(spec) | needs.of_revisions(texts) | needs.of_sql(before)
        found, needed = extensions.where_it_is(
            needed,
            lambda more: history(directory, spec, parents, more, dev_url, before),
        )
        taken = frozenset(one.id for one in directory.revisions())
        draft = draft_of(spec, parents, message, replace(ids, taken=taken))
        difference, notes = compared(found, spec, path, dev_url, before)
        written = directory.write(draft) if write and not difference else None
    notes += env_file.notes(directory.root)
    if words := databases.unusual(needed, dev_url):
        notes = (f"note: {words}", *notes)
    return Adoption(draft=draft, difference=difference, notes=notes, path=written)


def adoptable(spec: Spec, directory: Directory) -> tuple[str, ...]:
    """Return what an adopting revision follows. Raises Error where there can be none."""
    revisions = directory.revisions()
    own = [one for one in revisions if one.spec == spec.name]
    if own:
        ids = listed([one.id for one in own], SHOWN)
        raise Error(
            f'the spec "{spec.name}" has revisions in the history already: {ids}',
            where=str(own[-1].path),
            hint=way_out(own, revisions),
        )
    parents = directory.parents(revisions, set()) if revisions else ()
    if not parents:
        raise nothing(directory)
    inner = [one for one in parents if one not in heads(revisions)]
    if inner and not directory.splice:
        raise Error(
            f"the revision {inner[0]} is no head",
            where=str(next(one.path for one in revisions if one.id == inner[0])),
            hint=f"give --splice to begin a branch there, or a head: {', '.join(heads(revisions))}",
        )
    return parents


def way_out(own: list[Revision], revisions: tuple[Revision, ...]) -> str:
    """Return what to do where a spec has revisions; they may have been written by mistake."""
    onward = "run without --adopt: an edit of the spec gives its next revision"
    ids = {one.id for one in own}
    others = [one for one in revisions if one.id not in ids]
    if (
        is_adopting(own[0])
        or not others
        or any(ids.intersection(one.needs) for one in others)
    ):
        return onward
    files = listed([str(one.path) for one in own], SHOWN)
    return (
        f"where they build what hand-written revisions have built, and no database has them:"
        f" delete {files}, then run with --adopt again; else {onward}"
    )


def nothing(directory: Directory) -> Error:
    return Error(
        "the history is empty: there is nothing to adopt",
        where=str(from_here(directory.root)),
        hint="leave --adopt out: the spec's first revision builds it",
    )


def history(
    directory: Directory,
    spec: Spec,
    parents: tuple[str, ...],
    needed: Needs,
    dev_url: str | None,
    before: str,
) -> tuple[Catalog, Needs]:
    """Return what a scratch database holds after the history up to some revisions, and its needs.

    The roles that a spec names are there.
    """
    texts = [one.text for one in directory.revisions()]
    with databases.database(dev_url=dev_url, needs=needed) as url:
        built.begin(url, before)
        built.prepare(url, prerequisites.roles_before(texts, [spec.schema]))
        target = (*parents, *directory.depends_on)
        migrate.upgrade(url, directory, target)
        return read_url(url), needed


def compared(
    found: Catalog, spec: Spec, path: Path, dev_url: str | None, before: str
) -> tuple[str, tuple[str, ...]]:
    """Return how what a history has built differs from a spec, and what to say of it."""
    wanted = built.built(spec, like=found, dev_url=dev_url, before=before)
    old, new = without_left_open(found, spec), without_left_open(wanted, spec)
    old = owned(old, new)
    unheld = [str(one) for one in found.unheld if one.table in old.tables]
    notes = [f"note: not of the spec, and left as it is: {one}" for one in unheld]
    text = difference_text(old, new, names=("the history", str(path)))
    return text, tuple(notes)


def draft_of(
    spec: Spec,
    parents: tuple[str, ...],
    message: str | None,
    ids: Ids = Ids(),  # noqa: B008 - it is frozen
) -> Draft:
    """Return the adopting revision of a spec."""
    made = plan(Schema(), spec.schema, postgresql=spec.postgresql, online=False)
    declared = Direction(operations=made.upgrade)
    link = PlannedRevision(operations=made.operations, upgrade=declared)
    count = len(spec.schema.tables)
    what = f"{count} table{'' if count == 1 else 's'} of {spec.name}"
    header = Header(
        message=message or f"Adopt {what if count else spec.name}",
        # Never the id of the revision that would build it.
        revision=ids.new(
            None,
            message or f"adopt {spec.name}",
            partial(revision_id, parents, f"adopt {spec.name}", made.upgrade),
        ),
        spec=spec.name,
        adopts=True,
        down_revision=parents if parents[1:] else parents[0],
    )
    return Draft(
        header=header,
        slug=message or f"adopt {spec.name}",
        text=lambda header: render(header, link, spec),
    )
