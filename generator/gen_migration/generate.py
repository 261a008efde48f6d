"""The command that everything is for: a spec's file becomes the next revision."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gen_migration import merges
from gen_migration.amend import amend, amendable, message_of
from gen_migration.documents import located, read_document
from gen_migration.errors import Error
from gen_migration.files import locked
from gen_migration.graph import ancestors, in_order
from gen_migration.history import Draft, is_of_spec
from gen_migration.idle_hints import idle
from gen_migration.load import load_file
from gen_migration.losses import losses, remarks, unanswered
from gen_migration.plan import plan
from gen_migration.render import Header
from gen_migration.replay import replay
from gen_migration.revision import read_marker, revision_id, unmarked_text
from gen_migration.schema import Schema
from gen_migration.state import replayed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gen_migration.history import Directory, Revision
    from gen_migration.losses import Loss
    from gen_migration.operations import Operation
    from gen_migration.plan import Plan
    from gen_migration.schema import Spec
    from gen_migration.state import State

    Prove = Callable[["Change"], None] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked for beside a spec's file.

    `amend` replaces the newest revision of the spec; `force` does so although it was edited by
    hand. `database` is the URL of one that must not have it yet. `check` only asks what would
    change, which destroys nothing.
    """

    message: str | None = None
    allow_data_loss: bool = False
    amend: bool = False
    force: bool = False
    database: str | None = None
    check: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The next revision of a spec before it is written; without operations, there is none.

    `replaces` is the revision whose place it takes. `notes` are for the person at the terminal.
    """

    spec: Spec
    plan: Plan
    draft: Draft
    newest: Revision | None = None
    replaces: Revision | None = None
    notes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.plan.operations


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a run did: the revision that is there now, and whether this run wrote it."""

    path: Path
    revision: str
    parents: tuple[str, ...]
    operations: tuple[Operation, ...]
    written: bool
    notes: tuple[str, ...] = ()


def generate(
    path: Path,
    directory: Directory,
    request: Request | None = None,
    prove: Prove = None,
) -> Result:
    """Write the revision that a spec asks for, unless it is there already.

    Raises Error or Errors; nothing is written then. `prove` is asked before anything is written,
    and raises what it likes.
    """
    request = request or Request()
    spec = load_file(path)
    with locked(directory.root):
        change = next_change(spec, path, directory, request)
        if prove is not None and not change.is_empty:
            prove(change)
        header = change.draft.header
        if change.replaces is not None:
            target, written = amend(change, request)
        elif change.is_empty:
            return unchanged(path, change)
        else:
            target, written = directory.write(change.draft), True
    return Result(
        path=target,
        revision=header.revision,
        parents=header.parents,
        operations=change.plan.operations,
        written=written,
        notes=change.notes,
    )


def unchanged(path: Path, change: Change) -> Result:
    """Return the newest revision of a spec that has not changed since; the spec where none is.

    A spec may describe nothing: that of an empty database does.
    """
    newest = change.newest
    if newest is None:
        empty = f'note: {path}: the spec describes nothing yet\n  hint: add a table under "tables:"'
        return Result(
            path=path,
            revision="",
            parents=(),
            operations=(),
            written=False,
            notes=(*change.notes, empty),
        )
    return Result(
        path=newest.path,
        revision=newest.id,
        parents=newest.parents,
        operations=(),
        written=False,
        notes=change.notes,
    )


def next_change(
    spec: Spec, path: Path, directory: Directory, request: Request
) -> Change:
    """Return what leads from the history to a spec; nothing is written.

    Raises Error where the spec, the history or the change is not sound, or destroys something
    that nobody has asked to destroy.
    """
    revisions = directory.revisions()
    own = {one.id for one in revisions if is_of_spec(one.text, spec.name)}
    parents = directory.parents(revisions, own)
    behind = own & ancestors(revisions, parents)
    # A head that none of them is behind is no place to go on.
    written = [one for one in revisions if one.id in (behind or own)]
    newest = written[-1] if written else None
    replaces = None
    if request.amend:
        replaces = amendable(newest, revisions, spec, request)
        parents = replaces.parents
        before = ancestors(revisions, replaces.needs)
        written = [one for one in written if one.id in before]
    ids = {one.id for one in written}
    turned = [one for one in in_order(revisions, turned=True) if one.id in ids]
    merges.check(written, turned)
    state = replayed(written)
    made = plan(state.schema, spec.schema, spec.hints, state.origins, spec.postgresql)
    lost = losses(made.operations, spec)
    problems = unanswered(made.questions, spec)
    if not (request.allow_data_loss or request.check):
        problems += [one.problem() for one in lost]
    if problems:
        raise located(read_document(path), problems)
    if made.operations and own and not (behind or request.amend):
        raise Error(
            f"none of the revisions of this spec is behind {', '.join(parents) or 'base'}",
            where=str(written[-1].path),
            hint="leave --head out, or name one that follows this revision",
        )
    found = state if written else None
    draft = draft_of(spec, made, parents, lost, request, replaces, found)
    return Change(
        spec=spec,
        plan=made,
        draft=draft,
        newest=newest,
        replaces=replaces,
        notes=(
            *(() if own else by_hand(spec, revisions)),
            *notes(path, state, made, spec, lost, meant=request.allow_data_loss),
        ),
    )


