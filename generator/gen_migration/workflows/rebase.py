"""A branch's own revisions, written anew behind those of the base branch.

Which are its own, git says: those that the base branch does not have. New files are written first
and old ones deleted last; a run that was interrupted is finished by the next, whose drafts have the
same ids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Error, listed
from gen_migration.base.files import from_here, locked
from gen_migration.history.base_branch import base_branch, revisions_on
from gen_migration.history.edit_parts import check as check_parts
from gen_migration.history.edit_parts import revisions_of
from gen_migration.history.graph import ancestors, head_of, leading
from gen_migration.history.rebased_edits import branches, edits_of, rebased
from gen_migration.history.revision_ids import Ids
from gen_migration.history.squash_groups import is_empty_merge
from gen_migration.spec.load import load_file
from gen_migration.workflows.amend import is_adopting, is_applied
from gen_migration.workflows.going_files import check_files, deleted

if TYPE_CHECKING:
    from pathlib import Path

    from gen_migration.history.rebased_edits import Edit
    from gen_migration.history.revision import Directory, Draft, Revision
    from gen_migration.model.schema import Spec

SHOWN = 3  # revisions that a message names


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for: which branch is the base, and which database must not have what goes.

    With `force`, edits by hand and what git does not have may be lost. `numbered` says that new
    ids are numbers that go on.
    """

    base: str | None = None
    database: str | None = None
    force: bool = False
    write: bool = True
    numbered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebase:
    """What came of it: the drafts behind `parents`, the files written, and those that went.

    `before` is what the revisions that went have followed, for a database that has them.
    """

    base: str
    parents: tuple[str, ...]
    drafts: tuple[Draft, ...] = ()
    paths: tuple[Path, ...] = ()
    deleted: tuple[Path, ...] = ()
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """The revisions that go, each after those that it needs: the spec's `own` ones, and merges.

    They follow `before`, and will follow `parents`.
    """

    every: tuple[Revision, ...]
    own: tuple[Revision, ...]
    parents: tuple[str, ...]
    before: tuple[str, ...]


def rebase(path: Path, directory: Directory, wanted: Wanted) -> Rebase:
    """Write this branch's revisions of a spec anew behind the base branch's. Raises Error."""
    spec = load_file(path)
    if not directory.root.is_dir():
        raise nothing(spec, path)
    with locked(directory.root):
        revisions = revisions_of(directory, spec.name)
        check_parts(revisions, spec.name)
        of_spec = {one.id for one in revisions if one.spec == spec.name}
        if not of_spec:
            raise nothing(spec, path)
        places = dict.fromkeys(one.path.parent for one in revisions)
        base = base_branch(revisions[0].path, wanted.base)
        known = revisions_on(base, places)
        going = going_of(revisions, spec, known, base, directory)
        if not going.own:
            check_heads(leading(revisions, of_spec), base, directory)
            return Rebase(base=base, parents=going.parents)
        check_files(going.every, force=wanted.force)
        check_database(going, wanted.database)
        made = drafts(going, revisions, spec, numbered=wanted.numbered)
        if not wanted.write:
            found = tuple(one for _, each in made for one in each)
            return Rebase(base=base, parents=going.parents, drafts=found)
        return replaced(made, going, base, revisions, directory)


def nothing(spec: Spec, path: Path) -> Error:
    return Error(
        f'the spec "{spec.name}" has no revision yet',
        where=str(path),
        hint="run without --rebase to write its first",
    )


def check_heads(heads: list[str], base: str, directory: Directory) -> None:
    """Raise Error where several heads stay, since none of them is beside the base branch's."""
    if heads[1:]:
        raise Error(
            f"the history has {len(heads)} heads that all follow {base}: {', '.join(heads)}",
            where=str(from_here(directory.root)),
            hint="name the branch that one of them is from: --base BRANCH; or join them with"
            f' "alembic merge {" ".join(heads)}"',
        )


