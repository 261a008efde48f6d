"""Bodies of routines: when two are equal, and what they name.

Source: the PostgreSQL manual, CREATE FUNCTION. A body of the SQL standard (`RETURN …`, `BEGIN
ATOMIC … END`) is part of its statement; any other is a text, which its language reads.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration.postgres import text_search
from gen_migration.postgres.names import Name, dollar_quoted, last_two
from gen_migration.postgres.names_in import operators, own
from gen_migration.postgres.names_in import relations as relations_in_texts
from gen_migration.postgres.names_in_texts import respell
from gen_migration.postgres.parser import (
    MAX_SQL,
    SqlMistake,
    decode_error,
    name_of,
    parse,
    plain,
    postgast,
    refuse_depth,
    walk,
)
from gen_migration.postgres.printing import printed

if TYPE_CHECKING:
    from collections.abc import Iterator

# What a body of the standard stands behind, so that the parser reads it.
STANDARD = "CREATE FUNCTION f() LANGUAGE sql "
ANY = -1  # number of arguments
FORMS = "write RETURN …, or BEGIN ATOMIC … END, and nothing else"
MAX_BODY = 10 * MAX_SQL  # of SQL that is read; a longer one is compared as text


class Used(NamedTuple):
    """What a body may name; most of it names nothing that a schema has."""

    relations: frozenset[Name] = frozenset()
    columns: frozenset[str] = frozenset()
    types: frozenset[Name] = frozenset()
    # With the number of arguments.
    calls: frozenset[tuple[Name, int]] = frozenset()
    # With the number of operands.
    operators: frozenset[tuple[Name, int]] = frozenset()
    # Whether it takes all columns of what it reads.
    whole: bool = False
    # Objects of text search, each with the space of its name.
    searching: frozenset[tuple[str, Name]] = frozenset()
    # Relations whose rows or columns a variable of PL/pgSQL has the type of.
    declared: frozenset[Name] = frozenset()
    # What stands in quotes, which may be a value of an enum.
    texts: frozenset[str] = frozenset()
    # Constraints of tables, of ON CONFLICT ON CONSTRAINT.
    constraints: frozenset[tuple[Name, str]] = frozenset()
    # Relations that texts name: `nextval('a')`, `'a'::regclass`.
    in_texts: frozenset[Name] = frozenset()


def tidy(text: str) -> str:
    """Return a text without blanks at the ends of lines, and without empty lines around it."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    while lines and not lines[0]:
        del lines[0]
    while lines and not lines[-1]:
        del lines[-1]
    return "\n".join(lines)


def is_standard(language: str, text: str) -> bool:
    """Tell whether a body is one of the SQL standard: no text of SQL begins as such."""
    if language != "sql":
        return False
    names = postgast().pg_query_pb2
    try:
        tokens = [
            one.token
            for one in postgast().scan(text).tokens
            if one.token not in {names.SQL_COMMENT, names.C_COMMENT}
        ]
    except postgast().PgQueryError:
        return False
    return tokens[:1] == [names.RETURN] or tokens[:2] == [names.BEGIN_P, names.ATOMIC]


@lru_cache(maxsize=10_000)
def compared(language: str, text: str) -> str:
    """Return what is compared of a body. Raises SqlMistake for SQL that is none."""
    if is_standard(language, text):
        return standard(text)
    return sql_text(text) if language == "sql" else tidy(text)


def standard(text: str) -> str:
    """Return a body of the SQL standard as the parser prints it. Raises SqlMistake for none."""
    try:
        tree = parse(STANDARD, text.rstrip().removesuffix(";"))
    except SqlMistake as mistake:
        raise SqlMistake(mistake.message, FORMS, mistake.offset) from None
    created = tree.stmts[0].stmt.create_function_stmt
    if not created.HasField("sql_body") or len(created.options) > 1:
        raise SqlMistake("this is no body of a function", FORMS, 0)
    respell(walk(created.sql_body))
    found = printed(tree)
    body = found[found.index("LANGUAGE sql ") + len("LANGUAGE sql ") :]
    again = parse(STANDARD, body)
    return body if plain(again) == plain(tree) else tidy(text)


