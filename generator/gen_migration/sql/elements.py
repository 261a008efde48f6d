"""Elements of indexes and of exclusion constraints in PostgreSQL's own syntax."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from gen_migration.base.data_class import replace
from gen_migration.model.schema import Element, ExcludeElement
from gen_migration.postgres.expressions import (
    Expression,
    deparsed,
    parse_expression,
    references_of,
)
from gen_migration.postgres.names import quote_name
from gen_migration.postgres.parser import SqlMistake, name_of, parse

INDEX = "CREATE INDEX ON t ("
EXCLUDE = "ALTER TABLE t ADD EXCLUDE USING gist ("


# A column and its order, as revisions have them: the most common elements need no parser.
PLAIN = re.compile(r"([a-z_][a-z0-9_]*)( DESC)?(?: NULLS (FIRST|LAST))?")


@lru_cache(maxsize=1000)
def parse_element(text: str) -> tuple[Element, Expression | None]:
    """Return an element of an index in PostgreSQL's syntax, and its expression if it has one.

    Source: the manual, CREATE INDEX. Raises SqlMistake.
    """
    if (plain := PLAIN.fullmatch(text)) and quote_name(plain[1]) == plain[1]:
        descending = plain[2] is not None
        first = plain[3] == "FIRST" if plain[3] else descending
        column = Element(column=plain[1], descending=descending, nulls_first=first)
        return column, None
    statement = parse(INDEX, text, "\n)").stmts[0].stmt
    params = statement.index_stmt.index_params
    fields = {field.name for field, _ in statement.index_stmt.ListFields()}
    if fields - {"relation", "access_method", "index_params"} or len(params) != 1:
        raise SqlMistake("this is not one element of an index", ELEMENT, 0)
    return element(params[0].index_elem, text, INDEX)


ELEMENT = "write a column or an expression, such as: created_at desc"


def parse_exclude_element(text: str) -> tuple[ExcludeElement, Expression | None]:
    """Return an element of an exclusion constraint, such as `room with =`.

    Source: the manual, CREATE TABLE, `exclude_element`. Raises SqlMistake.
    """
    hint = "write an element and its operator, such as: room with ="
    statement = parse(EXCLUDE, text, "\n)").stmts[0].stmt
    commands = statement.alter_table_stmt.cmds
    constraint = getattr(commands[0].alter_table_cmd, "def").constraint
    fields = {field.name for field, _ in constraint.ListFields()}
    if len(commands) != 1 or len(constraint.exclusions) != 1 or fields - EXCLUDE_FIELDS:
        raise SqlMistake("this is not one element of an exclusion constraint", hint, 0)
    item, operator = constraint.exclusions[0].list.items
    found, expression = element(item.index_elem, text, EXCLUDE)
    names = [part.string.sval for part in operator.list.items]
    return ExcludeElement(element=found, operator=operator_sql(names)), expression


EXCLUDE_FIELDS = frozenset(("contype", "exclusions", "access_method", "location"))


def parse_operator(text: str) -> str:
    """Return an operator as SQL: `&&`, or `OPERATOR(schema.&&)`. Raises SqlMistake."""
    return parse_exclude_element(f"c WITH {text}")[0].operator


def operator_sql(names: list[str]) -> str:
    if names[1:]:
        return f"OPERATOR({'.'.join(quote_name(n) for n in names[:-1])}.{names[-1]})"
    return names[0]


def element(node: Any, text: str, prefix: str) -> tuple[Element, Expression | None]:
    """Return an `IndexElem` that stood in `text`, parsed behind `prefix`, and its expression."""
    expression = None
    if node.HasField("expr"):
        references = references_of(node.expr, text, prefix)
        found = parse_expression(deparsed(node.expr))
        expression = replace(found, references=references)
    descending = node.ordering == SORTBY_DESC
    nulls = {NULLS_FIRST: True, NULLS_LAST: False}.get(node.nulls_ordering, descending)
    return (
        Element(
            column=node.name or None,
            expression=expression.sql if expression else None,
            collation=name_of(node.collation),
            opclass=name_of(node.opclass),
            opclass_parameters=dict(map(parameter, node.opclassopts)),
            descending=descending,
            nulls_first=nulls,
        ),
        expression,
    )


def parameter(node: Any) -> tuple[str, str]:
    """Return a parameter of an operator class, and its value. Raises SqlMistake."""
    name, argument = node.def_elem.defname, node.def_elem.arg
    match argument.WhichOneof("node"):
        case "integer":
            return name, str(argument.integer.ival)
        case "float":
            return name, str(argument.float.fval)
        case "string":
            return name, str(argument.string.sval)
    raise SqlMistake(
        f"the parameter {name} of an operator class has no plain value",
        f"write {name}=32",
        0,
    )


SORTBY_DESC = 3  # pg_query_pb2.SORTBY_DESC
NULLS_FIRST, NULLS_LAST = 2, 3  # pg_query_pb2.SORTBY_NULLS_FIRST, …_LAST
