"""A canonical query on lines of its own, as a person would write it. Pure."""

from __future__ import annotations

from functools import lru_cache

from gen_migration.postgres.parser import SqlMistake, postgast
from gen_migration.postgres.queries import canonical

LINE = 72  # characters; a query that is no longer stays on one line


@lru_cache(maxsize=10_000)
def laid_out(text: str) -> str:
    """Return a canonical query on lines of its own, as a person would write it.

    It means the same: what the formatter says otherwise (`extract`, `trim`) keeps its words.
    """
    if len(text) <= LINE:
        return text
    try:
        found = postgast().format_sql(text).strip().removesuffix(";")
        if canonical(found) == text:
            return spelled_as(found, text)
    except (postgast().PgQueryError, SqlMistake, ValueError, RecursionError):
        pass
    return by_clauses(text)


def spelled_as(found: str, text: str) -> str:
    """Return what the formatter made of a text, with words in capitals where the text has them.

    It writes the names of types in capitals as well.
    """
    words = tokens(text)
    pieces = tokens(found)
    if [one.lower() for _, one in pieces] != [one.lower() for _, one in words]:
        return found
    return "".join(
        gap + word for (gap, _), (_, word) in zip(pieces, words, strict=True)
    )


def tokens(text: str) -> list[tuple[str, str]]:
    """Return the tokens of a text, each with what stands before it."""
    data, end = text.encode(), 0
    result: list[tuple[str, str]] = []
    for one in postgast().scan(text).tokens:
        gap, word = data[end : one.start], data[one.start : one.end]
        result.append((gap.decode(), word.decode()))
        end = one.end
    return result


def by_clauses(text: str) -> str:
    """Return a query with its clauses on lines of their own, where the formatter cannot say it.

    It changes blanks outside of brackets and literals alone.
    """
    lines = [""]
    depth, is_between, before = 0, False, ""
    for gap, word in tokens(text):
        if depth == 0 and before and begins_clause(before, word):
            lines.append(word)
        elif depth == 0 and word in {"AND", "OR"} and not is_between:
            lines.append(f"  {word}")
        elif depth == 0 and before == "," and len(lines[-1]) + len(word) > LONG:
            lines.append(f"    {word}")
        else:
            lines[-1] += gap + word
        depth += (word in OPENING) - (word in CLOSING)
        is_between = word == "BETWEEN" or (is_between and word != "AND")
        before = word
    return "\n".join(lines)


LONG = 80  # characters of a line that a list goes on below
OPENING, CLOSING = frozenset(("(", "[", "CASE")), frozenset((")", "]", "END"))
CLAUSES = frozenset(
    "FROM WHERE GROUP HAVING WINDOW ORDER LIMIT OFFSET FOR UNION INTERSECT EXCEPT".split()
)
JOINS = frozenset("LEFT RIGHT FULL INNER CROSS NATURAL JOIN".split())
# Words after which the next one is part of what they begin.
GOING_ON = frozenset((*JOINS, "OUTER", "DISTINCT", "WITHIN", "ROWS"))


def begins_clause(before: str, word: str) -> bool:
    """Tell whether a word outside of brackets begins a clause of a query, or a join."""
    if word == "SELECT":
        return True
    return word in CLAUSES | JOINS and before not in GOING_ON
