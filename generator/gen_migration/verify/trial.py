"""A run of a revision on a scratch database: there, back and there again."""

from __future__ import annotations

import contextlib
from dataclasses import field
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Error
from gen_migration.catalog import reader as catalog
from gen_migration.catalog.tolerances import without_left_open
from gen_migration.history import migrate
from gen_migration.history.alembic_errors import StepError
from gen_migration.kinds.scope import owned, together, without
from gen_migration.review.spec_diff import difference_text
from gen_migration.scratch import built, databases
from gen_migration.verify import bodies, unknown_names
from gen_migration.verify.common_schema import fitting
from gen_migration.verify.fill.fill import fill
from gen_migration.verify.losses import gone
from gen_migration.verify.parents_back import declaring_alike
from gen_migration.verify.refusals import BOTH, NONE
from gen_migration.verify.row_changes import as_before, data_changes, observe, untouched
from gen_migration.verify.rows import Rows, common, differences, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.catalog.values import Catalog
    from gen_migration.model.schema import Spec
    from gen_migration.verify.bodies import Fault
    from gen_migration.verify.candidate import Candidate
    from gen_migration.verify.fill.rows import RowKind
    from gen_migration.verify.row_changes import DataChanges
    from gen_migration.verify.workbench import Workbench

# More ordinary ones than usual, so that the values of a list have a row each.
ROWS: tuple[RowKind, ...] = (
    "ordinary",
    "longest",
    "ordinary",
    "ordinary",
    "ordinary",
    "nulls",
)


@dataclass(slots=True)
class Verdict:
    """What was found: nothing in `text` and `problems` where the revision does what it says.

    `text` is a diff of specs, `problems` is all else that is wrong, `notes` what is good to know.
    """

    text: str = ""
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not self.text and not self.problems


