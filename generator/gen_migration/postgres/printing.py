"""A parse tree as text: what the parser prints, and where that is odd, what people write. Pure."""

from __future__ import annotations

import re
from typing import Any

from gen_migration.postgres.parser import postgast


def printed(tree: Any) -> str:
    """Return statements as the parser prints them, with what it prints oddly as people write it.

    `json` and `bit` are words of the grammar for types in `pg_catalog` (PostgreSQL's gram.y:
    SystemTypeName), which it does not take back, as it does `pg_catalog.int4`. What is called by a
    syntax of its own has a blank before its bracket: `extract ('epoch' FROM at)`.
    """
    text: str = postgast().deparse(tree)
    if ODD.search(text) is None:
        return text
    data, end = text.encode(), 0
    pieces: list[str] = []  # a gap, a token, and so on
    for one in postgast().scan(text).tokens:
        pieces += [data[end : one.start].decode(), data[one.start : one.end].decode()]
        end = one.end
    tokens = ["", "", *pieces[1::2], "", "", ""]
    for place in range(len(pieces) // 2):
        last, before, word, after, then, following = tokens[place : place + 6]
        if word == "(" and before in CALLS:
            pieces[2 * place] = ""
        if (last, before, after) == ("extract", "(", "FROM") and word in FIELDS:
            pieces[2 * place + 1] = word[1:-1]
        if before in SIDES and word == "FROM":
            pieces[2 * place] = " "
        if (word, after) == ("pg_catalog", ".") and (
            (then == "json" and following != "(")
            or (then == "bit" and before == "::" and following == "(")
        ):
            pieces[2 * place + 1] = pieces[2 * place + 3] = ""
    return "".join(pieces)


ODD = re.compile(r"pg_catalog\.(?:json|bit)\b|\b(?:extract|TRIM|normalize) \(")
CALLS = frozenset(("extract", "TRIM", "normalize"))
SIDES = frozenset(("BOTH", "LEADING", "TRAILING"))
# The manual, 9.9.1 (EXTRACT, date_part).
FIELDS = frozenset(
    f"'{word}'"
    for word in """
    century day decade dow doy epoch hour isodow isoyear julian microseconds millennium
    milliseconds minute month quarter second timezone timezone_hour timezone_minute week year
    """.split()
)
