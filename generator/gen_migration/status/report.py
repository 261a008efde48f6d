"""A status in words, for who has to act on it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.history.replaced import behind, replaced_by
from gen_migration.postgres.names import Name, quote_name
from gen_migration.render.marker import message_of
from gen_migration.status.steps import Found, Trace, by_hand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.history.revision import Revision
    from gen_migration.status.position import Position
    from gen_migration.status.read import Answers, InvalidIndex
    from gen_migration.status.steps import Step

SHOWN = 10  # revisions that are listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Where a database is, and what it shows of what is half done.

    `steps` are those of the revisions that run next, by their ids; the statements of those that
    are `committing` commit one by one. `meant` are the names of
    constraints, by table, that the history leaves not validated. `expansions` are those that are
    open where the database is, in words.
    """

    position: Position
    answers: Answers
    steps: dict[str, tuple[Step, ...]]
    committing: frozenset[str] = frozenset()
    meant: frozenset[tuple[Name, str]] = frozenset()
    expansions: tuple[str, ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether the database is at the newest revision, and nothing is half done."""
        behind = self.position.unknown or self.position.waiting
        return not (behind or any(orphans(self)) or any(unvalidated(self)))

    @property
    def lines(self) -> tuple[str, ...]:
        """The same in words, line by line."""
        return tuple(lines(self))


def lines(status: Status) -> Iterator[str]:
    """Yield the lines that say where a database is, what is half done, and what comes next."""
    yield from of_position(status.position)
    half = list(of_half(status))
    if half:
        yield "half done:"
        yield from half
    others = list(of_others(status))
    if others:
        yield "made by hand:"
        yield from others
    if status.expansions:
        yield "waiting for a contract (gen-migration SPEC --contract, once no old code runs):"
        yield from (f"  {one}" for one in status.expansions)
    if status.position.unknown:
        return
    if status.position.waiting:
        command = f"alembic upgrade {'heads' if status.position.heads[1:] else 'head'}"
        yield f"next: {command}{once_they_end(status.answers.at_work)}"
        yield from of_next(status)
    elif not half:
        yield "nothing is to be done"


def once_they_end(processes: tuple[int, ...]) -> str:
    """Return what to wait for: an upgrade may be what these processes are."""
    if not processes:
        return ""
    listed = ", ".join(map(str, processes))
    if processes[1:]:
        return f", once processes {listed} have ended"
    return f", once process {listed} has ended"


def of_position(found: Position) -> Iterator[str]:
    at = ", ".join(found.at)
    if not found.revisions and not found.at:
        yield "the history has no revision"
        return
    if not found.at:
        yield "the database has run no revision: it has no version in Alembic's table"
    elif found.unknown:
        yield f"the database is at {at}"
        squashes = {old: new.id for old, new in replaced_by(found.revisions).items()}
        for unknown in found.unknown:
            told = behind([unknown], squashes)
            if told is None:
                yield f"  {unknown} is no revision of this history"
                yield "  hint: bring back its file, as the release has it that was deployed"
            else:
                yield f"  {told.message}"
                yield f"  hint: {told.hint}"
    elif not found.waiting:
        yield f"the database is at {at}, the newest revision"
    else:
        yield f"the database is at {at}"
    if found.waiting and not found.unknown:
        count = len(found.waiting)
        yield f"{count} revision{'s' if count > 1 else ''} still to run:"
        for one in found.waiting[:SHOWN]:
            yield f"  {one.id}  {title(one)}"
        if count > SHOWN:
            yield f"  and {count - SHOWN} more"


def title(revision: Revision) -> str:
    """Return the first line of what a revision says of itself."""
    return message_of(revision.text).partition("\n")[0]


def of_half(status: Status) -> Iterator[str]:
    """Yield what is half done, indented."""
    for one in status.position.next:
        traced, others = traces(status, one)
        if not has_begun(traced, others):
            continue
        done = sum(found is Found.DONE for _, found in traced)
        # What is whole may as well be somebody else's.
        is_sure = any(
            found is Found.HALF or (found is Found.DONE and step.trace is Trace.ROWS)
            for step, found in traced
        )
        perhaps = "" if is_sure else ", or its first steps were done by hand"
        yield (
            f"  revision {one.id} has begun{perhaps}: {done} of {len(traced)} steps that"
            " leave a trace are done"
        )
        for step, found in traced:
            said = "by hand" if step in others else word(step, found)
            yield f"    {said:<12}  {step.summary}"
    for index in status.answers.indexes:
        if index.pid is not None:
            yield f"  {building(index)}"
    for pid, far in status.answers.backfills:
        yield f"  a backfill is run by process {pid}: {far}"
    for index in orphans(status):
        yield f"  index {index.name} of table {index.table} is invalid, and no revision builds it"
        yield f"    hint: {mend(index)}"
    for table, name in unvalidated(status):
        yield f"  constraint {name} of table {table} is not validated, which the history says it is"
        yield (
            f"    hint: ALTER TABLE {table.sql} VALIDATE CONSTRAINT {quote_name(name)}"
        )


def traces(
    status: Status, revision: Revision
) -> tuple[list[tuple[Step, Found]], frozenset[Step]]:
    """Return how far the steps of a revision are, and those that others have done."""
    found = [
        one
        for one in status.answers.steps
        if one[0] in status.steps.get(revision.id, ())
    ]
    return found, by_hand(found, commits=revision.id in status.committing)


def has_begun(traced: list[tuple[Step, Found]], others: frozenset[Step]) -> bool:
    """Tell whether a revision has left a trace of its own."""
    return any(
        found in {Found.HALF, Found.DONE} and step not in others
        for step, found in traced
    )


def of_others(status: Status) -> Iterator[str]:
    """Yield what revisions still have to make and others have made, indented."""
    for one in status.position.next:
        traced, others = traces(status, one)
        if not others:
            continue
        yield f"  revision {one.id} still has to make what is there already:"
        for step, _ in traced:
            if step in others:
                yield f"    {step.summary}"
        made = {step.trace for step in others}
        commits = one.id in status.committing
        yield f"    hint: {way_on(one, made, status.position.at, commits=commits)}"


def way_on(
    revision: Revision, made: set[Trace], at: tuple[str, ...], *, commits: bool
) -> str:
    """Return what to do where others have made what a revision makes; the database is `at` some."""
    if commits:
        return (
            "the upgrade builds an index anew that is another one, and takes columns and"
            " constraints as they are: see that they are the same as in the spec"
        )
    stop = "the upgrade stops there"
    if Trace.TABLE in made:
        way = "where revisions by hand have built this, delete its file, and run"
        way += " gen-migration SPEC --adopt"
        if not at:
            way = "where Alembic's table has another name, give --version-table"
        return f"{stop}; {way}; else rename what is there"
    return (
        f"{stop}: rename what is there, or drop it where nobody needs it; where all of the"
        f" revision is there, and as it makes it: alembic stamp {revision.id}"
    )


def word(step: Step, found: Found) -> str:
    if step.trace is Trace.ROWS:
        words = {Found.HALF: "rows left", Found.DONE: "no rows left"}
        return words.get(found, "unknown" if found is Found.UNKNOWN else "to do")
    words = {Found.HALF: "invalid", Found.DONE: "done", Found.ABSENT: "to do"}
    return words[found]


def building(index: InvalidIndex) -> str:
    percent = "" if index.percent is None else f", {index.percent} %"
    return (
        f"index {index.name} of table {index.table} is being built by process"
        f" {index.pid}: {index.phase}{percent}"
    )


def awaited(status: Status, trace: Trace) -> set[tuple[Name, str]]:
    """Return what the steps of the next revisions leave such traces of, by table and name."""
    return {
        (step.table, step.name)
        for steps in status.steps.values()
        for step in steps
        if step.trace is trace
    }


def orphans(status: Status) -> Iterator[InvalidIndex]:
    """Yield invalid indexes that nobody builds, and that no next revision will."""
    due = awaited(status, Trace.INDEX)
    for one in status.answers.indexes:
        if one.pid is None and (one.table, one.name) not in due:
            yield one


def mend(index: InvalidIndex) -> str:
    """Return the statement for an invalid index; what REINDEX has left behind goes."""
    name = Name(index.table.schema, index.name).sql
    if index.name.rstrip("0123456789").endswith(("_ccnew", "_ccold")):
        return f"DROP INDEX CONCURRENTLY {name}"
    return f"REINDEX INDEX CONCURRENTLY {name}, or drop it"


def unvalidated(status: Status) -> Iterator[tuple[Name, str]]:
    """Yield constraints not validated that the history has validated, or never made so."""
    due = awaited(status, Trace.CONSTRAINT)
    for one in status.answers.constraints:
        if one not in status.meant and one not in due:
            yield one


def of_next(status: Status) -> Iterator[str]:
    """Yield what the next command does, indented: all that it runs, or what it begins with."""
    begun = any(has_begun(*traces(status, one)) for one in status.position.next)
    first = status.position.next
    verb = "begins with" if status.position.waiting[len(first) :] else "runs"
    for one in first:
        part = None if one.mark is None else one.mark.part
        what = f"{verb} {one.id}"
        if part is not None and part.number > 1:
            what += (
                f", part {part.number} of {part.count}: the parts before it have run"
            )
        yield f"  {what}"
    if begun:
        yield "  each of its steps can be repeated: columns that are there, rows that are"
        yield "  filled and indexes that are whole are passed over; indexes of keys, of"
        yield "  partitioned tables and of materialized views are built anew"
