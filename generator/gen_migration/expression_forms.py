"""Expressions that differ in their literals alone, so that one of each form is parsed.

A thousand tables have a thousand checks, but few forms of them: `kind IN ('a', 'b')` is
`kind IN ('c', 'd')` with other words. What PostgreSQL's parser makes of a literal depends on its
kind only, so a form, which holds a mark for each, becomes canonical as the expression would.

Only literals for which that is certain are taken out. Text without quotes, backslashes and
brackets, which the parser prints as it stands (not `t` and `f`, which may be booleans); and whole
numbers of at most nine digits, as an operand or an element of a list, not as a type's modifier.
"""

from __future__ import annotations

import re

# Literals with a prefix (E'', B''), and names in quotes, are passed over as a whole.
TOKEN = re.compile(
    r"""
    "(?:[^"]|"")*"
    | (?P<prefix>[\w&]?) ' (?P<text>(?:[^']|'')*) '
    | (?:(?<=[ ])|(?<=\[)|(?<=[ ]\()) (?P<number>[1-9][0-9]{0,8}) (?![\w.$"'])
    """,
    re.VERBOSE,
)
PLAIN = re.compile(r"[^'\\()\[\]:~]+")
BOOLEANS = frozenset(("t", "f"))
# What stands for the literal of a number, and how it is found again.
TEXT, NUMBER = "'gm#{}'", 900_000_000
MARK = re.compile(r"'gm#([0-9]+)'|(?<![\w.])900([0-9]{6})(?![\w.])")
LONGEST = 10_000  # characters


def form(text: str) -> tuple[str, list[str]]:
    """Return the form of an expression, and the literals that were taken out of it."""
    literals: list[str] = []

    def mark(match: re.Match[str]) -> str:
        if match["number"] is not None:
            literals.append(match[0])
            return str(NUMBER + len(literals) - 1)
        inside = match["text"]
        if inside is None or match["prefix"] or inside in BOOLEANS:
            return match[0]
        if not PLAIN.fullmatch(inside):
            return match[0]
        literals.append(match[0])
        return TEXT.format(len(literals) - 1)

    # Dollars may quote, and a comment may hide a quote.
    if "$" in text or "--" in text or "/*" in text or len(text) > LONGEST:
        return text, []
    found = TOKEN.sub(mark, text)
    # The text itself may hold what looks like a mark.
    return (found, literals) if marks(found) == len(literals) else (text, [])


def marks(text: str) -> int:
    """Return how many marks a form has."""
    return len(MARK.findall(text))


def filled(form: str, literals: list[str]) -> str | None:
    """Return a form with its literals; None where it has not one mark for each."""
    if not literals:
        return form
    if marks(form) != len(literals):
        return None
    return MARK.sub(lambda match: literals[int(match[1] or match[2])], form)
