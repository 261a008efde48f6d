"""The findings of a review as SARIF 2.1.0, for code scanning. Pure.

Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0"; what GitHub
reads of it is in docs.github.com, "SARIF support for code scanning".
"""

from __future__ import annotations

import hashlib
import json
from importlib import metadata
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from gen_migration.base.errors import visible
from gen_migration.review.formats.github import split_place
from gen_migration.review.formats.text import consequences
from gen_migration.rules.finding import Severity
from gen_migration.rules.registry import Rules

if TYPE_CHECKING:
    from gen_migration.review.review import Review
    from gen_migration.rules.finding import Finding
    from gen_migration.rules.rule import Rule

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {
    Severity.DANGER: "error",
    Severity.WARNING: "warning",
    Severity.NOTE: "note",
}


def render(review: Review) -> str:
    """Return the findings as a log of one run."""
    return json.dumps(document(review), indent=2, ensure_ascii=False) + "\n"


def document(review: Review) -> dict[str, Any]:
    """Return the log as plain values; a run without findings says that there are none."""
    codes = sorted({one.code for one in review.findings})
    known = (review.rules or Rules()).by_code
    driver = {
        "name": "gen-migration",
        "version": metadata.version("gen-migration"),
        "rules": [described(known[code]) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [result(one, codes) for one in review.findings],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def described(rule: Rule) -> dict[str, Any]:
    """Return what an alert says of its rule: its title, its text, and what to do instead."""
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.text},
        "help": {"text": f"{rule.text}\n\nInstead: {rule.instead}"},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
    }


def result(finding: Finding, codes: list[str]) -> dict[str, Any]:
    """Return a finding as a result; without a place where none is known."""
    words = visible("\n".join([finding.message, *consequences(finding)]))
    mark = json.dumps([finding.code, finding.path, finding.message])
    found: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": LEVELS[finding.severity],
        "message": {"text": words},
        # The same finding stays the same alert when lines above it come and go.
        "partialFingerprints": {
            "finding/v1": hashlib.sha256(mark.encode()).hexdigest()
        },
    }
    file, line, column = split_place(finding.where)
    if file:
        place: dict[str, Any] = {
            "artifactLocation": {"uri": quote(file.replace("\\", "/"))}
        }
        if line:
            place["region"] = {"startLine": line, "startColumn": column}
        found["locations"] = [{"physicalLocation": place}]
    return found
