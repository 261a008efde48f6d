"""SQL as a revision shows it: on one line where it fits, else on lines of its own.

Pure text: what PostgreSQL reads is the same, since blanks change outside of quotes alone.
"""

from __future__ import annotations

import re

from gen_migration.alembic_ops.calls import string, string_lines
from gen_migration.postgres.hidden import TOKEN
from gen_migration.postgres.names import body_of

WIDTH = (
    72  # so that a line that is indented three times stays within a formatter's margin
)
INDENT = "    "
# Words that begin a part of a statement, where they follow nothing that they belong to.
CLAUSE = re.compile(
    r"(?:ADD|ALTER|DROP|RENAME|WITH CHECK|(?<!WITH )CHECK|EXCLUDE|UNIQUE|PRIMARY|FOREIGN"
    r"|REFERENCES|INCLUDE|WHERE"
    r"|ON|FOR|JOIN|GROUP|HAVING|ORDER|AND|OR|PARTITION BY|DEFERRABLE|INCREMENT|START WITH"
    r"|RETURNS|COST|PARALLEL"
    r"|(?<!EXCLUDE )USING|(?<!VALUES )(?<!DISTINCT )FROM)\b"
)


# Where no line ends: what stands in brackets begins on the line of these, and some words are one.
TOGETHER = re.compile(
    r"\b(?:(?:CHECK|USING) \(|(?:WITH|NOT|IS|BY|OF|GROUP|ORDER|PARTITION|FOR|EACH) \w)$"
)


def literal(sql: str) -> str:
    """Return SQL as the literal of a string, for the inside of a call's parentheses.

    No literal of the SQL holds a line feed (`hidden.shown`).
    """
    parts = body_of(sql)
    if parts is not None:
        return with_body(sql, *parts)
    lines = [part for line in sql.splitlines() for part in wrapped(line)]
    text = "\n".join(lines)
    if '"""' in text or not text.replace("\n", "").isprintable():
        return string_lines(sql)
    raw = "r" if "\\" in text else ""
    if not lines[1:]:
        if not raw and not ('"' in text and "'" in text):
            return string(text)
        if '"' not in text and not text.endswith("\\"):
            return f'{raw}"{text}"'
    return "\n".join(("", f'{INDENT}{raw}"""', *indented(lines), f'{INDENT}"""', ""))


def with_body(sql: str, before: str, body: str, behind: str) -> str:
    """Return a statement with a body as a literal, in which the body is as it is.

    Where it has several lines, what is around the literal takes their indentation away.
    """
    lines = body.split("\n")
    blank = any(line.isspace() for line in lines)  # these would lose their blanks
    tabs = "\t" in body
    if blank or '"""' in sql or not SEEN.sub("", sql).isprintable():
        return string_lines(sql)
    *head, last = before.split("\n")
    found = [part for line in head for part in wrapped(line)]
    found += f"{last}{body}{behind}".split("\n")
    raw = "r" if "\\" in sql and not tabs else ""
    if tabs:  # which nobody sees, and what formats Python may touch
        found = [one.replace("\\", r"\\").replace("\t", r"\t") for one in found]
    if not lines[1:]:
        return "\n".join(
            ("", f'{INDENT}{raw}"""', *indented(found), f'{INDENT}"""', "")
        )
    inner = (f'{INDENT * 2}{raw}"""', *indented(found, 2), f'{INDENT * 2}"""')
    return "\n".join(("", f"{INDENT}{DEDENT}(", *inner, f"{INDENT})", ""))


DEDENT = "textwrap.dedent"
SEEN = re.compile(r"[\n\t]")


def indented(lines: list[str], times: int = 1) -> list[str]:
    return [f"{INDENT * times}{line}" if line else "" for line in lines]


def wrapped(line: str) -> list[str]:
    """Return a line of SQL as one or more that are not too long, broken between its parts."""
    start = line[: len(line) - len(line.lstrip())]
    found: list[str] = []
    rest = line
    while len(rest) > WIDTH and (cut := best_break(rest)) is not None:
        found.append(rest[:cut].rstrip())
        rest = start + INDENT + rest[cut:]
    return [*found, rest]


def best_break(line: str) -> int | None:
    """Return where a line is best broken: outside of parentheses, before a word that begins a part.

    None where it cannot be broken.
    """
    found = [place for place in breaks(line) if place[0] <= WIDTH] or list(
        breaks(line)
    )[:1]
    if not found:
        return None
    depth = min(of for _, of, _ in found)
    outer = [place for place in found if place[1] == depth]
    for minimum in (WIDTH // 3, 0):
        far = [place for place in outer if place[0] > minimum]
        if far:
            rank = max(of for _, _, of in far)
            return [at for at, _, of in far if of == rank][-1]
    return None


def breaks(line: str) -> list[tuple[int, int, int]]:
    """Return the places where a line may be broken.

    Each is where the next part begins, how deep in parentheses, and how well it is broken there:
    best between the actions of an ALTER TABLE, then before any other clause.
    """
    quoted = [match.span() for match in TOKEN.finditer(line)]
    result: list[tuple[int, int, int]] = []
    depth = 0
    position = len(line) - len(line.lstrip())
    while position < len(line):
        span = next((one for one in quoted if one[0] == position), None)
        if span is not None:
            position = max(span[1], position + 1)
            continue
        character = line[position]
        depth += character == "("
        depth -= character == ")"
        is_break = character == " " and position + 1 < len(line)
        if is_break and not TOGETHER.search(line, 0, position + 2):
            clause = CLAUSE.match(line, position + 1) is not None
            action = clause and line[position - 1] == ","
            result.append((position + 1, depth, clause + action))
        position += 1
    return result
