"""What differs between two texts of several lines, line by line. Pure."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from gen_migration.base.errors import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.review.changes import Detail

CONTEXT = 2  # lines around a change that stay as they are
FEW = 5  # lines that a reader takes in at a glance, such as a body with one statement
TAB = 4
GAP = "@@"  # the sign of lines that are left out


def is_told_by_line(found: Detail) -> bool:
    """Tell whether a property is a text of which a reader wants the lines that change."""
    if found.old is None or found.new is None:
        return False
    before, after = lines_of(found.old), lines_of(found.new)
    return before != after and max(len(before), len(after)) > FEW


def changed_lines(old: str | None, new: str | None) -> Iterator[tuple[str, str]]:
    """Yield the lines that go, come, or stand around them, each behind its sign."""
    before, after = lines_of(old), lines_of(new)
    # Of a long text, a line that is there often is no place to start from: it would take minutes.
    matcher = SequenceMatcher(None, before, after)
    for number, group in enumerate(matcher.get_grouped_opcodes(CONTEXT)):
        if number or group[0][1]:
            yield GAP, ""
        for word, start, end, to_start, to_end in group:
            if word == "equal":
                yield from ((" ", shown(line)) for line in before[start:end])
                continue
            yield from (("-", shown(line)) for line in before[start:end])
            yield from (("+", shown(line)) for line in after[to_start:to_end])


def lines_of(text: str | None) -> list[str]:
    """Return the lines of a text, without the blanks at their ends."""
    return [line.rstrip() for line in (text or "").strip("\r\n").splitlines()]


def shown(line: str) -> str:
    """Return a line of a stranger's text as a terminal may show it."""
    return visible(line.expandtabs(TAB))