def by_hand(spec: Spec, revisions: tuple[Revision, ...]) -> tuple[str, ...]:
    """Return what to say where hand-written revisions seem to build a spec's tables."""
    if not spec.schema.tables:
        return ()
    found = [one.text for one in revisions if read_marker(one.text) is None]
    if not any(builds(text, spec) for text in found):
        return ()
    count = f"{len(found)} revision{'' if len(found) == 1 else 's'}"
    note = (
        f"note: the history has {count} by hand; if they build these tables already:"
        " gen-migration SPEC --adopt"
    )
    return (note,)


def builds(text: str, spec: Spec) -> bool:
    """Tell whether a revision seems to create one of a spec's tables: it names one."""
    if re.search(r"create(_|\s+)(\w+\s+)?table", text, re.IGNORECASE) is None:
        return False
    words = set(re.findall(r"\w+", text))
    return any(
        name in words or (not name.isidentifier() and name in text)
        for _, name in spec.schema.tables
    )


def draft_of(
    spec: Spec,
    made: Plan,
    parents: tuple[str, ...],
    lost: list[Loss],
    request: Request,
    replaces: Revision | None = None,
    state: State | None = None,
) -> Draft:
    """Return the text of the next revision; the first of its spec where there is no state."""
    message = request.message
    if message is None and replaces is not None:
        message = kept_message(replaces, state)
    if state is None:
        title, slug = spec.description or spec.name, spec.name
    else:
        title = summary(made.operations)
        slug = f"{spec.name} {title}"
    id_ = replaces.id if replaces else revision_id(parents, spec.name, made.upgrade)
    header = Header(
        message=message or title,
        revision=id_,
        spec=spec.name,
        destroys=tuple(one.what for one in lost),
        down_revision=parents if parents[1:] else next(iter(parents), None),
        branch_labels=(replaces.branch_labels or None) if replaces else None,
        depends_on=(replaces.depends_on or None) if replaces else None,
    )
    return Draft(
        header=header,
        slug=message or slug,
        text=lambda final: unmarked_text(final, made.upgrade, made.downgrade),
    )


def kept_message(replaced: Revision, state: State | None) -> str | None:
    """Return the message of a revision that is replaced; None where it only said what it did."""
    message = message_of(replaced.text)
    if state is not None:
        with suppress(Error):  # of a hand edit that is given up
            operations, _ = replay(replaced.text, str(replaced.path), state.schema)
            if message == summary(operations):
                return None
    return message


SHOWN = 2  # operations that a message names


def summary(operations: tuple[Operation, ...]) -> str:
    """Return what operations do, as a message."""
    lines = list(dict.fromkeys(operation.summary for operation in operations))
    if not lines:
        return "nothing"
    text = ", ".join(lines[:SHOWN])
    if len(lines) > SHOWN:
        text += f" and {len(lines) - SHOWN} more"
    return text[:1].upper() + text[1:]


def first_revision(spec: Spec, parents: tuple[str, ...] = ()) -> Draft:
    """Return the revision that builds a spec from nothing, after its parents."""
    made = plan(Schema(), spec.schema, postgresql=spec.postgresql)
    return draft_of(spec, made, parents, [], Request())


def notes(
    path: Path, state: State, made: Plan, spec: Spec, lost: list[Loss], *, meant: bool
) -> tuple[str, ...]:
    """Return what the person at the terminal should know of a change."""
    problems = remarks(state.schema.tables, made.operations, spec)
    problems += idle(spec.hints, made.operations)
    problems += [one.problem(meant=meant) for one in lost]
    if not problems:
        return ()
    found = located(read_document(path), problems)
    return tuple(str(one).replace("error: ", "note: ", 1) for one in found.errors)
