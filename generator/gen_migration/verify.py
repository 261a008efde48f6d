"""A revision on a scratch PostgreSQL: up, equal to the spec, down without a trace, and up again.

The history before it runs first, and rows are put into every table, so that what a change does
to data shows.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from gen_migration import built, catalog, run_history, scratch
from gen_migration.alembic_errors import StepError
from gen_migration.compare import left_open
from gen_migration.difference_text import difference_text
from gen_migration.fill import fill
from gen_migration.fitting import fitting
from gen_migration.row_facts import differences, rows
from gen_migration.scope import owned, without

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gen_migration.catalog import Catalog
    from gen_migration.row_facts import Rows
    from gen_migration.tried import Tried

REFUSED = ("22", "23")  # classes of SQLSTATE: data exceptions, violated constraints


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
class Place:
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

    def verdict(self) -> Verdict:
        return Verdict(
            text=self.text, problems=tuple(self.problems), notes=tuple(self.notes)
        )


def verify(tried: Tried, place: Place) -> Verdict:
    """Return what a revision does on PostgreSQL, beside what its spec says.

    Raises Error where it cannot be tried: the history before it fails, or the server lacks
    something.
    """
    try:
        return attempt(tried, place, fits=False)
    except StepError as error:
        if not refuses(error):
            return Verdict(problems=(str(error),))
        note = (
            f"the upgrade stops at some rows that the tables may hold: {error.message}"
        )
    # The rows were as before allowed; are there any that it lets through?
    try:
        found = attempt(tried, place, fits=True)
    except StepError as error:
        return Verdict(problems=(str(error),), notes=(note,))
    return replace(found, notes=(note, *found.notes))


def refuses(error: StepError) -> bool:
    return error.sqlstate.startswith(REFUSED)


def attempt(tried: Tried, place: Place, *, fits: bool) -> Verdict:
    """Try a revision with rows that were allowed before it, or that fit what comes as well.

    Raises StepError where an upgrade fails.
    """
    found = Findings()
    with scratch.database(dev_url=place.dev_url) as url, scratch.connect(url) as db:
        with timed(place, f"history: {len(tried.before)} revisions"):
            db.execute(place.before)
            for statement in tried.given:
                db.execute(statement)
            run_history.upgrade(url, tried.directory, tried.needs, place.progress)
        before = catalog.read_url(url)
        schema = fitting(before.schema, tried.spec.schema, before.home) if fits else before.schema
        with timed(place, "rows"):
            empty = fill(db, schema)
            held = rows(db, before.schema)
        found.notes += [f"no rows in {one.table}: {one.why}" for one in empty]
        with timed(place, "upgrade"):
            run_history.upgrade(url, tried.directory, (*tried.needs, tried.id))
        after = catalog.read_url(url)
        with timed(place, "the spec alone, to compare with"):
            wanted = built.built(
                tried.spec, like=after, dev_url=place.dev_url, before=place.before
            )
        compare_with_spec(found, tried, before, after, wanted)
        found.notes += differences(held, rows(db, before.schema))
        down_and_up(found, tried, place, Known(url, db, before, after, held))
    return found.verdict()


@dataclass(frozen=True, slots=True)
class Known:
    """A database, and what it held before and after the upgrade."""

    url: str
    connection: Any
    before: Catalog
    after: Catalog
    rows: Rows


def compare_with_spec(
    found: Findings, tried: Tried, before: Catalog, after: Catalog, wanted: Catalog
) -> None:
    """Note what an upgrade has made that the spec does not say, of its tables and of others'."""
    new = left_open(after, tried.spec)
    spec = left_open(wanted, tried.spec)
    names = (tried.source, "after the upgrade")
    found.text += difference_text(spec, owned(new, spec), names=names)
    # What belongs to others is as it was.
    mine = tried.mine(before.home)
    others = without(before.schema, mine), without(after.schema, mine)
    found.text += difference_text(
        *others, names=("of others, before", "of others, after the upgrade")
    )
    found.problems += gone(before, after, "upgrade")


def gone(before: Catalog, after: Catalog, when: str) -> list[str]:
    """Return what no spec can hold, and is not there any more."""
    return [
        f"the {when} loses the {one}"
        for one in before.unheld
        if one not in set(after.unheld) and one.table in after.schema.tables
    ]


def down_and_up(found: Findings, tried: Tried, place: Place, known: Known) -> None:
    """Downgrade and upgrade again, and note what is not as it was."""
    try:
        with timed(place, "downgrade"):
            run_history.downgrade(known.url, tried.directory, tried.needs)
    except StepError as error:
        if error.has_no_way_back:
            found.notes.append(f"no way back: {error.message}")
        else:
            found.problems.append(str(error))
        return
    back = catalog.read_url(known.url)
    old = tried.before_spec
    found.text += difference_text(
        left_open(known.before, old),
        left_open(back, old),
        names=("before", "after the downgrade"),
    )
    found.problems += gone(known.before, back, "downgrade")
    lost = differences(known.rows, rows(known.connection, known.before.schema))
    if tried.destroys:
        found.notes += [f"not brought back by the downgrade: {one}" for one in lost]
    else:
        found.problems += [f"not brought back by the downgrade: {one}" for one in lost]
    try:
        with timed(place, "upgrade again"):
            run_history.upgrade(
                known.url, tried.directory, (*tried.needs, tried.id)
            )
    except StepError as error:
        found.problems.append(str(error))
        return
    again = catalog.read_url(known.url)
    found.text += difference_text(
        left_open(known.after, tried.spec),
        left_open(again, tried.spec),
        names=("after the upgrade", "after the second upgrade"),
    )


@contextlib.contextmanager
def timed(place: Place, what: str) -> Iterator[None]:
    """Say how long a step took, once it is done."""
    place.progress(what)
    start = time.perf_counter()
    yield
    place.say(f"{what:<42}{time.perf_counter() - start:6.2f} s")
