"""The next revisions of a spec: as they would be, and as they are written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

from gen_migration.api.places import HISTORY, PLAIN, passed_over, plain
from gen_migration.base.data_class import dataclass, replace
from gen_migration.base.errors import Error

if TYPE_CHECKING:
    from gen_migration.api.places import History, Scratch
    from gen_migration.api.proofs import Proof
    from gen_migration.base.configuration import Configuration
    from gen_migration.history.drafts import Change
    from gen_migration.history.request import Request
    from gen_migration.history.revision import Directory, Draft
    from gen_migration.history.target import Target
    from gen_migration.operations.base import Operation

    Notes = tuple[str, ...]


class Asked(TypedDict, total=False):
    """What may be asked for beside a spec; each is what the option of its name is.

    `database` is that of `--dev-url` beside `--amend`: one that must not have the revision yet.
    `stats` is a file of sizes, which notes tell of.
    """

    message: str | None
    rev_id: str | None
    allow_data_loss: bool
    contract: bool
    amend: bool
    force: bool
    database: str | None
    stats: Path | None
    history: History
    configuration: Configuration


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRevision:
    """A revision as it is, or would be, written.

    `replaces` are the ids of those whose place it takes.
    """

    id: str
    parents: tuple[str, ...]
    message: str
    text: str
    replaces: tuple[str, ...] = ()


def new_revision(draft: Draft, directory: Directory) -> NewRevision:
    """Return a draft as it would be written into a directory."""
    header = draft.header
    return NewRevision(
        id=header.revision,
        parents=header.parents,
        message=header.message,
        text=directory.preview(draft),
        replaces=header.replaces,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """What a spec asks for that its history does not have yet; nothing is written.

    `newest` is the path of the spec's newest revision (its own, where there is none) if nothing is
    pending. `notes` are for whoever reads it.
    """

    spec: Path
    newest: Path | None = None
    notes: tuple[str, ...] = ()
    change: Change | None = None
    directory: Directory | None = None

    @property
    def is_empty(self) -> bool:
        """Whether the history has what the spec asks for."""
        return self.change is None

    @property
    def operations(self) -> tuple[Operation, ...]:
        """What changes, step by step; each has a `summary` in a line."""
        return () if self.change is None else self.change.plan.operations

    @property
    def revisions(self) -> tuple[NewRevision, ...]:
        """The revisions that `generate` would write, one after the other."""
        if self.change is None or self.directory is None:
            return ()
        directory = self.directory
        return tuple(new_revision(one, directory) for one in self.change.drafts)

    @property
    def sql(self) -> str:
        """The SQL of their upgrades and of their downgrades."""
        from gen_migration.history.offline_sql import both_ways

        if self.change is None:
            return ""
        headers = [draft.header for draft in self.change.drafts]
        return both_ways([one.text for one in self.revisions], headers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """What `generate` did: the files that are there now, and whether this run `written` them.

    `revisions` are the ids of those that were written, `parents` what they follow and `operations`
    what they do; without operations, `paths` are files that went. `proof` is what a scratch
    database said of them, where one was asked.
    """

    paths: tuple[Path, ...]
    written: bool = False
    revisions: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    operations: tuple[Operation, ...] = ()
    notes: tuple[str, ...] = ()
    proof: Proof | None = None


class UnprovenError(Error):
    """A revision that does not do what its spec says, and that was not written.

    `proof` says what it does, and `notes` what else there was to know of it.
    """

    def __init__(self, proof: Proof, notes: tuple[str, ...]) -> None:
        super().__init__(f"not as it should be: {proof.what}; nothing is written")
        self.proof = proof
        self.notes = notes


def plan(spec: str | Path, *, strict: bool = False, **asked: Unpack[Asked]) -> Pending:
    """Return what leads from the history to a spec. Nothing is written.

    Raises Error where the spec or the history is not sound, and with `strict` also where `generate`
    would refuse, since data would be lost; else a note tells of that.
    """
    path = Path(spec)
    run = Run.of(path, asked)
    if (known := run.known()) is not None:
        return Pending(spec=path, newest=known.paths[-1], notes=known.notes)
    from gen_migration.workflows.ahead import load_ahead

    directory = run.target.open()
    seen = run.seen(directory)
    aside = passed_over(run.target, path)
    found = load_ahead(path, directory)
    # Another process works while these are imported.
    from gen_migration.workflows.generate import newest_result
    from gen_migration.workflows.next_change import next_change

    change = next_change(found, path, directory, run.request(strict=strict))
    if change.is_empty:
        newest = newest_result(path, change)
        run.remember(seen, directory, newest.paths[-1], newest.notes)
        return Pending(spec=path, newest=newest.paths[-1], notes=plain(newest.notes))
    return Pending(
        spec=path,
        notes=plain((*change.notes, *change.unseen, *aside)),
        change=change,
        directory=directory,
    )


def generate(
    spec: str | Path, *, scratch: Scratch | None = None, **asked: Unpack[Asked]
) -> Generated:
    """Write the revisions that lead from the history to a spec; nothing where there are none.

    With `scratch`, only what a scratch database has proven is written, and all of the history is
    run there. Raises Error, and then nothing is written: Errors where the spec is not sound or
    data would be lost, UnprovenError.
    """
    path = Path(spec)
    run = Run.of(path, asked)
    if (known := run.known()) is not None:
        return known
    directory = run.target.open()
    aside = passed_over(run.target, path)
    seen = run.seen(directory)
    proofs: list[Proof] = []
    from gen_migration.workflows import generate as workflow

    def prove(change: Change) -> None:
        from gen_migration.api.proofs import proven

        assert scratch is not None  # noqa: S101 - else nobody proves
        bench = scratch.bench(run.configuration)
        # Its notes are told by who writes it.
        found = proven(replace(change, notes=()), path, directory, bench)
        if not found.is_good:
            raise UnprovenError(found, plain(change.notes))
        proofs.append(found)

    result = workflow.generate(
        path, directory, run.request(), None if scratch is None else prove
    )
    if not result.written:
        run.remember(seen, directory, result.paths[-1], result.notes)
        return Generated(paths=result.paths, notes=plain(result.notes))
    return Generated(
        paths=result.paths,
        written=True,
        revisions=result.revisions,
        parents=result.parents,
        operations=result.operations,
        notes=plain((*result.notes, *aside)),
        proof=proofs[0] if proofs else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A spec, what was asked for beside it, and where its revisions are.

    What a run before has found up to date is remembered, where nothing but an edit was asked for.
    """

    spec: Path
    target: Target
    asked: Asked
    configuration: Configuration

    @classmethod
    def of(cls, spec: Path, asked: Asked) -> Run:
        configuration = asked.get("configuration", PLAIN)
        target = asked.get("history", HISTORY).target(configuration, spec)
        return cls(spec=spec, target=target, asked=asked, configuration=configuration)

    @property
    def is_edit(self) -> bool:
        return not (self.asked.get("amend") or self.asked.get("contract"))

    def known(self) -> Generated | None:
        """Return what a run before has found up to date; None where nobody knows."""
        if not self.is_edit:
            return None
        from gen_migration.workflows.up_to_date import recall

        found = recall(self.spec, self.target)
        if found is None:
            return None
        return Generated(paths=(Path(found.path),), notes=plain(found.notes))

    def seen(self, directory: Directory) -> bytes | None:
        """Return a hash of what is there now."""
        if not self.is_edit:
            return None
        from gen_migration.workflows.up_to_date import observe

        return observe(self.spec, self.target, directory)

    def remember(
        self, seen: bytes | None, directory: Directory, path: Path, notes: Notes
    ) -> None:
        """Remember what was seen as up to date."""
        from gen_migration.workflows.up_to_date import UpToDate, remember

        found = UpToDate(path=str(path), notes=notes)
        remember(seen, self.spec, self.target, directory, found)

    def request(self, *, strict: bool = True) -> Request:
        """Return what was asked for as a value. Raises Error where sizes cannot be read."""
        from gen_migration.history.request import Request
        from gen_migration.workflows.sizes import sizes_here

        asked, configured = self.asked, self.configuration
        return Request(
            message=asked.get("message"),
            allow_data_loss=asked.get("allow_data_loss", False),
            check=not strict,
            contract=asked.get("contract", False),
            amend=asked.get("amend", False),
            force=asked.get("force", False),
            database=asked.get("database"),
            levels=configured.levels,
            sizes=sizes_here(asked.get("stats"), configured),
            rev_id=asked.get("rev_id"),
            numbered=configured.is_numbered,
        )


def named(
    history: History, configuration: Configuration, spec: Path | None
) -> list[tuple[str, str]]:
    """Return the ids and the messages of all revisions of a history, the newest first.

    Raises Error.
    """
    from gen_migration.render.marker import message_of

    found = history.target(configuration, spec).open().revisions()
    return [(one.id, message_of(one.text)) for one in reversed(found)]
