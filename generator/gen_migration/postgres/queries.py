"""Queries that a spec may hold, read by PostgreSQL's own parser. Pure.

A query is one SELECT, VALUES or TABLE, perhaps behind WITH, that changes nothing. Its canonical
text is what the parser prints after reading: comments and the layout are no part of it.
"""

from __future__ import annotations

import contextlib
from functools import lru_cache
from typing import Any

from gen_migration.postgres.names_in_texts import respell
from gen_migration.postgres.parser import (
    SqlMistake,
    at,
    decode_error,
    plain,
    postgast,
    refuse_depth,
    walk,
)
from gen_migration.postgres.printing import printed

MAX_QUERY = 100_000  # characters
ONE = "write exactly one query: SELECT, VALUES or WITH … SELECT"
# What stands in a query and is none, or changes rows.
REFUSED = {
    "into_clause": ("SELECT INTO creates a table", ONE),
    "param_ref": ("a query has no parameters", "write a value"),
    "insert_stmt": ("the query changes rows", ONE),
    "update_stmt": ("the query changes rows", ONE),
    "delete_stmt": ("the query changes rows", ONE),
    "merge_stmt": ("the query changes rows", ONE),
}


def parse_query(text: str) -> Any:
    """Return the parse tree of a text that is one query, which may be changed.

    Raises SqlMistake, with the offset in the text, for anything else.
    """
    if len(text) > MAX_QUERY:
        message = f"the query is longer than {MAX_QUERY:,} characters"
        raise SqlMistake(message, "make views of its parts")
    if text.count("(") + text.count("[") > 0:
        refuse_depth(text)
    try:
        tree = postgast().parse(text)
    except postgast().PgQueryError as error:
        offset = min(max(error.cursorpos - 1, 0), len(text))
        raise SqlMistake(f"SQL: {error.message}", ONE, offset) from None
    except decode_error():
        raise SqlMistake("the SQL is nested too deep", "make it simpler", 0) from None
    if not tree.stmts:
        raise SqlMistake("there is no query", ONE, 0)
    if tree.stmts[1:]:
        start = tree.stmts[0].stmt_len + 1
        offset = len(text.encode()[:start].decode(errors="ignore"))
        raise SqlMistake("a second SQL statement starts here", ONE, offset)
    if tree.stmts[0].stmt.WhichOneof("node") != "select_stmt":
        raise SqlMistake("this is no query", ONE, 0)
    for kind, node in walk(tree.stmts[0].stmt):
        if kind in REFUSED:
            raise SqlMistake(*REFUSED[kind], at(node, text, ""))
    return tree


def parsed(sql: str) -> Any:
    """Return the parse tree of a canonical query, of which nobody has to be told what it is."""
    return postgast().parse(sql)


def select_of(tree: Any) -> Any:
    """Return the query in a tree."""
    return tree.stmts[0].stmt.select_stmt


def deparsed(select: Any) -> str:
    """Return a query of a tree as the parser prints it."""
    tree = postgast().parse("SELECT 1")
    select_of(tree).CopyFrom(select)
    return printed(tree)


@lru_cache(maxsize=10_000)
def canonical(text: str) -> str:
    """Return a query as the parser prints it; as it was written, should the two differ.

    Raises SqlMistake as `parse_query` does.
    """
    tree = parse_query(text)
    nodes = walk(tree.stmts[0].stmt)
    respell(nodes)
    for kind, node in nodes:
        # A column is called as it is, as PostgreSQL prints it.
        if kind == "res_target" and node.name and node.name == named(node.val):
            node.ClearField("name")
    sql = printed(tree)
    if sql == text:
        return text
    with contextlib.suppress(SqlMistake):
        if plain(select_of(parse_query(sql))) == plain(select_of(tree)):
            return sql
    return text


def named(node: Any) -> str | None:
    """Return the name of a column that stands for itself; None for any other expression."""
    if not node.HasField("column_ref") or not node.column_ref.fields:
        return None
    last = node.column_ref.fields[-1]
    return str(last.string.sval) if last.HasField("string") else None
