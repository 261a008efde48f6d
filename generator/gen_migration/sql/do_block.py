"""DO blocks of plain statements: those that change something at once, or unless it is there.

Each is one statement, and so one transaction (PostgreSQL manual, DO), which a run after a crash
may repeat. What comes back from a revision is read by PostgreSQL's own parser of PL/pgSQL.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration.postgres.do_bodies import LITERAL, plain
from gen_migration.postgres.names import (
    Name,
    dollar_quoted,
    quote_text,
    relation_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Step(NamedTuple):
    """A statement of a block, and the constraint (its table, its name) that it would give."""

    sql: str
    constraint: tuple[Name, str] | None = None


def at_once(statements: Iterable[str]) -> str:
    """Return statements as one, of which all take effect or none."""
    return block(f"    {one};" for one in statements)


def unless_there(table: Name, constraint: str, statement: str) -> str:
    """Return a statement that does nothing where a table has a constraint of this name.

    There is no `ADD CONSTRAINT IF NOT EXISTS`, and a `DROP CONSTRAINT IF EXISTS` before it would
    lock out readers, also where there is nothing to drop.
    """
    return block(
        (
            "    IF NOT EXISTS (",
            *(f"        {line}" for line in guard(table, constraint)),
            "    ) THEN",
            f"        {statement};",
            "    END IF;",
        )
    )


def guard(table: Name, constraint: str) -> tuple[str, ...]:
    """Return the lines of a query for a constraint."""
    return (
        "SELECT FROM pg_constraint",
        f"WHERE conrelid = {quote_text(table.sql)}::regclass",
        f"    AND conname = {quote_text(constraint)}",
    )


def block(lines: Iterable[str]) -> str:
    # What a literal holds is not to be moved: each line is indented by who writes it.
    body = "\n".join(("", "BEGIN", *lines, "END", ""))
    return f"DO {dollar_quoted(body)}"


def read(body: str) -> tuple[Step, ...] | None:
    """Return the statements of a block; None where it holds anything else, as a variable."""
    from gen_migration.postgres.parser import postgast

    try:
        (tree,) = postgast().parse_plpgsql(f"DO {dollar_quoted(body)}")
    except postgast().PgQueryError:
        return None
    function: dict[str, Any] = tree["PLpgSQL_function"]
    whole = function["action"]["PLpgSQL_stmt_block"]
    # The one variable that every function has says whether a query found something.
    if len(function["datums"]) > 1 or "exceptions" in whole:
        return None
    try:
        return tuple(steps(whole.get("body", ()), None))
    except KeyError:
        return None


def steps(
    found: Iterable[dict[str, Any]], constraint: tuple[Name, str] | None
) -> Iterator[Step]:
    """Yield the statements of a part of a block. Raises KeyError for any other part."""
    for one in found:
        ((kind, value),) = one.items()
        if kind == "PLpgSQL_stmt_if" and value.keys() == GUARDED:
            condition = value["cond"]["PLpgSQL_expr"]["query"]
            yield from steps(value["then_body"], guarded(condition))
        elif kind == "PLpgSQL_stmt_perform":
            yield Step(value["expr"]["PLpgSQL_expr"]["query"], constraint)
        elif kind != "PLpgSQL_stmt_return":
            yield Step(value["sqlstmt"]["PLpgSQL_expr"]["query"], constraint)


GUARDED = {"lineno", "cond", "then_body"}
PLACE = re.compile(
    rf"conrelid\s+=\s+({LITERAL})::regclass\s+AND\s+conname\s+=\s+({LITERAL})"
)


def guarded(condition: str) -> tuple[Name, str]:
    """Return the constraint that a condition asks for. Raises KeyError for any other condition."""
    place = PLACE.search(condition)
    if place is not None:
        found = relation_of(plain(place[1])), plain(place[2])
        expected = " ".join(("NOT EXISTS (", *guard(*found), ")"))
        if condition.split() == expected.split():
            return found
    raise KeyError(condition)
