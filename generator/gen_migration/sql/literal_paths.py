"""The input texts of `jsonpath` and `tsquery`, checked without a server.

Their grammars are PostgreSQL's own (`jsonpath_gram.y`, `tsquery.c`): of a path, words, brackets and
what may stand beside what are looked at, of a query all. Each function returns a hint, or nothing.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from gen_migration.postgres.types import Type

PATH_HINT = "a path begins with $: $.a[*] ? (@.b > 1), or an expression: {sql: …}"
QUERY_HINT = "connect words by & or |: cat & dog, or an expression: {sql: …}"


class Token(NamedTuple):
    """A word, a bracket, an operator … of a text."""

    kind: str
    text: str


# Compiled when a text is looked at, as all patterns of what is seldom written.
PATH = (
    r'\s*(?:(?P<string>"(?:[^"\\]|\\.)*")|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)'
    r'|(?P<variable>\$(?:"(?:[^"\\]|\\.)*"|\w+)?|@|\*(?!\*))|(?P<word>(?:[^\W\d]|\\u)[\w\\]*)'
    r"|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<operator>\*\*|&&|\|\||[<>=!]=|<>|[-+/%<>!?.,]))"
)
QUERY = (
    r"\s*(?:(?P<word>(?:'(?:[^'\\]|''|\\.)*'|(?:[^\s'\\&|!():<*]|\\.)(?:[^\s\\&|!():<]|\\.)*)"
    r"(?::[*abcdABCD]*)?)|(?P<operator>&|\||<->|<[0-9]{1,5}>)|(?P<open>[!(])|(?P<close>\)))"
)
CLOSES = {"(": ")", "[": "]", "{": "}"}
VALUES = frozenset(("string", "number", "variable", "close"))
KEYWORDS = frozenset("to is starts with like_regex flag unknown".split())
FIRST = frozenset("( ! + - true false null exists".split())


def parts(text: str, pattern: str) -> list[Token] | None:
    """Return the parts of a text; None where something is none of them."""
    found: list[Token] = []
    at, end = 0, len(text.rstrip())
    form = re.compile(pattern, re.DOTALL)
    while at < end:
        match = form.match(text, at, end)
        if match is None or match.lastgroup is None:
            return None
        found.append(Token(match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


def is_balanced(found: list[Token]) -> bool:
    """Tell whether each bracket is closed by its own."""
    expected: list[str] = []
    for part in found:
        if part.kind == "open" and part.text in CLOSES:
            expected.append(CLOSES[part.text])
        elif part.kind == "close" and (not expected or expected.pop() != part.text):
            return False
    return not expected


def check_jsonpath(value: str, _: Type) -> str:
    found = parts(re.sub(r"\A\s*(strict|lax)\b", "", value), PATH)
    if not found or not is_balanced(found):
        return PATH_HINT
    first, last = found[0], found[-1]
    begins = first.kind in {"string", "number"} or first.text in FIRST
    begins = begins or first.text.startswith("$")
    ends = last.kind in {*VALUES, "word"}
    is_path = begins and ends and all(may_follow(*pair) for pair in pairwise(found))
    return "" if is_path else PATH_HINT


def may_follow(before: Token, part: Token) -> bool:
    """Tell whether two parts may stand side by side in a path."""
    if before.text == "?":
        return part.text == "("
    if part.kind in {"string", "number", "variable"}:
        return before.kind not in VALUES or part.text == "*"  # which multiplies, too
    if part.kind == "word":
        joined = before.kind in {"operator", "open"} or before.text in KEYWORDS
        return joined or part.text in KEYWORDS
    return True


def check_tsquery(value: str, _: Type) -> str:
    """Return what is wrong with words that `&`, `|`, `!` and `<->` connect."""
    found = parts(value, QUERY)
    if found is None or not is_balanced(found):
        return QUERY_HINT
    wants_word = True
    for part in found:
        if (part.kind in {"word", "open"}) is not wants_word:
            return QUERY_HINT
        wants_word = part.kind in {"open", "operator"}
    return QUERY_HINT if found and wants_word else ""
