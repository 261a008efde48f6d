"""PostgreSQL's own parser (libpg_query, through postgast), and the trees that it makes.

The only module that imports postgast.
"""

from __future__ import annotations

import contextlib
from functools import cache
from typing import TYPE_CHECKING, Any

from gen_migration.postgres.names import Name, last_two

if TYPE_CHECKING:
    from collections.abc import Collection

MAX_SQL = 20_000  # characters; the parser's stack is not ours to exhaust
MAX_SQL_DEPTH = 200


class SqlMistake(ValueError):
    """SQL that cannot stand where it stands; `offset` counts characters into it."""

    def __init__(self, message: str, hint: str = "", offset: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.offset = offset


ONE = "write exactly one SQL expression"
SELECT = "SELECT "


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


def created_roles(sql: str) -> list[tuple[int, str, str]]:
    """Return the statements that create a role, each with its offset and the name of the role."""
    return [
        (start, text, node.create_role_stmt.role)
        for start, text in statements(sql)
        for node in (postgast().parse(text).stmts[0].stmt,)
        if node.HasField("create_role_stmt")
    ]


def script(text: str) -> tuple[str, ...]:
    """Return the statements of a SQL text, without what is around them. Raises SqlMistake."""
    try:
        tree = postgast().parse(text)
    except postgast().PgQueryError as error:
        offset = min(max(error.cursorpos - 1, 0), len(text))
        raise SqlMistake(f"SQL: {error.message}", "mend it", offset) from None
    except decode_error():
        raise SqlMistake("the SQL is nested too deep", "make it simpler", 0) from None
    if not tree.stmts:
        raise SqlMistake("there is no statement here", "write SQL", 0)
    return tuple(one.strip() for _, one in statements(text))


def words(text: str) -> list[tuple[str, int]]:
    """Return the words and signs of a SQL text, words of SQL in capitals, each with its offset.

    What is no SQL, the parser says itself: here, it is none at all.
    """
    try:
        found = postgast().scan(text).tokens
    except postgast().PgQueryError:
        return []
    data = text.encode()
    named = postgast().pg_query_pb2
    result = []
    for one in found:
        word = data[one.start : one.end].decode()
        is_word = one.keyword_kind != named.NO_KEYWORD
        start = len(data[: one.start].decode())
        result.append((word.upper() if is_word else word, start))
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


def at(node: Any, text: str, prefix: str) -> int:
    """Return where in `text`, parsed behind `prefix`, a node stands, in characters."""
    start = max(getattr(node, "location", 0) - len(prefix), 0)
    return len(text.encode()[:start].decode(errors="ignore"))


def walk(node: Any, but: Collection[str] = ()) -> list[tuple[str, Any]]:
    """Return each message of a tree with the name of its kind, in reading order.

    What is in fields of the names of `but` is left out.
    """
    found: list[tuple[str, Any]] = []
    collect(node, found, but)
    return found


def collect(node: Any, found: list[tuple[str, Any]], but: Collection[str]) -> None:
    for field, value in node.ListFields():
        name, of_messages, is_repeated = FIELDS.get(field) or known(field)
        if not of_messages or (but and field.name in but):
            continue
        for one in value if is_repeated else (value,):
            kind, message = name, one
            if not kind:
                kind = one.WhichOneof("node")
                message = getattr(one, kind) if kind else None
            if message is not None:
                found.append((kind, message))
                if kind not in TEXTS:
                    collect(message, found, but)


# What protobuf takes long to say of a field: its name, or none where it only holds nodes;
# whether it holds messages; whether it holds several.
FIELDS: dict[Any, tuple[str, bool, bool]] = {}
# What nearly all messages are that hold no others.
TEXTS = frozenset(("string", "ival", "sval"))


def known(field: Any) -> tuple[str, bool, bool]:
    of = field.message_type
    name = "" if of is not None and of.name == "Node" else field.name
    return FIELDS.setdefault(field, (name, of is not None, field.is_repeated))


def plain(node: Any) -> bytes:
    """Return a tree without the positions of its nodes, to compare."""
    copy = type(node)()
    copy.CopyFrom(node)
    clear(copy)
    return bytes(copy.SerializeToString(deterministic=True))


POSITIONS = frozenset(
    (
        *("location", "name_location"),
        *("rexpr_list_start", "rexpr_list_end", "list_start", "list_end"),
    )
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