def sql_text(text: str) -> str:
    """Return statements of SQL as the parser prints them. Raises SqlMistake for what is none."""
    if len(text) > MAX_BODY:
        return tidy(text)
    tree = statements_of(text)
    try:
        found: str = postgast().deparse(tree)
        again = postgast().parse(found)
    except (postgast().PgQueryError, decode_error()):
        return tidy(text)
    same = len(again.stmts) == len(tree.stmts) and all(
        plain(one.stmt) == plain(other.stmt)
        for one, other in zip(again.stmts, tree.stmts, strict=True)
    )
    return found if same else tidy(text)


def statements_of(text: str) -> Any:
    """Return the tree of statements of SQL. Raises SqlMistake for what is none."""
    refuse_depth(text)
    try:
        return postgast().parse(text)
    except postgast().PgQueryError as error:
        offset = min(max(error.cursorpos - 1, 0), len(text))
        raise SqlMistake(
            f"SQL: {error.message}",
            "write statements of SQL, or RETURN, or BEGIN ATOMIC … END",
            offset,
        ) from None
    except decode_error():
        raise SqlMistake("the SQL is nested too deep", "make it simpler", 0) from None


@lru_cache(maxsize=10_000)
def used(language: str, text: str) -> Used:
    """Return what a body may name: each of its words, where our parsers do not read it."""
    try:
        found = of_nodes(
            [node for tree in trees(language, text) for node in walk(tree)]
        )
    except (SqlMistake, postgast().PgQueryError, ValueError):
        found = of_words(text)
    if language != "plpgsql":
        return found
    # The parser of PL/pgSQL keeps no types of variables but PostgreSQL's own.
    types = found.types | of_words(text).types
    return found._replace(types=types, declared=frozenset(declared(text)))


def declared(text: str) -> Iterator[Name]:
    """Yield the relations that stand before `%ROWTYPE`, or before a column and `%TYPE`."""
    try:
        tokens = postgast().scan(text).tokens
    except postgast().PgQueryError:
        return
    data = text.encode()
    words = [data[one.start : one.end].decode() for one in tokens]
    for at, word in enumerate(words[:-1]):
        copied = words[at + 1].lower()
        if word == "%" and copied in {"rowtype", "type"}:
            parts = dotted_before(words, at)
            parts = parts[:-1] if copied == "type" else parts
            if parts:
                yield last_two(parts)


@lru_cache(maxsize=10_000)
def of_rows(text: str) -> frozenset[str]:
    """Return the columns of a trigger's rows that a body in PL/pgSQL names: `new.a`."""
    try:
        tokens = postgast().scan(text).tokens
    except postgast().PgQueryError:
        return frozenset()
    data = text.encode()
    words = [data[one.start : one.end].decode() for one in tokens]
    return frozenset(
        plain_word(column)
        for row, dot, column in zip(words, words[1:], words[2:], strict=False)
        if dot == "." and row.lower() in {"new", "old"}
    )


@lru_cache(maxsize=10_000)
def variables(text: str) -> frozenset[str]:
    """Return the variables that a body in PL/pgSQL declares."""
    try:
        found = parsed_plpgsql(text)
    except (postgast().PgQueryError, ValueError):
        return frozenset()
    return frozenset(under("refname", found))


def dotted_before(words: list[str], at: int) -> list[str]:
    """Return the parts of the dotted name that ends before a position."""
    parts = [plain_word(words[at - 1])] if at else []
    while at > 2 and words[at - 2] == ".":
        at -= 2
        parts.insert(0, plain_word(words[at - 1]))
    return parts


def plain_word(word: str) -> str:
    """Return the name that a word of SQL is."""
    return word[1:-1].replace('""', '"') if word.startswith('"') else word.lower()


def of_words(text: str) -> Used:
    """Return what a text names where each of its words may be a name of anything."""
    try:
        tokens = postgast().scan(text).tokens
    except postgast().PgQueryError:
        return Used()
    data, ident = text.encode(), postgast().pg_query_pb2.IDENT
    words = [data[one.start : one.end].decode() for one in tokens if one.token == ident]
    found = frozenset(map(plain_word, words))
    names = frozenset(Name(None, one) for one in found)
    calls = frozenset((name, ANY) for name in names)
    return Used(names, found, names, calls, whole=True)


def trees(language: str, text: str) -> Iterator[Any]:
    """Yield the trees of the SQL in a body. Raises SqlMistake where it is none."""
    if len(text) > MAX_BODY:
        return
    if is_standard(language, text):
        yield parse(STANDARD, text)
    elif language == "sql":
        yield statements_of(text)
    elif language == "plpgsql":
        for query in queries(parsed_plpgsql(text)):
            yield from tree_of(query)


