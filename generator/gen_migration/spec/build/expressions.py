"""The SQL of a spec: expressions, and what they may name."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import listed, nearest, quoted
from gen_migration.postgres.expressions import parse_condition, parse_expression
from gen_migration.postgres.names import folded, quote_name, quote_text
from gen_migration.postgres.parser import SqlMistake

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gen_migration.postgres.expressions import Expression, Reference
    from gen_migration.spec.build.context import Body, Spot

NOTHING: Mapping[str, str] = MappingProxyType({})
# Manual, chapter 5.6 (System Columns).
SYSTEM_COLUMNS = frozenset(("tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"))
# The only one of them that a table's definition may use.
ROW = frozenset(("tableoid",))


def is_sql(value: Any) -> bool:
    """Tell whether a value is written as `{sql: …}`."""
    return isinstance(value, dict) and list(value) == ["sql"]


def expression(
    at: Spot, text: str, known: Collection[str] = (), table: str | None = None
) -> Expression | None:
    """Return the expression that a text is, or None when it is reported.

    `known` are the columns that it may name, bare or behind the table's name; without them
    (an empty collection) its references are the caller's to judge.
    """
    try:
        found = parse_expression(text)
    except SqlMistake as mistake:
        at.wrong_sql(mistake)
        return None
    if known:
        unknown_references(at, found, known, table)
    return found


def of_body(
    body: Body, text: str, at: Spot, renamed: Mapping[str, str] = NOTHING
) -> Expression | None:
    """Return an expression over the columns of a table, or None when it is reported.

    `renamed` has the new names of columns by their old ones.
    """
    found = expression(at, text)
    if found is not None and body.columns:
        unknown_references(at, found, body.columns, body.name.name, renamed)
    return found


def condition(at: Spot, text: str, body: Body | None) -> Expression | None:
    """Return an expression over the columns of a table, with sub-selects; None when reported.

    What is in those, PostgreSQL looks at.
    """
    try:
        found = parse_condition(text)
    except SqlMistake as mistake:
        at.wrong_sql(mistake)
        return None
    if body is not None and body.columns:
        unknown_references(at, found, body.columns, body.name.name)
    return found


def unknown_references(
    at: Spot,
    found: Expression,
    known: Collection[str],
    table: str | None,
    renamed: Mapping[str, str] = NOTHING,
) -> None:
    """Report columns that an expression names and that are not known."""
    for word in found.session:
        name = word.parts[0]
        if name in known:
            at.wrong(
                f"{quoted(name)} without quotes is the user of the session, not the column",
                f'write the column in double quotes: "{name}"',
                offset=word.offset,
            )
    for reference in found.references:
        if not is_known(reference, known, table):
            at.wrong(
                *unknown(reference.parts, known, table, renamed),
                offset=reference.offset,
            )


def is_known(reference: Reference, known: Collection[str], table: str | None) -> bool:
    """Tell whether a reference is to a known column, or to the row."""
    parts = reference.parts
    if parts[0] != table:
        return len(parts) == 1 and (parts[0] in known or parts[0] in ROW)
    return len(parts) == 1 or parts[1] in known or parts[1] in ROW


def unknown(
    parts: tuple[str, ...],
    known: Collection[str],
    table: str | None,
    renamed: Mapping[str, str],
) -> tuple[str, str]:
    """Return what is wrong with a reference, and a hint."""
    if parts[1:] and parts[0] != table:
        hint = "an expression sees the columns of its own table only"
        return f"unknown table {quoted(parts[0])}", hint
    column = parts[1] if parts[0] == table else parts[0]
    cased = [one for one in known if folded(one) == column]
    if column in renamed:
        hint = f"it is called {quoted(renamed[column])} by then: write the new name"
    elif cased:
        hint = f"a name that is not all lower case stands in double quotes: {quoted(cased[0])}"
    else:
        hint = nearest(column, known) or column_or_text(column, known, table)
    return f"unknown column {quoted(column)}", hint


SHOWN = 8  # columns that a hint names


def column_or_text(column: str, known: Collection[str], table: str | None) -> str:
    """Return a hint for a name that is no column: there are others, or it is a text."""
    text = f"a text stands in single quotes: {quote_text(column)}"
    if table is None or quote_name(column) != column:
        return text
    return f"its columns are {listed([*known], SHOWN)}; {text}"
