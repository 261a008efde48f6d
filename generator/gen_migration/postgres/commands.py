"""Commands that a rule may hold: INSERT, UPDATE, DELETE, SELECT, NOTIFY. Pure.

Their canonical text is what PostgreSQL's parser prints after reading.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gen_migration.postgres.names_in import Named, named_in
from gen_migration.postgres.names_in_texts import respell
from gen_migration.postgres.parser import (
    SqlMistake,
    parse,
    plain,
    postgast,
    walk,
)
from gen_migration.postgres.printing import printed

if TYPE_CHECKING:
    from collections.abc import Iterator

ALLOWED = frozenset(
    ("insert_stmt", "update_stmt", "delete_stmt", "select_stmt", "notify_stmt")
)
ONE = "write one INSERT, UPDATE, DELETE, SELECT or NOTIFY"


def parse_command(text: str) -> Any:
    """Return the parse tree of a text that is one command. Raises SqlMistake for others."""
    tree = parse("", text)
    stmt = tree.stmts[0].stmt
    if stmt.WhichOneof("node") not in ALLOWED:
        raise SqlMistake("no rule can do this", ONE, 0)
    for kind, _ in walk(stmt):
        if kind in {"param_ref", "into_clause"}:
            raise SqlMistake("a rule has no parameters, and makes no table", ONE, 0)
    return tree


@lru_cache(maxsize=10_000)
def canonical(text: str) -> str:
    """Return a command in its canonical form. Raises SqlMistake."""
    tree = parse_command(text)
    respell(walk(tree.stmts[0].stmt))
    sql = printed(tree)
    try:
        again = parse_command(sql)
    except SqlMistake:
        return text.strip()
    same = plain(again.stmts[0].stmt) == plain(tree.stmts[0].stmt)
    return sql if same else text.strip()


def of_node(node: Any) -> str:
    """Return the canonical text of a command in a tree."""
    tree = postgast().parse("SELECT 1")
    tree.stmts[0].stmt.CopyFrom(node)
    return canonical(postgast().deparse(tree))


@lru_cache(maxsize=10_000)
def names_in_command(text: str) -> Named:
    """Return the names in a command; those of the columns that it writes are among `columns`."""
    nodes = walk(parse_command(text).stmts[0].stmt)
    found = named_in(nodes)
    return found._replace(
        tables=found.tables | frozenset(written_tables(nodes)),
        columns=found.columns | frozenset(written_columns(nodes)),
    )


def written_tables(nodes: list[tuple[str, Any]]) -> Iterator[Any]:
    """Yield the tables that commands write to."""
    from gen_migration.postgres.names import Name

    for kind, node in nodes:
        if kind in {"insert_stmt", "update_stmt", "delete_stmt"}:
            yield Name(node.relation.schemaname or None, node.relation.relname)


def written_columns(nodes: list[tuple[str, Any]]) -> Iterator[str]:
    """Yield the names of the columns that commands write; `*` where all are meant."""
    for kind, node in nodes:
        if kind == "insert_stmt":
            yield from (one.res_target.name for one in node.cols)
            if not node.cols:
                yield "*"
        elif kind == "update_stmt":
            yield from (one.res_target.name for one in node.target_list)
