"""A review as a comment on a pull request: Markdown, as GitHub renders it. Pure but for the SQL.

Whatever text comes from a spec is shown as it is: in a code span, in a fence that it cannot
close, or with every mark as an entity, which is never markup (CommonMark 0.31.2, chapter 2.5).
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from gen_migration.base.errors import visible
from gen_migration.review.changes import STAYS, Action
from gen_migration.review.formats import mermaid
from gen_migration.review.formats import sql as review_sql
from gen_migration.review.formats.text import SIGNS, consequences, sizes_line
from gen_migration.review.line_changes import changed_lines, is_told_by_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.review.changes import Change, Detail
    from gen_migration.review.review import Review
    from gen_migration.rules.finding import Finding

LONGEST = (
    65_000  # GitHub takes 65,536 of a comment; what posts it may add a line of its own
)
DIAGRAM = 50_000  # GitHub keeps Mermaid's own limit (`maxTextSize`)
VALUE, SHORT = 400, 80  # characters of a text on its line


def render(review: Review) -> str:
    """Return a review as Markdown."""
    return page(review, review_sql.render(review))


def page(review: Review, sql: str) -> str:
    """Return a page that is not too long: the SQL goes first, then detail, never a finding."""
    head = heading(review)
    full = "".join(map(finding_item, review.findings))
    short = "".join(map(finding_line, review.findings))
    by_code = counted_findings(review)
    diagram = fence("mermaid", mermaid.concerned(review))
    whole, objects = table(review, parts=True), table(review, parts=False)
    lines = texts(review)
    without = ("the SQL", "the diagram", *(["the lines of texts"] if lines else []))
    candidates = (
        ((full, whole, lines, diagram, collapsed(sql)), ()),
        ((full, whole, lines, diagram), without[:1]),
        ((full, whole, lines), without[:2]),
        ((full, whole), without),
        ((full, objects), (*without, "the parts of tables")),
        ((full,), ("the SQL", "the diagram", "the changes")),
        ((short,), ("all but the findings in short",)),
        ((by_code,), ("all but the number of findings of each rule",)),
    )
    pages = (
        "\n".join(filter(None, (head, *sections, left_out(gone))))
        for sections, gone in candidates[2 if len(diagram) > DIAGRAM else 0 :]
    )
    *others, last = pages
    return next((one for one in others if len(one) <= LONGEST), last)


def heading(review: Review) -> str:
    """Return the lines that say what it is about."""
    names = f"{code(review.old)} → {code(review.new)}"
    if review.sizes is not None:
        names += f"\n\n{prose(sizes_line(review.sizes))}"
    if not review.changes:
        return f"### Schema: no changes\n\n{names}\n"
    return f"### Schema: {review.summary}\n\n{names}\n"


def finding_item(finding: Finding) -> str:
    """Return a finding as an item of a list, with what follows from it."""
    rest = "".join(f"  - {prose(one)}\n" for one in consequences(finding))
    where = f" {code(finding.where)}" if finding.where else ""
    head = f"**{finding.severity.value}** {code(finding.code)}{where}"
    return f"- {head}: {prose(finding.message)}\n{rest}"


def finding_line(finding: Finding) -> str:
    """Return a finding as a short item of a list."""
    where = f" {code(finding.where)}" if finding.where else ""
    head = f"**{finding.severity.value}** {code(finding.code)}{where}"
    return f"- {head}: {code(cut(finding.message, SHORT))}\n"


def counted_findings(review: Review) -> str:
    counts = Counter((one.severity.value, one.code) for one in review.findings)
    return "".join(
        f"- **{severity}** {code(rule)}: {count} times\n"
        for (severity, rule), count in counts.items()
    )


def table(review: Review, *, parts: bool) -> str:
    """Return the changes as a table; those inside of an object only with `parts`."""
    if not review.changes:
        return ""
    rows = []
    for change in review.changes:
        # Where nothing is said of a table itself, its parts say that it changes.
        if (
            not (parts and change.parts)
            or change.action is not Action.CHANGE
            or [*words(change)]
        ):
            rows.append(row(change, ""))
        if parts:
            rows += [row(part, change.name) for part in change.parts]
    return "| | object | what changes |\n|---|---|---|\n" + "".join(rows)


def row(change: Change, holder: str) -> str:
    """Return a row of the table; `holder` is what a part is a part of."""
    name = f"{change.kind} {code(change.name)}"
    cells = (
        code(SIGNS[change.action]),
        f"{code(holder)} {name}" if holder else name,
        "<br>".join(words(change)),
    )
    # In a table, the bar is escaped also inside of code (GFM, chapter 4.10).
    return "".join(f"| {cell.replace('|', BAR)} " for cell in cells) + "|\n"


BAR = "\\|"


def words(change: Change) -> Iterator[str]:
    """Yield what changes of an object."""
    if change.old_name is not None:
        yield f"renamed from {code(change.old_name)}"
    if change.definition is not None:
        yield code(change.definition)
    for one in change.details:
        yield detail(one, change)


def detail(found: Detail, change: Change) -> str:
    if change.action in STAYS and is_told_by_line(found):
        return f"{found.what}: below"
    if change.action in STAYS and not found.is_how:
        old, new = (
            "none" if one is None else code(one) for one in (found.old, found.new)
        )
        return f"{found.what}: {old} → {new}"
    return f"{found.what}: {code(found.new or found.old or '')}"


def texts(review: Review) -> str:
    """Return the lines that change in texts of many lines, such as the bodies of functions."""
    return "\n".join(
        f"{change.kind} {code(change.name)}, {one.what}:\n\n"
        + fence("diff", "\n".join(map("".join, changed_lines(one.old, one.new))))
        for change in review.changes
        if change.action in STAYS
        for one in change.details
        if is_told_by_line(one)
    )


def collapsed(sql: str) -> str:
    """Return SQL in a block that is closed until somebody opens it."""
    if not sql:
        return ""
    return f"<details><summary>SQL</summary>\n\n{fence('sql', sql)}\n</details>\n"


def left_out(gone: tuple[str, ...]) -> str:
    """Return what a page that would be too long does not show."""
    if not gone:
        return ""
    return f"Left out, since a comment has its limit: {', '.join(gone)}.\n"


def fence(language: str, text: str) -> str:
    """Return a text as a block of code, in a fence that is longer than any inside of it."""
    if not text:
        return ""
    marks = "`" * max(3, longest_run(text) + 1)
    return f"{marks}{language}\n{text.rstrip()}\n{marks}\n"


def code(text: str) -> str:
    """Return a text as a code span."""
    line = cut(text, VALUE) or " "
    marks = "`" * (longest_run(line) + 1)
    space = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{marks}{space}{line}{space}{marks}"


def longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def cut(text: str, length: int) -> str:
    """Return a text on one line, cut where it is long."""
    line = visible(" ".join(text.split()))
    return line if len(line) <= length else line[: length - 1] + "…"


PLAIN = re.compile(r"[^\W_]|[ ,;()→…]|\.(?=\s|$)")


def prose(text: str) -> str:
    """Return a text of a stranger's as words and nothing else: no markup, link or mention."""
    line = visible(" ".join(text.split()))
    found = []
    for position, one in enumerate(line):
        plain = PLAIN.match(line, position) is not None
        found.append(one if plain else f"&#{ord(one)};")
        if one in "@#":
            found.append("&#8203;")  # or GitHub finds a mention in what it has rendered
    return "".join(found)
