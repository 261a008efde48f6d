"""The findings of a review as annotations of a workflow of GitHub. Pure.

Source: docs.github.com, "Workflow commands for GitHub Actions"; the escapes are those of
`@actions/core` (`escapeData` and `escapeProperty` in command.ts).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.errors import visible
from gen_migration.review.formats.text import consequences
from gen_migration.rules.finding import Severity

if TYPE_CHECKING:
    from gen_migration.review.review import Review
    from gen_migration.rules.finding import Finding

LEVELS = {
    Severity.DANGER: "error",
    Severity.WARNING: "warning",
    Severity.NOTE: "notice",
}


def render(review: Review) -> str:
    """Return a line for each finding."""
    return "".join(f"{annotation(one)}\n" for one in review.findings)


def annotation(finding: Finding) -> str:
    """Return the workflow command that shows a finding on its line."""
    file, line, column = split_place(finding.where)
    properties = {"file": file, "line": line, "col": column, "title": finding.code}
    listed = ",".join(
        f"{key}={property_value(str(value))}"
        for key, value in properties.items()
        if value
    )
    words = "\n".join([finding.message, *consequences(finding)])
    return f"::{LEVELS[finding.severity]} {listed}::{message(words)}"


def split_place(where: str) -> tuple[str, int, int]:
    """Return file, line and column of `file:line:column`; empty and 0 where it is not known."""
    file, *numbers = where.rsplit(":", 2)
    if len(numbers) != 2 or not all(one.isdecimal() for one in numbers):
        return where, 0, 0
    return file, int(numbers[0]), int(numbers[1])


def message(text: str) -> str:
    """Return a text as the message of a command."""
    found = visible(text).replace("%", "%25")
    return found.replace("\r", "%0D").replace("\n", "%0A")


def property_value(text: str) -> str:
    """Return a text as the value of a property of a command."""
    return message(text).replace(":", "%3A").replace(",", "%2C")
