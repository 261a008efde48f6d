"""Reviews that several tests look at: those of the golden changes, and findings made by hand."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from changes import all_changes, name_of
from gen_migration.review.review import Review, review
from gen_migration.rules.finding import Finding, Severity, Work
from gen_migration.spec.load import load

if TYPE_CHECKING:
    from cases import Case

CASES = {
    name_of(case): case for case in all_changes() if "revision.py" in case.sections
}


@cache
def review_of(case: Case) -> Review:
    """Return the review of a golden change."""
    old, new = (
        load(case.sections[f"{one}.yaml"], f"{one}.yaml") for one in ("old", "new")
    )
    return review(old.schema, new, names=("old.yaml", "new.yaml"))


HOSTILE = "a|b `c` ``` <img src=x> @team #1 https://x.example *d* \x1b[31m%0A::error::,:\r\n- e"
FINDINGS = (
    Finding(
        code="GM102",
        severity=Severity.DANGER,
        message="every row of notifications is written anew",
        path=("tables", "notifications", "columns", "id", "type"),
        where="spec/app.yaml:14:9",
        lock="ACCESS EXCLUSIVE",
        blocks="reads and writes",
        work=Work.REWRITE,
        breaks=True,
        instead="add a column, fill it, and drop this one in a later release",
    ),
    Finding(
        code="GM301",
        severity=Severity.WARNING,
        message=HOSTILE,
        path=("tables", HOSTILE),
        where="spec/100%, a:b.yaml:3:1",
    ),
    Finding(code="GM301", severity=Severity.NOTE, message="A note.", path=()),
)


def with_findings(name: str, *findings: Finding) -> Review:
    """Return the review of a golden change as if rules had found something."""
    return replace(review_of(CASES[name]), findings=findings)
