"""SQL that a spec may hold, read by PostgreSQL's own parser (libpg_query, through postgast).

The only module that knows postgast. Text goes in, frozen values and canonical SQL come out:
what the parser prints after reading, so that two spellings of one thing are equal.
"""

from __future__ import annotations

import contextlib
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.postgres.names import Name, last_two

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_SQL = 20_000  # characters; the parser's stack is not ours to exhaust
MAX_SQL_DEPTH = 200


class SqlMistake(ValueError):
    """SQL that cannot stand where it stands; `offset` counts characters into it."""

    def __init__(self, message: str, hint: str = "", offset: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.offset = offset


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


ONE = "write exactly one SQL expression"
SELECT = "SELECT "
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


@cache
def postgast() -> Any:
    """Return the parser, imported when it is first needed (0.1 s)."""
    import postgast

    return postgast


@cache
def decode_error() -> Any:
    """Return the error that says that a tree is too deep for protobuf."""
    from google.protobuf.message import DecodeError

    return DecodeError


def parse(prefix: str, text: str, suffix: str = "") -> Any:
    """Return the parse tree of the one statement that `text` completes.

    Raises SqlMistake with the offset in `text`.
    """
    if len(text) > MAX_SQL:
        raise SqlMistake(
            f"the SQL is longer than {MAX_SQL:,} characters", "make it shorter"
        )
    if text.count("(") + text.count("[") > MAX_SQL_DEPTH:
        refuse_depth(text)
    try:
        tree = postgast().parse(prefix + text + suffix)
    except postgast().PgQueryError as error:
        # The position of an error counts characters, the location of a node bytes.
        offset = min(max(error.cursorpos - 1 - len(prefix), 0), len(text))
        if offset >= len(text.rstrip()):
            with contextlib.suppress(postgast().PgQueryError):
                refuse_comments(text)  # one may have swallowed the rest
            raise SqlMistake(
                "SQL: it ends too early", ONE, len(text.rstrip())
            ) from None
        raise SqlMistake(f"SQL: {error.message}", ONE, offset) from None
    except decode_error():
        raise SqlMistake("the SQL is nested too deep", "make it simpler", 0) from None
    refuse_comments(text)
    if len(tree.stmts) != 1:
        second = tree.stmts[1].stmt_location if tree.stmts[1:] else 0
        raise SqlMistake(
            "a second SQL statement starts here", ONE, max(second - len(prefix), 0)
        )
    return tree


def statements(sql: str) -> list[tuple[int, str]]:
    """Return the statements of a SQL text, each with the offset of its first word.

    None where it is no SQL.
    """
    try:
        found = postgast().parse(sql).stmts
    except (postgast().PgQueryError, decode_error()):
        return []
    data, result = sql.encode(), []
    for one in found:
        start = one.stmt_location
        end = start + one.stmt_len if one.stmt_len else len(data)
        tokens = postgast().scan(data[start:end].decode()).tokens
        words = [token for token in tokens if token.token not in comments()]
        first = start + (words[0].start if words else 0)
        result.append((len(data[:first].decode()), data[start:end].decode()))
    return result


def refuse_depth(text: str) -> None:
    """Raise SqlMistake where more brackets are open than the parser's stack is for."""
    depth = 0
    for offset, character in enumerate(text):
        depth += (character in "([") - (character in ")]")
        if depth > MAX_SQL_DEPTH:
            raise SqlMistake(
                f"more than {MAX_SQL_DEPTH} open brackets", "make it simpler", offset
            )


def created_schemas(sql: str) -> set[str]:
    """Return the schemas that the statements of a SQL text create; none where it is no SQL."""
    try:
        found = postgast().parse(sql).stmts if sql else ()
    except (postgast().PgQueryError, decode_error()):
        return set()
    return {
        str(one.stmt.create_schema_stmt.schemaname)
        for one in found
        if one.stmt.HasField("create_schema_stmt")
    }


def comments() -> tuple[int, int]:
    """Return the tokens of the two forms of a comment."""
    tokens = postgast().pg_query_pb2
    return tokens.SQL_COMMENT, tokens.C_COMMENT


def refuse_comments(text: str) -> None:
    """Raise SqlMistake where a SQL comment starts: it could swallow what follows."""
    if "--" not in text and "/*" not in text:
        return
    for token in postgast().scan(text).tokens:
        if token.token in comments():
            offset = len(text.encode()[: token.start].decode())
            raise SqlMistake(
                "a SQL comment is not part of an expression",
                "write a YAML comment: # …",
                offset,
            )


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


@lru_cache(maxsize=10_000)
def parse_expression(text: str) -> Expression:
    """Return the expression that a text is.

    Raises SqlMistake unless it is one expression that may stand in a table's definition: no
    sub-select, aggregate, window function or parameter (manual, CREATE TABLE).
    """
    tree, node = parse_target(text)
    nodes = walk(node)
    references = references_among(nodes, text, SELECT)
    kind = node.WhichOneof("node")
    if kind == "func_call" and node.func_call.funcformat == SQL_SYNTAX:
        kind = "sql_syntax"  # `a AT TIME ZONE b` is a call for the parser, but not for DEFAULT
    sql = canonical(tree, node, text.strip())
    session = tuple(
        Reference((SESSION_WORDS[found.op],), at(found, text, SELECT))
        for word, found in nodes
        if word == "sqlvalue_function" and found.op in SESSION_WORDS
    )
    simple, call = kind in SIMPLE, kind in CALLS
    return Expression(sql, references, simple, call, *column_of(node), session)


def deparsed(node: Any) -> str:
    """Return an expression of a tree as the parser prints it."""
    tree = postgast().parse("SELECT 1")
    tree.stmts[0].stmt.select_stmt.target_list[0].res_target.val.CopyFrom(node)
    text: str = postgast().deparse(tree)
    return text.removeprefix(SELECT)


def column_label(text: str) -> str:
    """Return what PostgreSQL calls the column of an index on an expression, or nothing.

    Source: `FigureColname` in parse_target.c.
    """
    node = parse_target(text)[1]
    if node.HasField("func_call"):
        return str(node.func_call.funcname[-1].string.sval)
    words = {"coalesce_expr": "coalesce", "a_array_expr": "array", "case_expr": "case"}
    return words.get(node.WhichOneof("node"), "")


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


def at(node: Any, text: str, prefix: str) -> int:
    """Return where in `text`, parsed behind `prefix`, a node stands, in characters."""
    start = max(getattr(node, "location", 0) - len(prefix), 0)
    return len(text.encode()[:start].decode(errors="ignore"))


def walk(node: Any) -> list[tuple[str, Any]]:
    """Return each message of a tree with the name of its kind, in reading order."""
    found: list[tuple[str, Any]] = []
    collect(node, found)
    return found


def collect(node: Any, found: list[tuple[str, Any]]) -> None:
    for field, value in node.ListFields():
        name, of_messages, is_repeated = FIELDS.get(field) or known(field)
        if not of_messages:
            continue
        for message in value if is_repeated else (value,):
            if name:
                found.append((name, message))
            collect(message, found)


# What protobuf takes long to say of a field: its name, or none where it only holds nodes;
# whether it holds messages; whether it holds several.
FIELDS: dict[Any, tuple[str, bool, bool]] = {}


def known(field: Any) -> tuple[str, bool, bool]:
    of = field.message_type
    name = "" if of is not None and of.name == "Node" else field.name
    return FIELDS.setdefault(field, (name, of is not None, field.is_repeated))


def canonical(tree: Any, node: Any, text: str) -> str:
    """Return an expression as the parser prints it; as it was written, should the two differ."""
    sql: str = postgast().deparse(tree).removeprefix(SELECT)
    if sql == text:
        return text
    try:
        again = parse_target(sql)[1]
    except SqlMistake:
        return text
    return sql if plain(again) == plain(node) else text


def plain(node: Any) -> bytes:
    """Return a tree without the positions of its nodes, to compare."""
    copy = type(node)()
    copy.CopyFrom(node)
    clear(copy)
    return bytes(copy.SerializeToString(deterministic=True))


POSITIONS = frozenset(
    ("location", "rexpr_list_start", "rexpr_list_end", "list_start", "list_end")
)


def clear(node: Any) -> None:
    for field, value in node.ListFields():
        if field.name in POSITIONS:
            node.ClearField(field.name)
        elif field.type == field.TYPE_MESSAGE:
            for message in value if field.is_repeated else (value,):
                clear(message)


def name_of(parts: Any) -> Name | None:
    """Return the name that a list of strings in a tree is; None for an empty one."""
    names = [part.string.sval for part in parts]
    return last_two(names) if names else None
