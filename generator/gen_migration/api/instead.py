"""What takes the place of a next revision: an adoption, a squash, a rebase."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gen_migration.api.places import HISTORY, PLAIN, SCRATCH, plain
from gen_migration.api.revisions import new_revision
from gen_migration.base.data_class import dataclass

if TYPE_CHECKING:
    from gen_migration.api.places import History, Scratch
    from gen_migration.api.revisions import NewRevision
    from gen_migration.base.configuration import Configuration
    from gen_migration.verify.same_history import Sameness


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """The revision that adopts what the history has built; `path` is its file, once it is written.

    `difference` is a diff from what the history builds to what the spec says; nothing is written
    where there is one.
    """

    revision: NewRevision
    difference: str = ""
    notes: tuple[str, ...] = ()
    path: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Squash:
    """The revisions that take the place of others, the files written, and those that went.

    `sameness` is what scratch databases say; nothing is written where that is not good.
    """

    revisions: tuple[NewRevision, ...] = ()
    paths: tuple[Path, ...] = ()
    deleted: tuple[Path, ...] = ()
    sameness: Sameness | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebase:
    """The revisions behind `parents`, the head of `base`; the files written, and those that went.

    `before` is what the revisions that went have followed, for a database that has them.
    """

    base: str
    parents: tuple[str, ...] = ()
    revisions: tuple[NewRevision, ...] = ()
    paths: tuple[Path, ...] = ()
    deleted: tuple[Path, ...] = ()
    before: tuple[str, ...] = ()


def adopt(
    spec: str | Path,
    *,
    message: str | None = None,
    rev_id: str | None = None,
    write: bool = True,
    history: History = HISTORY,
    configuration: Configuration = PLAIN,
    scratch: Scratch = SCRATCH,
) -> Adoption:
    """Write the revision with which a spec takes over what its history has built.

    The history is run on a scratch database. Raises Error where there is nothing to adopt, or a
    revision fails.
    """
    from gen_migration.history.revision_ids import Ids
    from gen_migration.workflows.adopt import adopt as workflow

    directory = history.target(configuration, spec).open()
    dev_url, before = scratch.configured(configuration)
    found = workflow(
        Path(spec),
        directory,
        message=message,
        ids=Ids(given=rev_id, is_numbered=configuration.is_numbered),
        dev_url=dev_url,
        before=before,
        write=write,
    )
    return Adoption(
        revision=new_revision(found.draft, directory),
        difference=found.difference,
        notes=plain(found.notes),
        path=found.path,
    )


def squash(
    spec: str | Path,
    *,
    up_to: str | None = None,
    message: str | None = None,
    drop_data: tuple[str, ...] = (),
    force: bool = False,
    write: bool = True,
    history: History = HISTORY,
    configuration: Configuration = PLAIN,
    scratch: Scratch = SCRATCH,
) -> Squash:
    """Write one revision in the place of those of a spec, up to one of them.

    Both are run on scratch databases. `drop_data` are revisions whose work on rows may be left out.
    Raises Error where something would be lost; with `force`, edits by hand and what git does not
    have may be.
    """
    from gen_migration.workflows.squash import Asked
    from gen_migration.workflows.squash import squash as workflow

    directory = history.target(configuration, spec).open()
    asked = Asked(
        up_to=up_to, message=message, drop_data=drop_data, force=force, write=write
    )
    found = workflow(Path(spec), directory, asked, scratch.bench(configuration))
    return Squash(
        revisions=tuple(new_revision(one, directory) for one in found.drafts),
        paths=found.paths,
        deleted=found.deleted,
        sameness=found.sameness,
        notes=plain(found.notes),
    )


def rebase(
    spec: str | Path,
    *,
    base: str | None = None,
    database: str | None = None,
    force: bool = False,
    write: bool = True,
    history: History = HISTORY,
    configuration: Configuration = PLAIN,
) -> Rebase:
    """Write this branch's revisions of a spec anew behind those of the base branch, as git has it.

    `database` is the URL of one that must not have what goes. Raises Error where both branches
    change the same, or something would be lost (see `squash`).
    """
    from gen_migration.workflows.rebase import Wanted
    from gen_migration.workflows.rebase import rebase as workflow

    directory = history.target(configuration, spec).open()
    wanted = Wanted(
        base=base,
        database=database,
        force=force,
        write=write,
        numbered=configuration.is_numbered,
    )
    found = workflow(Path(spec), directory, wanted)
    return Rebase(
        base=found.base,
        parents=found.parents,
        revisions=tuple(new_revision(one, directory) for one in found.drafts),
        paths=found.paths,
        deleted=found.deleted,
        before=found.before,
    )
