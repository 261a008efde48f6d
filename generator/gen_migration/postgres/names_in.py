"""Names in an expression: what it may refer to. Pure."""

from __future__ import annotations

import contextlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration.postgres import names_in_texts, text_search
from gen_migration.postgres.expressions import parse_target
from gen_migration.postgres.names import Name, relation_of
from gen_migration.postgres.names_in_texts import constant_of
from gen_migration.postgres.operators import named as named_operator
from gen_migration.postgres.parser import name_of, walk
from gen_migration.postgres.queries import parsed, select_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


class Named(NamedTuple):
    """The names in an expression, as they stand there.

    `columns` holds the names of their tables as well, and `*` for all of one; `tables` are those
    of sub-selects; `relations` stand in texts (`nextval('a')`, `'a'::regclass`). What is
    PostgreSQL's own is among them.
    """

    columns: frozenset[str]
    tables: frozenset[Name]
    types: frozenset[Name]
    relations: tuple[Name, ...]
    functions: frozenset[Name]
    # With the number of arguments.
    calls: frozenset[tuple[Name, int]]
    collations: frozenset[Name]
    # Objects of text search, each with the space of its name.
    searching: frozenset[tuple[str, Name]]
    # With the number of operands, those behind other syntax too: `IN` is `=`.
    operators: frozenset[tuple[Name, int]]
    # Words that are called without brackets: `current_timestamp`.
    values: frozenset[str]

    def concerns(self, columns: Collection[str], types: Collection[Name]) -> bool:
        """Tell whether one of these columns, or of these types, is named."""
        return not (self.columns.isdisjoint(columns) and self.types.isdisjoint(types))


@lru_cache(maxsize=10_000)
def names_in(text: str) -> Named:
    """Return the names in an expression. Raises SqlMistake where it is none."""
    return named_in(walk(parse_target(text)[1]))


@lru_cache(maxsize=10_000)
def names_in_query(text: str) -> Named:
    """Return the names in a canonical query."""
    return named_in(walk(select_of(parsed(text))))


def is_of_a_row(node: Any) -> bool:
    """Tell whether a column is one of a trigger's or a rule's row: `new.a`."""
    return len(node.fields) > 1 and node.fields[0].string.sval in {"new", "old"}


def named_in(nodes: list[tuple[str, Any]]) -> Named:
    """Return the names in the nodes of a tree."""

    def names(kind: str, field: str) -> frozenset[Name]:
        found = (name_of(getattr(node, field)) for word, node in nodes if word == kind)
        return frozenset(one for one in found if one is not None)

    columns = (
        field.string.sval if field.HasField("string") else "*"
        for kind, node in nodes
        if kind == "column_ref"
        for field in node.fields[is_of_a_row(node) :]
    )
    common = {one.ctename for kind, one in nodes if kind == "common_table_expr"}
    return Named(
        columns=frozenset(columns),
        tables=frozenset(
            Name(one.schemaname or None, one.relname)
            for kind, one in nodes
            if kind == "range_var" and one.relname not in common
        ),
        types=names("type_name", "names"),
        relations=tuple(relations(nodes)),
        calls=frozenset(calls(nodes)),
        functions=frozenset(map(own, names("func_call", "funcname"))),
        collations=names("collate_clause", "collname"),
        searching=frozenset(text_search.named(nodes)),
        operators=frozenset(operators(nodes)),
        values=frozenset(
            value_called(node) for kind, node in nodes if kind == "sqlvalue_function"
        ),
    )


def value_called(node: Any) -> str:
    """Return the word of a value such as `current_timestamp`, whatever its precision."""
    words = node.DESCRIPTOR.fields_by_name["op"].enum_type.values_by_number
    found: str = words[node.op].name
    return found.removeprefix("SVFOP_").removesuffix("_N").lower()


def calls(nodes: list[tuple[str, Any]]) -> Iterator[tuple[Name, int]]:
    """Yield the functions that are called, with the numbers of their arguments."""
    for kind, node in nodes:
        if kind == "func_call" and (name := name_of(node.funcname)) is not None:
            yield own(name), len(node.args)


def operators(nodes: list[tuple[str, Any]]) -> Iterator[tuple[Name, int]]:
    """Yield the operators that are used, with the numbers of their operands."""
    for kind, node in nodes:
        match kind:
            case "a_expr":
                # Of BETWEEN, the parser keeps the word.
                word = node.name[-1].string.sval
                if "BETWEEN" in word:
                    yield from ((Name(None, one), 2) for one in BETWEEN)
                elif (name := name_of(node.name)) is not None:
                    yield own(name), 1 + node.HasField("lexpr")
            case "sub_link":
                # Without a name, it is that of IN.
                yield own(name_of(node.oper_name) or Name(None, "=")), 2
            case "sort_by" if (name := name_of(node.use_op)) is not None:
                yield own(name), 2
            case "case_expr" if node.HasField("arg"):
                yield Name(None, "="), 2
            case "type_cast" if is_of_operator(node):
                constant = constant_of(node.arg)
                text = "" if constant is None else constant.sval.sval
                name = named_operator(text.partition("(")[0])
                yield from ((name, count) for count in (1, 2) if name.name)
            case "join_expr" if node.is_natural or node.using_clause:
                yield Name(None, "="), 2


def is_of_operator(node: Any) -> bool:
    """Tell whether a cast makes an operator of a text: `'app.==='::regoper`."""
    return node.type_name.names[-1].string.sval in {"regoper", "regoperator"}


# What `a BETWEEN b AND c` is made of.
BETWEEN = (">=", "<=")


def own(name: Name) -> Name:
    """Return a name without the schema of what is PostgreSQL's own."""
    return Name(None, name.name) if name.schema == "pg_catalog" else name


def relations(nodes: list[tuple[str, Any]]) -> Iterator[Name]:
    """Yield the relations that texts of an expression name."""
    for constant in names_in_texts.relations(nodes):
        with contextlib.suppress(ValueError):
            yield relation_of(constant.sval.sval)
