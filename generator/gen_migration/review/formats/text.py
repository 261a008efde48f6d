"""A review for a terminal, in the manner of `terraform plan`. Pure."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import click

from gen_migration.base.errors import visible
from gen_migration.review.changes import STAYS, Action
from gen_migration.review.line_changes import GAP, changed_lines, is_told_by_line
from gen_migration.rules import extents
from gen_migration.rules.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.review.changes import Change, Detail
    from gen_migration.review.review import Review
    from gen_migration.rules.finding import Finding
    from gen_migration.stats.sizes import Sizes

WIDTH = 80
DEEPEST = 32  # columns of a line's indentation that are kept
SIGNS = {Action.ADD: "+", Action.CHANGE: "~", Action.DROP: "-", Action.REPLACE: "-/+"}
COLOURS = {
    Action.ADD: "green",
    Action.CHANGE: "yellow",
    Action.DROP: "red",
    Action.REPLACE: "red",
}
OF_SIGN = {"+": "green", "-": "red", GAP: "cyan"}
OF_SEVERITY = {
    Severity.DANGER: "red",
    Severity.WARNING: "yellow",
    Severity.NOTE: "cyan",
}


def render(review: Review) -> str:
    """Return a review as lines of at most 80 characters, with the colours of a terminal.

    The findings and the summary come last, where they are seen. `click.echo` takes the colours
    out where there is no terminal. Empty where nothing changes.
    """
    if not (review.changes or review.findings):
        return ""
    blocks = ["\n".join(wrapped(f"{review.old} → {review.new}", ""))]
    blocks += ["\n".join(block(change)) for change in review.changes]
    blocks += ["\n".join(finding_lines(one)) for one in review.findings]
    if review.sizes is not None:
        blocks.append("\n".join(wrapped(sizes_line(review.sizes), "")))
    return "\n\n".join([*blocks, review.summary]) + "\n"


def block(change: Change) -> Iterator[str]:
    """Yield the lines of an object."""
    yield from entry(change, depth=0)
    for part in change.parts:
        yield from entry(part, depth=1)


def entry(change: Change, depth: int) -> Iterator[str]:
    """Yield the lines of an object or a part: what it is, and its properties."""
    indent = "    " * depth
    sign, colour = SIGNS[change.action], COLOURS[change.action]
    name = change.name
    if change.old_name is not None:
        name = f"{change.old_name} → {change.name} (renamed)"
    said = " ".join(filter(None, (change.kind, name, change.definition)))
    first, *rest = wrapped(said, f"{indent}{sign} ")
    yield click.style(first, fg=colour, bold=depth == 0)
    yield from (click.style(line, fg=colour) for line in rest)
    for one in change.details:
        yield from detail(one, change, f"{indent}    ")


def detail(found: Detail, change: Change, indent: str) -> Iterator[str]:
    """Yield the lines of a property: its value, or both, in two lines where one is too short.

    Of a text of many lines, such as the body of a function, those are told that change.
    """
    altered = change.action in STAYS and not found.is_how
    if not altered:
        yield from wrapped(f"{found.what}: {found.new or found.old}", indent)
        return
    if is_told_by_line(found):
        yield from wrapped(f"{found.what}:", indent)
        for sign, line in changed_lines(found.old, found.new):
            yield from code_lines(sign, line, f"{indent}  ")
        return
    old, new = ("none" if one is None else one for one in (found.old, found.new))
    lines = wrapped(f"{found.what}: {old} → {new}", indent)
    if len(lines) > 1:
        lines = wrapped(f"{found.what}: {old}", indent)
        lines += wrapped(f"→ {new}", f"{indent}  ")
    yield from lines


def code_lines(sign: str, line: str, indent: str) -> Iterator[str]:
    """Yield a line of a text behind its sign, which goes on below where it is long."""
    text = line.lstrip()
    start = f"{indent}{sign} {' ' * min(len(line) - len(text), DEEPEST)}"
    rows = textwrap.wrap(
        text,
        width=WIDTH,
        initial_indent=start,
        subsequent_indent=" " * (len(start) + 2),
        break_on_hyphens=False,
    )
    colour = OF_SIGN.get(sign)
    yield from (click.style(one, fg=colour) for one in rows or [start.rstrip()])


def finding_lines(finding: Finding) -> Iterator[str]:
    """Yield the lines of a finding: code, place, message, and what follows from it."""
    head = " ".join(filter(None, (finding.severity.value, finding.code, finding.where)))
    first, *rest = wrapped(head, "")
    colour = OF_SEVERITY[finding.severity]
    yield from (click.style(line, fg=colour, bold=True) for line in (first, *rest))
    yield from wrapped(finding.message, "    ")
    for words in consequences(finding):
        yield from wrapped(words, "    ")


def consequences(finding: Finding) -> Iterator[str]:
    """Yield what follows from a finding, each as a clause, and what to do instead."""
    if finding.lock is not None:
        blocks = f", which blocks {finding.blocks}" if finding.blocks else ""
        yield f"lock: {finding.lock}{blocks}"
    if finding.work is not None and not is_measured(finding):
        yield f"work: {finding.work.text}"
    yield from extents.words(finding)
    if finding.breaks:
        yield "breaks: code of the previous version that is running"
    if finding.instead is not None:
        yield f"instead: {finding.instead}"


def is_measured(finding: Finding) -> bool:
    """Tell whether sizes say more of the work than that it is done."""
    return finding.extent is not None and finding.extent.size is not None


def sizes_line(sizes: Sizes) -> str:
    """Return which sizes the findings tell of."""
    found = sizes.stats
    server = f"PostgreSQL {found.postgresql}"
    if found.is_replica:
        server += ", a replica"
    return f"sizes: {sizes.source} of {found.taken.isoformat()} ({server})"


def wrapped(text: str, start: str) -> list[str]:
    """Return a text of a stranger's as lines behind `start`."""
    return textwrap.wrap(
        visible(" ".join(text.split())),
        width=WIDTH,
        initial_indent=start,
        subsequent_indent=" " * (len(start) + 2),
        break_on_hyphens=False,
    )
