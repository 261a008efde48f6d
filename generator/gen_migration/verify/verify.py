"""Runs of a revision on a scratch PostgreSQL: up, down without a trace, and up again.

The history before it runs first, and rows are put into every table, so that what a change does
to data shows. Rows that it refuses are told; it is tried again with others, and in the end with
none, since what it builds is to be proven whatever the tables hold.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import field
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Error
from gen_migration.catalog import reader as catalog
from gen_migration.catalog.tolerances import without_left_open
from gen_migration.history import migrate
from gen_migration.history.alembic_errors import StepError
from gen_migration.kinds.scope import owned, without
from gen_migration.review.spec_diff import difference_text
from gen_migration.scratch import built, databases
from gen_migration.verify.common_schema import fitting
from gen_migration.verify.fill.fill import fill
from gen_migration.verify.refusals import (
    BEFORE,
    BOTH,
    NONE,
    REFUSED,
    is_new,
    is_of_server,
    lacks_values,
    refused,
    told,
)
from gen_migration.verify.row_changes import as_before, data_changes, observe, untouched
from gen_migration.verify.rows import common, differences, rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gen_migration.catalog.values import Catalog
    from gen_migration.verify.candidate import Candidate
    from gen_migration.verify.fill.rows import RowKind
    from gen_migration.verify.row_changes import DataChanges
    from gen_migration.verify.rows import Rows

# More ordinary ones than usual, so that the values of a list have a row each.
ROWS: tuple[RowKind, ...] = (
    "ordinary",
    "longest",
    "ordinary",
    "ordinary",
    "ordinary",
    "nulls",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was found: nothing in `text` and `problems` where the revision does what it says.

    `text` is a diff of specs, `problems` is all else that is wrong, `notes` what is good to know.
    """

    text: str = ""
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        return not self.text and not self.problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbench:
    """Where it is tried: server, SQL to begin with, and who hears of each step."""

    dev_url: str | None = None
    before: str = ""
    say: Callable[[str], None] = lambda _: None
    progress: Callable[[str], None] = lambda _: None


@dataclass(slots=True)
class Findings:
    """What turns up on the way."""

    text: str = ""
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    before: Catalog | None = None

    def verdict(self) -> Verdict:
        return Verdict(
            text=self.text,
            problems=tuple(self.problems),
            notes=tuple(dict.fromkeys(self.notes)),
        )


def verify(candidate: Candidate, place: Workbench) -> Verdict:
    """Return what a revision does on PostgreSQL, beside what its spec says.

    Raises Error where it cannot be tried: the history before it fails, or the server lacks
    something.
    """
    found = Findings()
    of_rows: dict[str, str] = {}  # what is said of a refusal, by its words
    for kind in (BEFORE, BOTH, NONE):
        found.text = ""
        found.problems = []
        try:
            attempt(candidate, place, kind, found)
        except StepError as error:
            if is_of_server(error):
                raise told(error, candidate) from None
            if kind == NONE or not error.sqlstate.startswith(REFUSED):
                # Where there are no rows, no rows were the reason before.
                of_rows.pop(error.words, None)
                found.problems.append(str(told(error, candidate)))
                break
            if is_new(error, found.before, candidate):
                found.problems.append(str(lacks_values(error, candidate)))
                break
            of_rows[error.words] = refused(error, kind)
        else:
            break
    found.notes += of_rows.values()
    return found.verdict()


def attempt(candidate: Candidate, place: Workbench, kind: str, found: Findings) -> None:
    """Try a revision with rows of a kind. Raises StepError where a step fails."""
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(databases.database(dev_url=place.dev_url))
        with databases.connect(url) as empty:
            databases.require(
                empty, candidate.spec.schema.of("extension"), place.dev_url
            )
        history(candidate, place, url)
        # One that was there before would not see a search path that is set since.
        db = stack.enter_context(databases.connect(url))
        before = found.before = catalog.read_url(url)
        with timed(place, f"rows: {kind}"):
            found.notes += insert(db, candidate, before, kind)
        held = Held(url, db, before, rows(db, before.schema))
        with timed(place, "upgrade"):
            migrate.upgrade(url, candidate.directory, (candidate.id,))
        after = catalog.read_url(url)
        with timed(place, "the spec alone, to compare with"):
            wanted = built.built(
                candidate.spec, like=after, dev_url=place.dev_url, before=place.before
            )
        compare_with_spec(found, candidate, before, after, wanted)
        changes = data_changes(candidate.operations, before.home)
        later = as_before(rows(db, after.schema), after.schema, changes)
        shared = common(held.rows, later)
        found.notes += [
            f"the upgrade changes rows: {one}" for one in differences(*shared)
        ]
        observe(changes, *shared, before.schema)
        if back(found, candidate, place, held, changes):
            again(found, candidate, place, held, After(after, later, changes))


