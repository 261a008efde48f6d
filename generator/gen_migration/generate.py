"""The command that everything is for: a spec's file becomes the next revision."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from gen_migration import costs, env_file, merges, views_by_hand
from gen_migration.absorbed import absorbed
from gen_migration.data_class import dataclass
from gen_migration.documents import located, read_document
from gen_migration.edit_parts import IncompleteError, revisions_of
from gen_migration.edit_parts import check as check_parts
from gen_migration.errors import Error
from gen_migration.file_names import PART
from gen_migration.files import locked
from gen_migration.graph import ancestors, in_order
from gen_migration.history import Draft
from gen_migration.idle_hints import idle
from gen_migration.link import Link
from gen_migration.load import load_file
from gen_migration.losses import losses, losses_of_return, unanswered
from gen_migration.missing_values import lacking, nulls
from gen_migration.plan import plan
from gen_migration.render import Header, Part
from gen_migration.revision import message_of, revision_id, unmarked_text
from gen_migration.schema import Schema
from gen_migration.seldom_meant import seldom_meant
from gen_migration.state import replayed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from gen_migration.errors import Problem
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a run did: the revisions that are there now, and whether this run wrote them."""

    paths: tuple[Path, ...]
    revisions: tuple[str, ...]
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
        try:
            change = next_change(spec, path, directory, request)
        except IncompleteError as error:
            from gen_migration.completion import completion

            change = completion(error, spec, path, directory, request)
            if prove is not None and not error.gap.is_open:
                raise Error(
                    error.message,
                    where=error.where,
                    hint="run without --verify to write it, and then: gen-migration verify SPEC",
                ) from None
        if prove is not None and not change.is_empty:
            prove(change)
        if change.replaces:
            from gen_migration.amend import amend

            targets, written = amend(change, directory, request)
        elif change.is_empty:
            return unchanged(path, change)
        else:
            targets, written = write(change, directory), True
    headers = [draft.header for draft in change.drafts]
    return Result(
        paths=targets,
        revisions=tuple(header.revision for header in headers),
        parents=headers[0].parents if headers else (),
        operations=change.plan.operations,
        written=written,
        notes=change.notes if prove else (*change.notes, *change.unseen),
    )


def write(change: Change, directory: Directory) -> tuple[Path, ...]:
    """Write revisions, all or none, and return their paths. Raises Error."""
    paths: list[Path] = []
    try:
        for draft in change.drafts:
            if change.beside is None:
                paths.append(directory.write(draft))
            else:
                paths.append(directory.restore(draft, change.beside))
    except BaseException:
        for one in reversed(paths):
            one.unlink(missing_ok=True)
        raise
    return tuple(paths)


