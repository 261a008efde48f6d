"""Golden cases of findings: tests/golden/findings/<code>/found.txt, and near.txt beside it.

A sentence why, then `-- old.yaml --`, `-- new.yaml --`, and `-- findings --`, which the edit from
the first to the second has; `-- stats.yaml --` are sizes that are known. `found` has one of its
code, `near` is like it and has none.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from cases import spec_of
from changes import read_change
from gen_migration.plan.planner import plan
from gen_migration.plan.waiting import waiting_spec
from gen_migration.rules.engine import findings, located
from gen_migration.rules.extents import words
from gen_migration.spec.documents import SpecFile, document
from gen_migration.stats.load import load as load_stats
from gen_migration.stats.sizes import Sizes

if TYPE_CHECKING:
    from cases import Case
    from gen_migration.model.schema import Schema, Spec
    from gen_migration.rules.finding import Finding

ROOT = Path(__file__).parents[1] / "golden" / "findings"


def all_finding_cases() -> list[Case]:
    return [read_change(path) for path in sorted(ROOT.rglob("*.txt"))]


def name_of(case: Case) -> str:
    return str(case.path.relative_to(ROOT).with_suffix(""))


TODAY = dt.date(2026, 11, 30)


def sizes_in(case: Case) -> Sizes | None:
    """Return the sizes that a case knows of."""
    text = case.sections.get("stats.yaml")
    if text is None:
        return None
    stats = load_stats(text, "stats.yaml")
    return Sizes(stats=stats, source="stats.yaml", today=TODAY)


def findings_between(
    old: Schema, spec: Spec, sizes: Sizes | None = None
) -> tuple[Finding, ...]:
    """Return what an edit from a schema to a spec has."""
    made = plan(
        old, spec.schema, spec.hints, postgresql=spec.postgresql, online=spec.online
    )
    return findings(made, waiting_spec(spec, made), sizes=sizes)


def found_in(case: Case) -> tuple[Finding, ...]:
    old = spec_of(case, "old.yaml")
    text = case.sections["new.yaml"]
    found = findings_between(old.schema, spec_of(case, "new.yaml"), sizes_in(case))
    return located(found, document([SpecFile("new.yaml", text)]))


def line(finding: Finding) -> str:
    """Return a finding with all that it says, in a line."""
    facts = [finding.lock or "", finding.work.value if finding.work else ""]
    facts += ["breaks"] if finding.breaks else []
    facts += words(finding)
    more = "".join(f"; {one}" for one in facts if one)
    what = f"{finding.code} {finding.severity.value}: {finding.message}{more}"
    return f"{finding.where}: {what}\n"
