"""Elements of indexes and of exclusion constraints in PostgreSQL's own syntax."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gen_migration.model.schema import Element, ExcludeElement
from gen_migration.postgres.expressions import (
    SELECT,
    Expression,
    SqlMistake,
    name_of,
    parse,
    parse_expression,
    postgast,
    references_of,
)
from gen_migration.postgres.names import quote_name

INDEX = "CREATE INDEX ON t ("
EXCLUDE = "ALTER TABLE t ADD EXCLUDE USING gist ("


def parse_element(text: str) -> tuple[Element, Expression | None]:
    """Return an element of an index in PostgreSQL's syntax, and its expression if it has one.

    Source: the manual, CREATE INDEX. Raises SqlMistake.
    """
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
    expression = None
    if node.HasField("expr"):
        tree = postgast().parse("SELECT 1")
        tree.stmts[0].stmt.select_stmt.target_list[0].res_target.val.CopyFrom(node.expr)
        canonical_text = postgast().deparse(tree).removeprefix(SELECT)
        references = references_of(node.expr, text, prefix)
        expression = replace(parse_expression(canonical_text), references=references)
    parameters = {}
    for option in node.opclassopts:
        argument = option.def_elem.arg
        kind = argument.WhichOneof("node")
        if kind not in {"integer", "float", "string"}:
            name = option.def_elem.defname
            raise SqlMistake(
                f"the parameter {name} of an operator class has no plain value",
                f"write {name}=32",
                0,
            )
        value = getattr(argument, kind)
        parameters[option.def_elem.defname] = str(
            value.ival
            if kind == "integer"
            else getattr(value, "sval", "") or value.fval
        )
    descending = node.ordering == SORTBY_DESC
    nulls = {NULLS_FIRST: True, NULLS_LAST: False}.get(node.nulls_ordering, descending)
    return (
        Element(
            column=node.name or None,
            expression=expression.sql if expression else None,
            collation=name_of(node.collation),
            opclass=name_of(node.opclass),
            opclass_parameters=parameters,
            descending=descending,
            nulls_first=nulls,
        ),
        expression,
    )


SORTBY_DESC = 3  # pg_query_pb2.SORTBY_DESC
NULLS_FIRST, NULLS_LAST = 2, 3  # pg_query_pb2.SORTBY_NULLS_FIRST, …_LAST
