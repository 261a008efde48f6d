"""Proof that a column holds nothing that other columns do not say, before it goes.

It reads the table under no lock that anybody waits for, and stops with a query for the rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.postgres.names import dollar_quoted, quote_text

if TYPE_CHECKING:
    from gen_migration.operations.rows import CheckRows

START = "#variable_conflict use_column\nBEGIN\n    IF EXISTS"
BLOCK = """
{start} (SELECT FROM {table} WHERE {condition}) THEN
        RAISE EXCEPTION USING
            MESSAGE = {message},
            HINT = {hint},
            ERRCODE = 'check_violation';
    END IF;
END
"""


def block(operation: CheckRows) -> str:
    """Return the statement."""
    table = operation.table.sql
    query = f"SELECT * FROM {table} WHERE {operation.new}"  # noqa: S608 - quoted, parsed
    text = BLOCK.format(
        start=START,
        table=table,
        condition=operation.new,
        message=quote_text(
            f"{operation.place} holds values that what takes its place does not say"
        ),
        hint=quote_text(f"these rows: {query}"),
    )
    return f"DO {dollar_quoted(text)}"


def is_check(body: str) -> bool:
    """Tell whether the body of a DO block is such a proof: it changes nothing."""
    words = START.split()
    return body.split()[: len(words)] == words