def parsed_plpgsql(text: str) -> Any:
    """Return the tree of a body in PL/pgSQL. Raises PgQueryError and ValueError."""
    function = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS "
    try:
        return postgast().parse_plpgsql(function + dollar_quoted(text))
    except json.JSONDecodeError as error:
        # Variables like `tg_op` have one brace too many (libpg_query 18.0, its issue 337).
        return json.loads(error.doc.replace("{}},", "{},"))


def under(key: str, found: Any) -> Iterator[Any]:
    """Yield what stands behind a key anywhere in a tree of PL/pgSQL."""
    if isinstance(found, list):
        for one in found:
            yield from under(key, one)
    elif isinstance(found, dict):
        for name, value in found.items():
            if name == key:
                yield value
            else:
                yield from under(key, value)


def queries(found: Any) -> Iterator[str]:
    """Yield the queries and the types in a tree of PL/pgSQL, each as SQL."""
    if isinstance(found, list):
        for one in found:
            yield from queries(one)
    elif isinstance(found, dict):
        for key, value in found.items():
            if key == "query" and isinstance(value, str):
                yield value
            elif key == "typname":
                yield f"SELECT NULL::{value.lower().split('%')[0]}"
            else:
                yield from queries(value)


def tree_of(query: str) -> Iterator[Any]:
    """Yield the tree of a query, of an expression, or of what is assigned."""
    for text in (query, f"SELECT {query}", f"SELECT {query.partition(':=')[2]}"):
        try:
            yield statements_of(text)
        except SqlMistake:
            continue
        return


def of_nodes(nodes: list[tuple[str, Any]]) -> Used:
    """Return what the nodes of trees name."""
    nodes = list(nodes)
    relations, types, calls = set(), set(), set()
    columns: set[str] = set()
    texts: set[str] = set()
    constraints: set[tuple[Name, str]] = set()
    whole = False
    own_names: set[Name] = set()  # of common table expressions
    for _, node in nodes:
        match type(node).__name__:
            case "RangeVar":
                relations.add(Name(node.schemaname or None, node.relname))
            case "TypeName" if (name := name_of(node.names)) is not None:
                types.add(name)
            case "FuncCall" if (name := name_of(node.funcname)) is not None:
                calls.add((own(name), len(node.args)))
            case "CommonTableExpr":
                own_names.add(Name(None, node.ctename))
            case "A_Const" if node.HasField("sval"):
                texts.add(node.sval.sval)
            case "InsertStmt" if name := node.on_conflict_clause.infer.conname:
                table = node.relation
                constraints.add((Name(table.schemaname or None, table.relname), name))
        columns |= columns_of(node)
        whole |= takes_all(node)
    return Used(
        frozenset(relations - own_names),
        frozenset(columns),
        frozenset(types),
        frozenset(calls),
        frozenset(operators(nodes)),
        whole,
        frozenset(text_search.named(nodes)),
        texts=frozenset(texts),
        constraints=frozenset(constraints),
        in_texts=frozenset(relations_in_texts(nodes)),
    )


def columns_of(node: Any) -> set[str]:
    """Return the names of columns in a node."""
    match type(node).__name__:
        case "ColumnRef":
            return {one.string.sval for one in node.fields if one.HasField("string")}
        case "ResTarget" | "IndexElem" if node.name:
            return {node.name}
        case "JoinExpr":
            return {one.string.sval for one in node.using_clause}
        case "A_Indirection":
            steps = node.indirection
            return {one.string.sval for one in steps if one.HasField("string")}
    return set()


def takes_all(node: Any) -> bool:
    """Tell whether a node means all columns of a relation, without their names."""
    match type(node).__name__:
        case "ColumnRef":
            return any(one.HasField("a_star") for one in node.fields)
        case "JoinExpr":
            return bool(node.is_natural)
        case "InsertStmt":
            return not node.cols
    return False


def stripped(text: str) -> str:
    """Return a text without the empty lines around it."""
    lines = text.replace("\r\n", "\n").split("\n")
    while lines and not lines[0].strip():
        del lines[0]
    while lines and not lines[-1].strip():
        del lines[-1]
    return "\n".join(lines)
