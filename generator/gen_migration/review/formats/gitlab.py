"""The findings of a review as a report of GitLab's code quality. Pure.

Source: docs.gitlab.com, "Code Quality", "Code quality report format".
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import visible
from gen_migration.review.formats.github import split_place
from gen_migration.review.formats.text import consequences
from gen_migration.rules.finding import Severity

if TYPE_CHECKING:
    from gen_migration.review.review import Review
    from gen_migration.rules.finding import Finding

LEVELS = {
    Severity.DANGER: "critical",
    Severity.WARNING: "major",
    Severity.NOTE: "info",
}


def render(review: Review) -> str:
    """Return the findings as one list; it is empty where there are none."""
    seen: Counter[str] = Counter()
    found = []
    for one in review.findings:
        mark = json.dumps([one.code, one.path, one.message])
        seen[mark] += 1
        found.append(issue(one, f"{mark}{seen[mark]}", review.new))
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def issue(finding: Finding, mark: str, source: str) -> dict[str, Any]:
    """Return a finding as an issue; without a place of its own it stands at the schema's source.

    GitLab shows one issue for a fingerprint, which stays the same when lines above it come and go.
    """
    file, line, _ = split_place(finding.where)
    return {
        "description": visible("\n".join([finding.message, *consequences(finding)])),
        "check_name": finding.code,
        "fingerprint": hashlib.sha256(mark.encode()).hexdigest(),
        "severity": LEVELS[finding.severity],
        "location": {
            "path": (file or source).replace("\\", "/"),
            "lines": {"begin": line or 1},
        },
    }
