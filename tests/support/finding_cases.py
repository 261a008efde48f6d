"""Golden cases of findings: tests/golden/findings/<code>/found.txt, and near.txt beside it.

A sentence why, then `-- old.yaml --`, `-- new.yaml --`, and `-- findings --`, which the edit from
the first to the second has. `found` has one of its code, `near` is like it and has none.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from changes import read_change
from gen_migration.plan.planner import plan
from gen_migration.rules.engine import findings, located
from gen_migration.spec.documents import SpecFile, document
from gen_migration.spec.load import load

if TYPE_CHECKING:
    from cases import Case
    from gen_migration.model.schema import Schema, Spec
    from gen_migration.rules.finding import Finding

ROOT = Path(__file__).parents[1] / "golden" / "findings"


def all_finding_cases() -> list[Case]:
    return [read_change(path) for path in sorted(ROOT.rglob("*.txt"))]


def name_of(case: Case) -> str:
    return str(case.path.relative_to(ROOT).with_suffix(""))


def findings_between(old: Schema, spec: Spec) -> tuple[Finding, ...]:
    """Return what an edit from a schema to a spec has."""
    made = plan(
        old, spec.schema, spec.hints, postgresql=spec.postgresql, online=spec.online
    )
    return findings(made, spec)


def found_in(case: Case) -> tuple[Finding, ...]:
    old = load(case.sections["old.yaml"], "old.yaml")
    text = case.sections["new.yaml"]
    found = findings_between(old.schema, load(text, "new.yaml"))
    return located(found, document([SpecFile("new.yaml", text)]))


def line(finding: Finding) -> str:
    """Return a finding with all that it says, in a line."""
    facts = [finding.lock or "", finding.work.value if finding.work else ""]
    facts += ["breaks"] if finding.breaks else []
    more = "".join(f"; {one}" for one in facts if one)
    what = f"{finding.code} {finding.severity.value}: {finding.message}{more}"
    return f"{finding.where}: {what}\n"