def going_of(
    revisions: tuple[Revision, ...],
    spec: Spec,
    known: set[str],
    base: str,
    directory: Directory,
) -> Going:
    """Return what goes: revisions that the base branch lacks, and that are not behind its head.

    Raises Error where something stands in between that cannot go along.
    """
    on_base = tuple(one for one in revisions if one.id in known)
    of_spec = {one.id for one in on_base if one.spec == spec.name}
    parents = head_of(on_base, of_spec, directory.root)
    alone = [one for one in revisions if one.id not in known]
    merges = {one.id for one in alone if is_empty_merge(one)}

    def is_behind(one: Revision) -> bool:
        """Tell whether it follows the base branch's head, and not by a merge of this branch."""
        before = ancestors(revisions, [one.id])
        return set(parents) <= before and not merges & before

    own = tuple(one for one in alone if one.spec == spec.name and not is_behind(one))
    gone = {one.id for one in own}
    gone |= {one for one in merges if gone & ancestors(revisions, [one])}
    for one in revisions:
        if one.id not in gone and (needed := gone.intersection(one.needs)):
            raise Error(
                f"the revision {one.id} follows {min(needed)}, and is not of this spec",
                where=str(one.path),
                hint=f"let it follow a revision that {base} has (down_revision), and run again",
            )
    stuck = [one for one in own if is_adopting(one)]
    if stuck:
        raise Error(
            f"the revision {stuck[0].id} adopts what was there, and cannot be written anew",
            where=str(stuck[0].path),
            hint="delete the file, and run with --adopt again",
        )
    before = [need for one in own for need in one.needs if need in known]
    return Going(
        every=tuple(one for one in revisions if one.id in gone),
        own=own,
        parents=parents,
        before=tuple(dict.fromkeys(before)),
    )


def check_database(going: Going, url: str | None) -> None:
    """Raise Error where a database still has a revision that goes."""
    if url is None:
        return
    for one in going.every:
        if is_applied(one, url):
            raise Error(
                f"the revision {one.id} is applied in the database of --dev-url",
                where=str(one.path),
                hint="downgrade it first, while its file is there: alembic downgrade"
                f" {' '.join(going.before) or 'base'}",
            )


def drafts(
    going: Going, revisions: tuple[Revision, ...], spec: Spec, *, numbered: bool
) -> list[tuple[Edit, tuple[Draft, ...]]]:
    """Return the drafts of each edit. Raises Error where both branches change the same."""
    own = {one.id for one in going.own}
    found = branches(revisions, spec.name, own, going.parents)
    edits = edits_of(found, revisions)
    gone = {one.id for one in going.every}
    taken = frozenset(one.id for one in revisions if one.id not in gone)
    ids = Ids(is_numbered=numbered, taken=taken)
    return list(rebased(edits, found, spec, going.parents, ids))


def replaced(
    made: list[tuple[Edit, tuple[Draft, ...]]],
    going: Going,
    base: str,
    revisions: tuple[Revision, ...],
    directory: Directory,
) -> Rebase:
    """Write the drafts that are not there yet, then delete what goes. Raises Error."""
    found = tuple(one for _, each in made for one in each)
    ids = {one.header.revision for one in found}
    gone = {one.id for one in going.every}
    others = [
        one.id
        for one in revisions
        if set(going.parents) & set(one.parents) and one.id not in ids | gone
    ]
    if others:
        raise Error(
            f"what follows {', '.join(going.parents)} is there already: {listed(others, SHOWN)}",
            where=str(from_here(directory.root)),
            hint=f"where that is of another branch, merge {base} again; else join the heads:"
            ' "alembic merge heads"',
        )
    there = {one.id: one.path for one in revisions}
    paths = []
    for edit, each in made:
        for draft in each:
            known = there.get(draft.header.revision)
            place = edit.revisions[0].path.parent
            paths.append(known or directory.restore(draft, place))
    return Rebase(
        base=base,
        parents=going.parents,
        drafts=found,
        paths=tuple(paths),
        deleted=deleted(going.every),
        before=going.before,
    )
