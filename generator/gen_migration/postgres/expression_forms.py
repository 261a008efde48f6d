"""Expressions that differ in their literals alone, so that one of each form is parsed.

A thousand tables have a thousand checks, but few forms of them: `kind IN ('a', 'b')` is
`kind IN ('c', 'd')` with other words. What PostgreSQL's parser makes of a literal depends on its
kind only, so a form, which holds a mark for each, becomes canonical as the expression would.

Only literals for which that is certain are taken out. Text without quotes and brackets, which the
parser prints as it stands; not `t` and `f`, which may be booleans, and nothing that `sql.simplify`
could take for a cast or an operator. And whole numbers of at most nine digits, as an operand or an
element of a list, not as a type's modifier.
"""

from __future__ import annotations

import re

# Names and text in quotes; whatever a prefix (E'', B'') makes of them, is left as it is.
QUOTED = re.compile(r"""("(?:[^"]|"")*"|'(?:[^']|'')*')""")
TEXT = re.compile(r"'[^'()\[\]:~]+'")
BOOLEANS = frozenset(("'t'", "'f'"))
NUMBER = re.compile(r"([ \[]\(?)([1-9][0-9]{0,8})(?![\w.$])")
# What stands for the literal of a number, and how it is found again.
TEXT_MARK, NUMBER_MARK = "'gm#{}'", 900_000_000
MARK = re.compile(r"'gm#([0-9]+)'|(?<![\w.])900([0-9]{6})(?![\w.])")
LONGEST = 10_000  # characters
# Dollars may quote; a comment and a backslash may hide where a quote ends.
SIGNS = ("$", "--", "/*", "\\")


def form(text: str) -> tuple[str, list[str]]:
    """Return the form of an expression, and the literals that were taken out of it."""
    if len(text) > LONGEST or any(sign in text for sign in SIGNS):
        return text, []
    literals: list[str] = []

    def mark_number(match: re.Match[str]) -> str:
        literals.append(match[2])
        return f"{match[1]}{NUMBER_MARK + len(literals) - 1}"

    pieces = QUOTED.split(text)  # by turns what is not quoted, and what is
    for at, piece in enumerate(pieces):
        if at % 2 == 0:
            pieces[at] = NUMBER.sub(mark_number, piece)
        elif (
            TEXT.fullmatch(piece)
            and piece not in BOOLEANS
            and not is_prefix(pieces[at - 1][-1:])
        ):
            literals.append(piece)
            pieces[at] = TEXT_MARK.format(len(literals) - 1)
    if not literals:
        return text, literals
    found = "".join(pieces)
    # The text itself may hold what looks like a mark.
    return (
        (found, literals) if len(MARK.findall(found)) == len(literals) else (text, [])
    )


def is_prefix(character: str) -> bool:
    return character.isalnum() or character in {"_", "&"}


def filled(form: str, literals: list[str]) -> str | None:
    """Return a form with its literals; None where it has not one mark for each."""
    if not literals:
        return form
    found, count = MARK.subn(lambda match: literals[int(match[1] or match[2])], form)
    return found if count == len(literals) else None
