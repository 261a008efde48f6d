"""Runs of a revision on a scratch PostgreSQL: up, down without a trace, and up again.

The history before it runs first, and rows are put into every table, so that what a change does
to data shows. Rows that it refuses are told; it is tried again with others, and in the end with
none, since what it builds is to be proven whatever the tables hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.history.alembic_errors import StepError
from gen_migration.scratch import databases, needs
from gen_migration.scratch.extensions import where_it_is
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
from gen_migration.verify.trial import Trial, Verdict

if TYPE_CHECKING:
    from gen_migration.verify.candidate import Candidate
    from gen_migration.verify.workbench import Workbench


def verify(candidate: Candidate, place: Workbench) -> Verdict:
    """Return what a revision does on PostgreSQL, beside what its spec says.

    Raises Error where it cannot be tried: the history before it fails, or the server lacks
    something.
    """
    return where_it_is(
        candidate.scratch_needs | needs.of_sql(place.before),
        lambda needed: judged(replace(candidate, scratch_needs=needed), place),
    )


def judged(candidate: Candidate, place: Workbench) -> Verdict:
    """Return what it does on a server for its needs. Raises Error as `verify` does."""
    needed = candidate.scratch_needs
    notes = [*filter(None, [databases.unusual(needed, place.dev_url)])]
    of_rows: dict[str, str] = {}  # what is said of a refusal, by its words
    for kind in (BEFORE, BOTH, NONE):
        trial = Trial(candidate, place, Verdict(notes=notes))
        try:
            trial.run(kind)
        except StepError as error:
            if is_of_server(error):
                raise told(error, candidate) from None
            if kind == NONE or not error.sqlstate.startswith(REFUSED):
                # Where there are no rows, no rows were the reason before.
                of_rows.pop(error.words, None)
                trial.found.problems.append(str(told(error, candidate)))
                break
            if is_new(error, trial.before, candidate):
                trial.found.problems.append(str(lacks_values(error, candidate)))
                break
            of_rows[error.words] = refused(error, kind)
        else:
            break
    notes = list(dict.fromkeys((*notes, *of_rows.values())))
    return replace(trial.found, notes=notes)