@dataclass(slots=True)
class Trial:
    """A run of a candidate there, back and there again; `before` and `rows` are what was first.

    `read` reads the catalog of the database, to which `connection` is.
    """

    candidate: Candidate
    place: Workbench
    found: Verdict
    url: str = ""
    connection: Any = None
    read: Any = None
    before: Catalog | None = None
    rows: Rows = field(default_factory=lambda: Rows({}))

    def run(self, kind: str) -> None:
        """Try the revision with rows of a kind. Raises StepError where a step fails."""
        one, dev_url = self.candidate, self.place.dev_url
        with contextlib.ExitStack() as stack:
            self.url = stack.enter_context(
                databases.database(dev_url=dev_url, needs=one.scratch_needs)
            )
            self.history()
            # One that was there before would not see a search path that is set since.
            self.connection = stack.enter_context(databases.connect(self.url))
            self.read = stack.enter_context(catalog.readings(self.url))
            before = self.before = self.read()
            with self.place.timed(f"rows: {kind}"):
                self.found.notes += insert(self.connection, one, before, kind)
            self.rows = rows(self.connection, before.schema)
            known = {*self.faults(one.before_spec, before)}
            with self.place.timed("upgrade"):
                migrate.upgrade(self.url, one.directory, (one.id,))
            after = self.read()
            self.compare_with_spec(before, after)
            for fault in self.faults(one.spec, before):
                if fault in known:
                    self.found.notes.append(f"{fault.words}, as before")
                elif fault.may_be:
                    self.found.notes.append(fault.words)
                else:
                    self.found.problems.append(fault.words)
            changes = data_changes(one.operations, before.home)
            held = self.rows_as_before(after, changes)
            shared = common(self.rows, held)
            self.found.notes += [
                f"the upgrade changes rows: {each}" for each in differences(*shared)
            ]
            observe(changes, *shared, before.schema)
            if self.back(before, changes):
                self.again(before, after, held, changes)

    def faults(self, spec: Spec, before: Catalog) -> Iterator[Fault]:
        """Yield what is wrong in the bodies of a spec's functions as they are now."""
        return bodies.faults(self.connection, spec.schema, before.home)

    def rows_as_before(self, now: Catalog, changes: DataChanges) -> Rows:
        """Return the rows that are there under the names of before."""
        return as_before(rows(self.connection, now.schema), now.schema, changes)

    def history(self) -> None:
        """Build what is there before a revision. Raises Error: nothing of it is the revision's."""
        one, count = self.candidate, len(self.candidate.before)
        with self.place.timed(f"history: {count} revision{'' if count == 1 else 's'}"):
            built.begin(self.url, self.place.before)
            built.prepare(self.url, one.given)
            try:
                migrate.upgrade(self.url, one.directory, one.needs)
            except StepError as error:
                words, where = error.message, error.where
                unknown = unknown_names.hint_of(error, one)
                hint = unknown_names.in_history(unknown) or error.hint
                raise Error(words, where=where, hint=hint) from None

    def compare_with_spec(self, before: Catalog, after: Catalog) -> None:
        """Note what an upgrade has made that the spec does not say, of its tables and others'."""
        one, found = self.candidate, self.found
        with self.place.timed("the spec alone, to compare with"):
            wanted = self.built(one.spec, after)
        new, spec = (without_left_open(each, one.spec) for each in (after, wanted))
        names = (one.source, "after the upgrade")
        found.text += difference_text(spec, owned(new, spec), names=names)
        # What belongs to others is as it was.
        mine = one.mine(before.home)
        # So is not what statements have made, whose names no spec says.
        for each in (one.before_spec, one.spec):
            if each.schema.of("statement"):
                mine = together(mine, self.built(each, after).schema)
        others = without(before.schema, mine), without(after.schema, mine)
        found.text += difference_text(
            *others, names=("of others, before", "of others, after the upgrade")
        )
        found.problems += gone(before, after, "upgrade", *one.sides(before.home))

    def built(self, spec: Spec, like: Catalog) -> Catalog:
        """Return what a spec alone builds. Raises Error."""
        place = self.place
        return built.built(spec, like=like, dev_url=place.dev_url, before=place.before)

    def back(self, before: Catalog, changes: DataChanges) -> bool:
        """Downgrade, and note what is not as it was; tell whether there is a way back.

        Raises StepError where it fails.
        """
        one, found = self.candidate, self.found
        try:
            with self.place.timed("downgrade"):
                migrate.downgrade(self.url, one.directory, one.needs)
        except StepError as error:
            if not error.has_no_way_back:
                raise
            found.notes.append(f"no way back: {error.message}")
            return False
        now = self.read()
        was, left = (without_left_open(each, one.before_spec) for each in (before, now))
        left, more = declaring_alike(was, left, one.operations, before.home)
        found.notes += [
            f"after the downgrade, table {name} declares itself what it has from parents"
            for name in more
        ]
        found.text += difference_text(
            was, left, names=("before", "after the downgrade")
        )
        found.problems += gone(before, now, "downgrade", *one.sides(before.home))
        held = common(self.rows, rows(self.connection, now.schema))
        # What an upgrade is asked to change in rows, no downgrade knows any more.
        own = [untouched(each, before.schema, changes) for each in held]
        lost = differences(*own)
        found.problems += [f"the downgrade loses rows: {each}" for each in lost]
        found.notes += [
            f"the downgrade does not bring back: {each}"
            for each in differences(*held)
            if each not in lost
        ]
        return True

    def again(
        self, before: Catalog, after: Catalog, held: Rows, changes: DataChanges
    ) -> None:
        """Upgrade once more, and note what is not as after the first time. Raises StepError.

        As Alembic does by default: one transaction for all revisions, where the first time each
        had its own.
        """
        one, found = self.candidate, self.found
        is_whole = not found.problems  # else the downgrade has lost what is missing now
        with self.place.timed("upgrade again"):
            migrate.upgrade(self.url, one.directory, (one.id,), per_migration=False)
        now = self.read()
        found.text += difference_text(
            *(without_left_open(each, one.spec) for each in (after, now)),
            names=("after the upgrade", "after the second upgrade"),
        )
        if not is_whole:
            return
        found.problems += gone(after, now, "second upgrade", *one.sides(after.home))
        later = self.rows_as_before(now, changes)
        first = common(self.rows, held)[1]  # of what was there before
        pair = common(first, later)
        own = [untouched(each, before.schema, changes) for each in pair]
        found.problems += [
            f"the second upgrade leaves other rows: {each}"
            for each in differences(*own)
        ]


def insert(db: Any, candidate: Candidate, before: Catalog, kind: str) -> list[str]:
    """Put rows of a kind into all tables, and return what is to be said of those without any."""
    if kind == NONE:
        return []
    schema = before.schema
    if kind == BOTH:
        schema = fitting(schema, candidate.spec.schema, before.home)
    return [f"no rows in {one.table}: {one.why}" for one in fill(db, schema, ROWS)]
