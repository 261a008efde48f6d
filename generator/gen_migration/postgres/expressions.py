"""Expressions that a spec may hold, read by PostgreSQL's own parser.

Text goes in, frozen values and canonical SQL come out: what the parser prints after reading, so
that two spellings of one thing are equal.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.postgres.labels import PLAIN, label
from gen_migration.postgres.names_in_texts import respell
from gen_migration.postgres.parser import (
    ONE,
    SELECT,
    SqlMistake,
    at,
    name_of,
    parse,
    plain,
    postgast,
    walk,
)
from gen_migration.postgres.printing import printed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gen_migration.postgres.names import Name


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that an expression names, perhaps with its table, and where."""

    parts: tuple[str, ...]
    offset: int


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression: canonical SQL and the columns that it names.

    `simple` says that it needs no parentheses where the grammar wants a `b_expr` (DEFAULT),
    `call` the same for a `func_expr` (an index). `column` is set where it is nothing but a
    column, perhaps behind its table's name and with a `collation`. `session` are words such
    as `user`, a value of the session, where a column of that name needs quotes.
    """

    sql: str
    references: tuple[Reference, ...]
    simple: bool
    call: bool
    column: tuple[str, ...] | None = None
    collation: Name | None = None
    session: tuple[Reference, ...] = ()


# pg_query_pb2.SVFOP_…: words that are a value of the session, and often a column's name.
SESSION_WORDS = {10: "current_role", 11: "current_user", 12: "user", 13: "session_user"}
SQL_SYNTAX = 4  # pg_query_pb2.COERCE_SQL_SYNTAX
SETOP_NONE = 1  # pg_query_pb2.SETOP_NONE
REFUSED = {
    "sub_link": "sub-select",
    "param_ref": "parameter",
    "over": "window function",
    "set_to_default": "DEFAULT",
    "grouping_func": "aggregate",
}
# The names that are aggregates in every database; others, PostgreSQL refuses itself.
AGGREGATES = frozenset(
    """
    array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count every json_agg
    json_object_agg jsonb_agg jsonb_object_agg max min range_agg stddev string_agg sum variance
    xmlagg
    """.split()
)
SIMPLE = frozenset(
    ("a_const", "type_cast", "func_call", "sqlvalue_function", "a_array_expr")
)
CALLS = frozenset(("func_call", "coalesce_expr", "min_max_expr"))
TARGET_ONLY = frozenset(("target_list", "limit_option", "op"))


def parse_target(text: str) -> tuple[Any, Any]:
    """Return the parse tree of `SELECT text`, and in it the node of its one expression."""
    tree = parse(SELECT, text)
    select = tree.stmts[0].stmt.select_stmt
    fields = {field.name for field, _ in select.ListFields()}
    target: Any = select.target_list[0].res_target if select.target_list else None
    if (
        fields - TARGET_ONLY
        or select.op != SETOP_NONE
        or len(select.target_list) != 1
        or target.name  # an alias: `a AND` is one as well
    ):
        parse("SELECT (", text, "\n)")  # says where it stops being an expression
        raise SqlMistake("this is not one SQL expression", ONE, 0)
    return tree, target.val


class Parsed:
    """Expressions that another process parses (see `expressions_ahead`)."""

    def __init__(self) -> None:
        self.expected: frozenset[str] = frozenset()
        self.answers: Iterator[dict[str, Expression | None]] = iter(())
        self.found: dict[str, Expression | None] = {}

    def expect(
        self,
        texts: Iterable[str],
        answers: Iterator[dict[str, Expression | None]],
    ) -> None:
        """Set what is to come, some of it at a time; what came before is kept."""
        self.expected, self.answers = frozenset(texts), answers

    def get(self, text: str) -> Expression | None:
        """Return an expression, waited for where it is to come."""
        while text in self.expected and text not in self.found:
            more = next(self.answers, None)
            if more is None:
                self.expected = frozenset()
            else:
                self.found |= more
        return self.found.get(text)


PARSED = Parsed()


@lru_cache(maxsize=10_000)
def parse_expression(text: str) -> Expression:
    """Return the expression that a text is.

    Raises SqlMistake unless it is one expression that may stand in a table's definition: no
    sub-select, aggregate, window function or parameter (manual, CREATE TABLE).
    """
    if (known := PARSED.get(text)) is not None:
        return known
    tree, node = parse_target(text)
    nodes = walk(node)
    references = references_among(nodes, text, SELECT)
    kind = node.WhichOneof("node")
    if kind == "func_call" and node.func_call.funcformat == SQL_SYNTAX:
        kind = "sql_syntax"  # `a AT TIME ZONE b` is a call for the parser, but not for DEFAULT
    respell(nodes)
    sql = canonical(tree, node, text.strip())
    session = session_words(nodes, text)
    simple, call = kind in SIMPLE, kind in CALLS
    return Expression(sql, references, simple, call, *column_of(node), session)


@lru_cache(maxsize=10_000)
def parse_condition(text: str) -> Expression:
    """Return the expression that a text is; sub-selects may stand in it.

    What those name is not among its references. Raises SqlMistake unless it is one expression
    without an aggregate or a window function outside of them, and without parameters.
    """
    tree, node = parse_target(text)
    nodes = walk(node)
    for kind, found in nodes:
        if kind == "param_ref":
            references_among(((kind, found),), text, SELECT)
    outside = [one for one in walk(node, but=("subselect",)) if one[0] != "sub_link"]
    references = references_among(outside, text, SELECT)
    respell(nodes)
    sql = canonical(tree, node, text.strip())
    return Expression(
        sql, references, False, False, None, None, session_words(outside, text)
    )


def deparsed(node: Any) -> str:
    """Return an expression of a tree as the parser prints it."""
    tree = postgast().parse("SELECT 1")
    tree.stmts[0].stmt.select_stmt.target_list[0].res_target.val.CopyFrom(node)
    text: str = postgast().deparse(tree)
    return text.removeprefix(SELECT)


def session_words(nodes: Iterable[tuple[str, Any]], text: str) -> tuple[Reference, ...]:
    return tuple(
        Reference((SESSION_WORDS[found.op],), at(found, text, SELECT))
        for word, found in nodes
        if word == "sqlvalue_function" and found.op in SESSION_WORDS
    )


def column_label(text: str) -> str:
    """Return what PostgreSQL calls the column of an index on an expression, or nothing."""
    found = label(parse_target(text)[1])
    return "" if found == PLAIN else found


def column_of(node: Any) -> tuple[tuple[str, ...] | None, Name | None]:
    """Return the column that an expression is nothing but, and the collation behind it."""
    collation = None
    if node.HasField("collate_clause"):
        collation = name_of(node.collate_clause.collname)
        node = node.collate_clause.arg
    if not node.HasField("column_ref"):
        return None, None
    fields = node.column_ref.fields
    if any(not field.HasField("string") for field in fields):
        return None, None
    return tuple(field.string.sval for field in fields), collation


def is_aggregate(call: Any) -> bool:
    if (
        call.agg_star
        or call.agg_distinct
        or call.agg_order
        or call.HasField("agg_filter")
    ):
        return True
    return len(call.funcname) == 1 and call.funcname[0].string.sval in AGGREGATES


def references_of(node: Any, text: str, prefix: str = SELECT) -> tuple[Reference, ...]:
    """Return the columns that a tree names; `text` stood behind `prefix` when it was parsed.

    Raises SqlMistake for what may not stand in a table's definition.
    """
    return references_among(walk(node), text, prefix)


def references_among(
    nodes: Iterable[tuple[str, Any]], text: str, prefix: str
) -> tuple[Reference, ...]:
    references = []
    for kind, found in nodes:
        if kind == "column_ref":
            references.append(reference(found, text, prefix))
        elif kind in REFUSED or (kind == "func_call" and is_aggregate(found)):
            what = REFUSED.get(kind, "aggregate")
            raise SqlMistake(
                f"PostgreSQL allows no {what} here",
                "write it without one",
                at(found, text, prefix),
            )
    return tuple(references)


def reference(node: Any, text: str, prefix: str) -> Reference:
    parts = []
    for field in node.fields:
        if field.WhichOneof("node") == "string":
            parts.append(field.string.sval)
        elif not parts:
            raise SqlMistake(
                '"*" is no value', "name the column", at(node, text, prefix)
            )
    return Reference(tuple(parts), at(node, text, prefix))


def canonical(tree: Any, node: Any, text: str) -> str:
    """Return an expression as the parser prints it; as it was written, should the two differ."""
    sql = printed(tree).removeprefix(SELECT)
    if sql == text:
        return text
    try:
        again = parse_target(sql)[1]
    except SqlMistake:
        return text
    return sql if plain(again) == plain(node) else text
