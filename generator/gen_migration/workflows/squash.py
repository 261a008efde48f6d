"""Many revisions of a spec as one that builds the same.

It takes the id and the file of the newest that it replaces. What a scratch database has not proven
is not written; files are written before others are deleted, so that an interruption leaves a
history that says what is left to do (`history.replaced`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Error, Errors, listed
from gen_migration.base.files import from_here, locked, replace_file
from gen_migration.history.edit_parts import check as check_parts
from gen_migration.history.edit_parts import revisions_of
from gen_migration.history.file_names import renamed
from gen_migration.history.graph import ancestors
from gen_migration.history.replaced import UnfinishedError
from gen_migration.history.squash_drafts import Span, draft_of, span_of
from gen_migration.history.squash_groups import groups, held, is_empty_merge
from gen_migration.replay.replay import replay
from gen_migration.spec.load import load_file
from gen_migration.workflows.amend import is_adopting
from gen_migration.workflows.going_files import check_files, deleted
from gen_migration.workflows.squash_proof import proven

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from gen_migration.history.revision import Directory, Draft, Revision
    from gen_migration.model.schema import Spec
    from gen_migration.verify.same_history import Sameness
    from gen_migration.verify.workbench import Workbench

SHOWN = 3  # revisions that a message names


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for: up to which revision, and what may be lost.

    `drop_data` are revisions whose work on rows may be left out; with `force`, edits by hand and
    what git does not have may be lost.
    """

    up_to: str | None = None
    message: str | None = None
    drop_data: tuple[str, ...] = ()
    force: bool = False
    write: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Squash:
    """What came of it: the drafts, with the revisions that each replaces; nothing where it is none.

    `sameness` is what the scratch databases say, `paths` are the files that were written, and
    `deleted` those that went.
    """

    drafts: tuple[Draft, ...] = ()
    paths: tuple[Path, ...] = ()
    deleted: tuple[Path, ...] = ()
    sameness: Sameness | None = None
    notes: tuple[str, ...] = ()


def squash(path: Path, directory: Directory, asked: Asked, bench: Workbench) -> Squash:
    """Squash revisions of a spec. Raises Error or Errors where that loses something, or fails."""
    spec = load_file(path)
    if not directory.root.is_dir():
        raise nothing(spec, directory)
    with locked(directory.root):
        try:
            revisions = revisions_of(directory, spec.name)
        except UnfinishedError as error:
            return finished(error, directory, asked)
        check_parts(revisions, spec.name)
        own = {one.id for one in revisions if one.spec == spec.name}
        if not own:
            raise nothing(spec, directory)
        may_go = candidates(revisions, own, asked.up_to)
        found = tuple(
            one
            for one in groups(revisions, may_go)
            if any(each.id in own for each in one.members)
        )
        notes = tuple(told(one, other) for one, other in held(revisions, found, own))
        if not found:
            return Squash(notes=notes)
        files = [one for group in found for one in group.members]
        check_files(files, force=asked.force)
        spans = [span_of(group, revisions, spec.name) for group in found]
        check_rows(spans, asked.drop_data)
        drafts = tuple(draft_of(span, spec, asked.message) for span in spans)
        texts = [
            draft.final(draft.header, span.group.newest.path)
            for draft, span in zip(drafts, spans, strict=True)
        ]
        for span, text in zip(spans, texts, strict=True):
            check_state(span, text)
        sameness = proven(spans, texts, spec, directory, revisions, bench)
        result = Squash(drafts=drafts, sameness=sameness, notes=notes)
        if not (sameness.is_good and asked.write):
            return result
        paths = tuple(
            written(span.group.newest, text, directory)
            for span, text in zip(spans, texts, strict=True)
        )
        gone = [one for group in found for one in group.gone]
        return Squash(
            drafts=drafts,
            paths=paths,
            deleted=deleted(gone),
            sameness=sameness,
            notes=notes,
        )


def nothing(spec: Spec, directory: Directory) -> Error:
    return Error(
        f'the spec "{spec.name}" has no revision yet',
        where=str(from_here(directory.root)),
        hint="run without --squash to write its first",
    )


def finished(error: UnfinishedError, directory: Directory, asked: Asked) -> Squash:
    """Delete what an interrupted squash has left. Raises Error where that loses something."""
    revisions = directory.revisions()
    gone = {one.id for one in error.left}
    for one in revisions:
        needed = gone.intersection(one.needs)
        if needed and one.id not in gone:
            raise Error(
                f"the revision {one.id} follows {needed.pop()}, which went into a squash",
                where=str(one.path),
                hint=f"correct down_revision: what was there goes on behind"
                f" {squash_of(error.left[0], revisions)}",
            )
    left = [one for one in revisions if one.id in gone]
    check_files(left, force=asked.force)
    return Squash(deleted=deleted(left) if asked.write else ())


def squash_of(one: Revision, revisions: Sequence[Revision]) -> str:
    return next(each.id for each in revisions if one.id in each.replaces)


def candidates(
    revisions: tuple[Revision, ...], own: Collection[str], up_to: str | None
) -> set[str]:
    """Return the revisions that may go: those of a spec, and merges that do nothing.

    One that adopts declares what was there before, and stays. Raises Error where `up_to` is none
    of them.
    """
    found = {
        one.id
        for one in revisions
        if (one.id in own and not is_adopting(one)) or is_empty_merge(one)
    }
    if up_to is None:
        return found
    named = [one for one in revisions if one.id.startswith(up_to)]
    exact = [one for one in named if one.id == up_to] or named
    if len(exact) != 1 or exact[0].id not in found:
        raise Error(
            f"--up-to {up_to} is "
            + (
                "no revision of the spec"
                if len(exact) < 2
                else "more than one revision"
            ),
            hint=f"one of {listed([one.id for one in revisions if one.id in found], SHOWN)}",
        )
    return found & ancestors(revisions, [exact[0].id])


def told(one: Revision, other: Revision) -> str:
    """Return why a revision stays: what needs it is not of the spec."""
    return (
        f"note: {one.path}: {one.id} stays a revision of its own: {other.id} ({other.path}),"
        " which is not of this spec, needs it"
    )


def check_rows(spans: Sequence[Span], may_go: Collection[str]) -> None:
    """Raise Errors where work on rows would be left out that nobody has named."""
    rows = [one for span in spans for one in span.rows if one.revision not in may_go]
    if rows:
        raise Errors(
            Error(
                f"the squash would leave out what {one.revision} does to rows: {one.what}",
                where=f"{one.path}:{one.line}" if one.line else str(one.path),
                hint=f"where a new database does without: --drop-data {one.revision}; else give"
                " --up-to a revision before it",
            )
            for one in rows
        )


def check_state(span: Span, text: str) -> None:
    """Raise Error where a squash, replayed, is not what the revisions before have built."""
    path = str(span.group.newest.path)
    _, schema = replay(text, path, span.old.schema)
    if schema != span.new.schema:
        raise Error(
            f"the revisions up to {span.group.newest.id} cannot be one: what it builds is"
            " not what they have built",
            where=path,
            hint="give --up-to a revision before it, and report this",
        )


def written(one: Revision, text: str, directory: Directory) -> Path:
    """Write a squash in the place of the newest that it replaces, and return its path."""
    replace_file(one.path, text)
    place = renamed(one.path, one.text, text, directory.slug_length)
    if place == one.path or place.exists():
        return one.path
    one.path.rename(place)
    return place