def history(candidate: Candidate, place: Workbench, url: str) -> None:
    """Build what is there before a revision. Raises Error: nothing of it is the revision's."""
    count = len(candidate.before)
    with timed(place, f"history: {count} revision{'' if count == 1 else 's'}"):
        built.begin(url, place.before)
        built.prepare(url, candidate.given)
        try:
            migrate.upgrade(url, candidate.directory, candidate.needs, place.progress)
        except StepError as error:
            raise Error(error.message, where=error.where, hint=error.hint) from None


def insert(db: Any, candidate: Candidate, before: Catalog, kind: str) -> list[str]:
    """Put rows of a kind into all tables, and return what is to be said of those without any."""
    if kind == NONE:
        return []
    schema = before.schema
    if kind == BOTH:
        schema = fitting(schema, candidate.spec.schema, before.home)
    return [f"no rows in {one.table}: {one.why}" for one in fill(db, schema, ROWS)]


@dataclass(frozen=True, slots=True)
class Held:
    """A database, and what it held before the upgrade."""

    url: str
    connection: Any
    before: Catalog
    rows: Rows


@dataclass(frozen=True, slots=True)
class After:
    """What a database held after the first upgrade: its rows under the names of before it."""

    catalog: Catalog
    rows: Rows
    changes: DataChanges


def compare_with_spec(
    found: Findings,
    candidate: Candidate,
    before: Catalog,
    after: Catalog,
    wanted: Catalog,
) -> None:
    """Note what an upgrade has made that the spec does not say, of its tables and of others'."""
    new = without_left_open(after, candidate.spec)
    spec = without_left_open(wanted, candidate.spec)
    names = (candidate.source, "after the upgrade")
    found.text += difference_text(spec, owned(new, spec), names=names)
    # What belongs to others is as it was.
    mine = candidate.mine(before.home)
    others = without(before.schema, mine), without(after.schema, mine)
    found.text += difference_text(
        *others, names=("of others, before", "of others, after the upgrade")
    )
    found.problems += gone(before, after, "upgrade")


def gone(before: Catalog, after: Catalog, when: str) -> list[str]:
    """Return what no spec can hold, and is not there any more though its table is."""
    left = set(after.unheld)
    return [
        f"the {when} loses the {one}"
        for one in before.unheld
        if one not in left and one.table in after.schema.tables
    ]


def back(
    found: Findings,
    candidate: Candidate,
    place: Workbench,
    held: Held,
    changes: DataChanges,
) -> bool:
    """Downgrade, and note what is not as it was; tell whether there is a way back.

    Raises StepError where it fails.
    """
    try:
        with timed(place, "downgrade"):
            migrate.downgrade(held.url, candidate.directory, candidate.needs)
    except StepError as error:
        if not error.has_no_way_back:
            raise
        found.notes.append(f"no way back: {error.message}")
        return False
    now = catalog.read_url(held.url)
    before, old = held.before.schema, candidate.before_spec
    found.text += difference_text(
        without_left_open(held.before, old),
        without_left_open(now, old),
        names=("before", "after the downgrade"),
    )
    found.problems += gone(held.before, now, "downgrade")
    left = common(held.rows, rows(held.connection, now.schema))
    # What an upgrade is asked to change in rows, no downgrade knows any more.
    own = [untouched(one, before, changes) for one in left]
    lost = differences(*own)
    found.problems += [f"the downgrade loses rows: {one}" for one in lost]
    found.notes += [
        f"the downgrade does not bring back: {one}"
        for one in differences(*left)
        if one not in lost
    ]
    return True


def again(
    found: Findings, candidate: Candidate, place: Workbench, held: Held, after: After
) -> None:
    """Upgrade once more, and note what is not as after the first time. Raises StepError.

    As Alembic does by default: one transaction for all revisions, where the first time each had
    its own.
    """
    is_whole = not found.problems  # else the downgrade has lost what is missing now
    with timed(place, "upgrade again"):
        migrate.upgrade(
            held.url, candidate.directory, (candidate.id,), per_migration=False
        )
    now = catalog.read_url(held.url)
    found.text += difference_text(
        without_left_open(after.catalog, candidate.spec),
        without_left_open(now, candidate.spec),
        names=("after the upgrade", "after the second upgrade"),
    )
    if not is_whole:
        return
    found.problems += gone(after.catalog, now, "second upgrade")
    changes, before = after.changes, held.before.schema
    later = as_before(rows(held.connection, now.schema), now.schema, changes)
    first = common(held.rows, after.rows)[1]  # of what was there before
    pair = [untouched(one, before, changes) for one in common(first, later)]
    found.problems += [
        f"the second upgrade leaves other rows: {one}" for one in differences(*pair)
    ]


@contextlib.contextmanager
def timed(place: Workbench, what: str) -> Iterator[None]:
    """Say how long a step took, once it is done."""
    place.progress(what)
    start = time.perf_counter()
    yield
    place.say(f"{what:<42}{time.perf_counter() - start:6.2f} s")
