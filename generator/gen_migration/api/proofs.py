"""What a revision does on a scratch PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gen_migration.api.places import HISTORY, PLAIN, SCRATCH, plain
from gen_migration.base.data_class import dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gen_migration.api.places import History, Scratch
    from gen_migration.base.configuration import Configuration
    from gen_migration.history.drafts import Change
    from gen_migration.history.revision import Directory, Draft
    from gen_migration.verify.candidate import Candidate
    from gen_migration.verify.workbench import Workbench


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a scratch database says of a revision, which `what` names in words.

    Nothing is in `text` and `problems` where it does what its spec says: `text` is a diff of specs,
    `problems` is all else that is wrong, `notes` what is good to know. `is_new` tells that it is
    not written yet.
    """

    what: str
    is_new: bool = False
    text: str = ""
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether the revision does what its spec says."""
        return not self.text and not self.problems


def revisions(
    spec: str | Path,
    *,
    history: History = HISTORY,
    configuration: Configuration = PLAIN,
) -> tuple[str, ...]:
    """Return the ids of the revisions of a spec in their order; of several parts, the last one's.

    Raises Error.
    """
    from gen_migration.history.edit_parts import of_one_edit
    from gen_migration.spec.load import load_file

    path = Path(spec)
    every = history.target(configuration, path).open().revisions()
    name = load_file(path).name
    own = [one for one in every if one.spec == name]
    before = {each.id for one in own for each in of_one_edit(one, every)[:-1]}
    return tuple(one.id for one in own if one.id not in before)


def verify(
    spec: str | Path,
    revision: str | None = None,
    *,
    history: History = HISTORY,
    configuration: Configuration = PLAIN,
    scratch: Scratch = SCRATCH,
) -> Proof:
    """Run a revision of a spec on a scratch database; its next, or where there is none its newest.

    The history before it runs first, and rows are put into every table; then it is upgraded,
    downgraded and upgraded again. Nothing is written. Raises Error where it cannot be tried.
    """
    from gen_migration.history import env_file
    from gen_migration.history.request import Request
    from gen_migration.spec.load import load_file
    from gen_migration.verify.candidate import of_revision
    from gen_migration.workflows.next_change import next_change

    path = Path(spec)
    directory = history.target(configuration, path).open()
    if revision is not None:
        one = of_revision(load_file(path), revision, path, directory)
        return proof_of(one, path, (), scratch.bench(configuration))
    change = next_change(load_file(path), path, directory, Request(check=True))
    found = proven(change, path, directory, scratch.bench(configuration))
    # A change that is not written yet has them in its notes.
    env = env_file.notes(directory.root) if change.is_empty else ()
    return replace(found, notes=(*plain((*change.notes, *env)), *found.notes))


def proven(change: Change, path: Path, directory: Directory, bench: Workbench) -> Proof:
    """Return what a scratch database says of a change to a spec. Raises Error."""
    from gen_migration.verify.candidate import candidate

    with candidate(change, path, directory) as one:
        return proof_of(one, path, change.drafts, bench)


def proof_of(
    one: Candidate, path: Path, drafts: Sequence[Draft], bench: Workbench
) -> Proof:
    """Return what a scratch database says of a revision, or of drafts of some. Raises Error."""
    from gen_migration.verify.verify import verify

    what = f"revision {one.id}, {one.path}"
    if one.path is not None and one.ids[1:]:
        what = f"revisions {', '.join(one.ids)}, in {one.path.parent}"
    if one.path is None:
        many = len(drafts)
        next_ones = f"next {many} revisions" if many > 1 else "next revision"
        not_yet = f"{'are' if many > 1 else 'is'} not written yet"
        what = f"the {next_ones} of {path}, which {not_yet}"
        bench.say(f"{what}: {'; '.join(each.header.message for each in drafts)}")
    verdict = verify(one, bench)
    return Proof(
        what=what,
        is_new=one.path is None,
        text=verdict.text,
        problems=tuple(each.removeprefix("error: ") for each in verdict.problems),
        notes=tuple(verdict.notes),
    )
