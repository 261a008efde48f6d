"""Reviews that several tests look at: those of the golden changes, and findings made by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from cases import spec_of
from changes import all_changes, name_of
from gen_migration.review.review import Review, review
from gen_migration.rules.engine import located
from gen_migration.rules.finding import Finding, Severity, Work
from gen_migration.spec.documents import SpecFile, document
from gen_migration.spec.load import load
from gen_migration.stats.load import load as load_stats
from gen_migration.stats.sizes import Assumed, Sizes

if TYPE_CHECKING:
    from cases import Case

CASES = {
    name_of(case): case for case in all_changes() if "revision.py" in case.sections
}


@cache
def review_of(case: Case) -> Review:
    """Return the review of a golden change."""
    old, new = (spec_of(case, f"{one}.yaml") for one in ("old", "new"))
    return review(old.schema, new, names=("old.yaml", "new.yaml"))


SIZED_OLD = """\
name: app
tables:
  orders:
    columns:
      id: {type: bigint, primary_key: true}
      state: {type: text, nullable: true}
      total: integer
    indexes:
      ix_orders_state: [state]
  plans:
    columns:
      id: {type: integer, primary_key: true}
      price: integer
  logs:
    columns: {id: {type: bigint, primary_key: true}}
"""
SIZED_NEW = """\
name: app
tables:
  orders:
    columns:
      id: {type: bigint, primary_key: true}
      state: {type: text, backfill: new}
      total: {type: bigint, rewrite: true}
    indexes:
      ix_orders_total: [total]
  plans:
    columns:
      id: {type: integer, primary_key: true}
      price: {type: bigint, rewrite: true}
  logs:
    columns:
      id: {type: bigint, primary_key: true}
      n: {type: bigint, identity: always}
"""
SIZED_STATS = """\
taken: 2026-10-01
postgresql: '18.1'
server: replica
counted_since: 2026-09-01
tables:
  orders:
    rows: 410000000
    size: 84 GB
    index_size: 31 GB
    writes_per_second: 240
    indexes:
      ix_orders_state: {size: 9 GB, scans: 0}
  plans: {rows: 200, size: 49 kB, index_size: 16 kB, writes_per_second: 0}
"""


def sized(stats: str = SIZED_STATS, **assumed: int) -> Review:
    """Return the review of an edit, with sizes that were read 60 days before."""
    old, new = load(SIZED_OLD, "old.yaml"), load(SIZED_NEW, "new.yaml")
    sizes = Sizes(
        stats=load_stats(stats, "stats.yaml"),
        source="spec/stats.yaml",
        today=dt.date(2026, 11, 30),
        assumed=Assumed(**assumed),
    )
    made = review(old.schema, new, names=("old.yaml", "new.yaml"), sizes=sizes)
    found = document([SpecFile("new.yaml", SIZED_NEW)])
    return replace(made, findings=located(made.findings, found))


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