def unchanged(path: Path, change: Change) -> Result:
    """Return the newest revision of a spec that has not changed since; the spec where none is.

    A spec may describe nothing: that of an empty database does.
    """
    newest = change.newest
    if newest is None:
        empty = f'note: {path}: the spec describes nothing yet\n  hint: add a table under "tables:"'
        return Result(
            paths=(path,),
            revisions=(),
            parents=(),
            operations=(),
            written=False,
            notes=(*change.notes, empty),
        )
    return Result(
        paths=(newest.path,),
        revisions=(newest.id,),
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
    that nobody has asked to destroy; IncompleteError where an edit lacks parts.
    """
    revisions = revisions_of(directory, spec.name)
    if not request.amend:
        check_parts(revisions, spec.name)
    own = {one.id for one in revisions if one.spec == spec.name}
    parents = directory.parents(revisions, own)
    behind = own & ancestors(revisions, parents)
    # A head that none of them is behind is no place to go on.
    written = [one for one in revisions if one.id in (behind or own)]
    newest = written[-1] if written else None
    replaces: tuple[Revision, ...] = ()
    if request.amend:
        from gen_migration.amend import amendable

        replaces = amendable(newest, revisions, spec, request)
        check_parts(revisions, spec.name, but=replaces)
        parents = replaces[0].parents
        before = ancestors(revisions, replaces[0].needs)
        written = [one for one in written if one.id in before]
    ids = {one.id for one in written}
    turned = [one for one in in_order(revisions, turned=True) if one.id in ids]
    merges.check(written, turned)
    state = replayed(written)
    made = plan_of(spec, state)
    lost, costly = answered(made, spec, path, request)
    if made.operations:
        needed = ancestors(revisions, parents)
        check_parts(one for one in revisions if one.id in needed)
    if made.operations and own and not (behind or request.amend):
        raise Error(
            f"none of the revisions of this spec is behind {', '.join(parents) or 'base'}",
            where=str(written[-1].path),
            hint="leave --head out, or name one that follows this revision",
        )
    found = state if written else None
    return Change(
        spec=spec,
        plan=made,
        drafts=drafts_of(spec, made, parents, request, replaces, found),
        newest=newest,
        replaces=replaces,
        notes=(
            *(() if own else by_hand(spec, revisions)),
            *notes(path, made, spec, lost, costly, meant=request.allow_data_loss),
            *(env_file.notes(directory.root) if made.operations else ()),
        ),
        unseen=views_by_hand.note(made.operations, revisions),
    )


def answered(
    made: Plan, spec: Spec, path: Path, request: Request
) -> tuple[list[Loss], list[Problem]]:
    """Return what a change destroys and what it makes others wait for.

    Raises Errors where nobody has asked for it, or a question is open.
    """
    lost = losses(made.operations, spec)
    problems = unanswered(made.questions, spec)
    costly = costs.retyped(made, spec) if spec.online else []
    if not (request.allow_data_loss or request.check):
        problems += [one.problem() for one in lost]
        problems += lacking(made.operations, spec)
        problems += costly
    if problems:
        raise located(read_document(path), problems)
    return lost, costly


def plan_of(spec: Spec, state: State) -> Plan:
    """Return how what the revisions have built becomes a spec."""
    return plan(
        state.schema,
        spec.schema,
        spec.hints,
        state.origins,
        spec.postgresql,
        online=spec.online,
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
    """Tell whether a revision seems to create one of a spec's tables: it names one."""
    if re.search(r"create(_|\s+)(\w+\s+)?table", text, re.IGNORECASE) is None:
        return False
    words = set(re.findall(r"\w+", text))
    return any(
        name in words or (not name.isidentifier() and name in text)
        for _, name in spec.schema.tables
    )


def drafts_of(
    spec: Spec,
    made: Plan,
    parents: tuple[str, ...],
    request: Request,
    replaces: tuple[Revision, ...] = (),
    state: State | None = None,
    ids: Mapping[int, str] | None = None,
) -> tuple[Draft, ...]:
    """Return the texts of the next revisions; the first of its spec where there is no state.

    They take the ids of those that they replace. `ids` are others that are given, by the numbers
    of the parts.
    """
    from gen_migration.findings import breaking, is_loss

    given = {number: one.id for number, one in enumerate(replaces, 1)} | dict(ids or {})
    message = request.message
    if message is None and replaces:
        message = kept_message(replaces[0], state)
    drafts: list[Draft] = []
    broken = breaking(made, spec)
    broken_by = tuple(number for number, one in enumerate(broken, 1) if one)
    for link in made.links:
        number, count = len(drafts) + 1, len(made.links)
        part = Part(number, count) if count > 1 else None
        title, slug = spec.description or spec.name, spec.name
        if state is not None:
            title = summary(link.operations)
            slug = f"{spec.name} {part or ''} {title}"
        if part is not None:
            title = f"{message or title} (part {part})"
        kept = (
            replaces[0] if replaces and number == 1 else None
        )  # labels are the first one's
        header = Header(
            message=title if part is not None else message or title,
            revision=given.get(number) or link_id(parents, spec, link),
            spec=spec.name,
            destroys=tuple(one.what for one in losses(link.operations, spec)),
            returns=losses_of_return(link.operations),
            down_revision=parents if parents[1:] else next(iter(parents), None),
            branch_labels=(kept.branch_labels or None) if kept else None,
            depends_on=(kept.depends_on or None) if kept else None,
            part=part,
            breaks=tuple(one.message for one in broken[number - 1] if not is_loss(one)),
            broken_by=broken_by,
        )
        drafts.append(
            Draft(
                header=header,
                slug=slug_of(message, part) or slug,
                text=texts(link, spec),
            )
        )
        parents = (header.revision,)
    return tuple(drafts)


def link_id(parents: tuple[str, ...], spec: Spec, link: Link) -> str:
    return revision_id(parents, spec.name, link.upgrade.operations)


def slug_of(message: str | None, part: Part | None) -> str | None:
    return message if message is None or part is None else f"{part} {message}"


def texts(link: Link, spec: Spec) -> Callable[[Header], str]:
    """Return what makes the text of a revision of its header."""
    return lambda header: unmarked_text(header, link, spec)


def kept_message(replaced: Revision, state: State | None) -> str | None:
    """Return the message of a revision that is replaced; None where it only said what it did."""
    message = PART.sub("", message_of(replaced.text))
    if state is not None:
        from gen_migration.replay import replay

        with suppress(Error):  # of a hand edit that is given up
            operations, _ = replay(replaced.text, str(replaced.path), state.schema)
            if message == summary(operations):
                return None
    return message


SHOWN = 2  # operations that a message names


def summary(operations: tuple[Operation, ...]) -> str:
    """Return what operations do, as a message."""
    steps = absorbed(operations)
    lines = list(dict.fromkeys(operation.summary for operation in steps))
    if not lines:
        return "nothing"
    text = ", ".join(lines[:SHOWN])
    if len(lines) > SHOWN:
        text += f" and {len(lines) - SHOWN} more"
    return text[:1].upper() + text[1:]


def first_revision(spec: Spec, parents: tuple[str, ...] = ()) -> Draft:
    """Return the revision that builds a spec from nothing, after its parents."""
    made = plan(Schema(), spec.schema, postgresql=spec.postgresql, online=False)
    if not made.links:
        made = replace(made, links=(Link(),))
    (draft,) = drafts_of(spec, made, parents, Request())
    return draft


def notes(
    path: Path,
    made: Plan,
    spec: Spec,
    lost: list[Loss],
    costly: list[Problem],
    *,
    meant: bool,
) -> tuple[str, ...]:
    """Return what the person at the terminal should know of a change."""
    from gen_migration.findings import dangers, waits

    problems = lacking(made.operations, spec) + nulls(made.operations, spec)
    told = {one.path for one in problems}
    problems += seldom_meant(made.operations, spec)
    problems += [one.problem(meant=meant) for one in lost]
    problems += [one.problem() for one in dangers(made, spec) if one.path not in told]
    if spec.online:
        told = {one.path for one in costly}
        problems += costly
        problems += [one.problem() for one in waits(made, spec) if one.path not in told]
    document = read_document(path)
    used = idle(spec.hints, made.operations)
    told_of = [*located(document, problems).errors] if problems else []
    told_of += [used_hints(located(document, used).errors)] if used else []
    return tuple(str(one).replace("error: ", "note: ", 1) for one in told_of)


def used_hints(found: Sequence[Error]) -> Error:
    """Return one thing to say of all hints that history has consumed."""
    message = found[0].message
    if found[1:]:
        lines: dict[str, list[str]] = {}
        for one in found:
            word = one.message.partition(" does nothing")[0].rpartition(": ")[2]
            lines.setdefault(word, []).append(one.where.rsplit(":", 2)[1])
        listed = ", ".join(
            f"{word} (line{'s' if numbers[1:] else ''} {', '.join(numbers)})"
            for word, numbers in lines.items()
        )
        message = f"{len(found)} hints do nothing any more: {listed}"
    return Error(
        message,
        where=found[0].where,
        hint="gen-migration format --drop-used SPEC takes out what history has consumed",
    )
