"""Parts of constraints and indexes: names, columns, elements, parameters, when they are checked."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.base.errors import nearest, quoted
from gen_migration.model.schema import Element
from gen_migration.postgres.parser import SqlMistake
from gen_migration.spec.build.expressions import of_body, unknown_references
from gen_migration.sql.elements import parse_element

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from gen_migration.model.schema import Constraint, Index
    from gen_migration.postgres.expressions import Expression
    from gen_migration.spec.build.context import Body, Spot
    from gen_migration.spec.shape_constraints import ElementShape

    # A constraint or an index, and what makes its name where the spec gives none; None when it is
    # reported.
    Made = tuple[Constraint | Index, Callable[[], str]] | None


class Parts:
    """The constraints or indexes of one table while they are collected: no name twice."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.found: dict[str, Any] = {}

    def add(self, name: str, value: Any, at: Spot, shape: Any = None) -> None:
        """Add a constraint or an index that stands at a place, with its shape where it has one."""
        if not at.identifier(name):
            return
        if name in self.found:
            at.wrong_key(
                f"the name {quoted(name)} stands twice in this table",
                "give one of the two another name; in a list, where names are left out,"
                " write a mapping instead: name: …",
            )
        self.found[name] = value
        build, key = self.body.build, (self.body.name, name)
        build.spots[key] = at
        if shape is not None:
            build.parts[key] = shape


def named(
    shapes: Mapping[str, Any] | Sequence[Any], at: Spot
) -> Iterator[tuple[str | None, Any, Spot]]:
    """Yield name (None in a list), shape and place of objects that may leave their names out."""
    pairs = shapes.items() if isinstance(shapes, dict) else enumerate(shapes)
    for key, shape in pairs:
        yield (key if isinstance(key, str) else None), shape, at / key


def collect(
    found: Parts, makers: Mapping[str, Callable[[Body, Any, Spot], Made]]
) -> None:
    """Add what is written under some keys of a table, made by their functions.

    What is named by nobody has the convention's name.
    """
    body = found.body
    for key, make in makers.items():
        for name, shape, at in named(getattr(body.shape, key), body.at / key):
            made = make(body, shape, at)
            if made is not None:
                value, convention = made
                found.add(convention() if name is None else name, value, at, shape)


def unknown_column(body: Body, column: str, at: Spot) -> None:
    """Report a column that a table does not have."""
    hint = nearest(column, body.columns) or "write a column of this table"
    at.wrong(f"unknown column {quoted(column)}", hint)


def known_columns(
    body: Body, columns: Iterable[str], at: Spot, *below: str
) -> tuple[str, ...]:
    """Return those of the columns that the table has, and report the others, below a place."""
    result: list[str] = []
    for index, column in enumerate(columns):
        if column in body.columns:
            result.append(column)
        elif not body.build.is_broken((*body.at.path, "columns", column)):
            unknown_column(body, column, at.under(*below, index))
    if len({*result}) < len(result):
        twice = [column for column, count in Counter(result).items() if count > 1]
        for column in twice:
            message = f"column {quoted(column)} stands twice"
            at.under(*below).wrong(message, "remove one of the two")
    return tuple(result)


def where(body: Body, text: str | None, at: Spot) -> str | None:
    """Return the condition of rows, as SQL."""
    found = None if text is None else of_body(body, text, at / "where")
    return None if found is None else found.sql


MAX_ELEMENT = 200  # characters; longer ones are the parser's
SIMPLE_ELEMENT = re.compile(
    r"(?P<column>.+?)(?:\s+(?P<order>asc|desc))?(?:\s+nulls\s+(?P<nulls>first|last))?",
    re.IGNORECASE | re.DOTALL,
)


def element_of(
    body: Body, shape: ElementShape, at: Spot
) -> tuple[Element | None, list[str]]:
    """Return an element of an index, and the columns in it; None when it is reported."""
    text = shape.sql
    if text is None:
        return long_element(body, shape, at)
    if text in body.columns:
        return Element(column=text), [text]
    match = SIMPLE_ELEMENT.fullmatch(text) if len(text) < MAX_ELEMENT else None
    if match is not None and match["column"] in body.columns:
        # The most common elements need no parser.
        column, descending = match["column"], (match["order"] or "").lower() == "desc"
        first = match["nulls"].lower() == "first" if match["nulls"] else descending
        found = Element(column=column, descending=descending, nulls_first=first)
        return found, [column]
    try:
        parsed, expression = parse_element(text)
    except SqlMistake as mistake:
        (at / "sql").wrong_sql(mistake)
        return None, []
    return element_columns(body, parsed, expression, at / "sql")


def element_columns(
    body: Body, element: Element, expression: Expression | None, at: Spot
) -> tuple[Element | None, list[str]]:
    """Return an element that was parsed, and the columns in it; None when it is reported."""
    if expression is not None:
        unknown_references(at, expression, body.columns, body.name.name)
        return as_column(element, expression, body), columns_of(expression)
    column = element.column or ""
    if column in body.columns:
        return element, [column]
    unknown_column(body, column, at)
    return None, []


def columns_of(expression: Expression) -> list[str]:
    """Return the columns that an expression names."""
    return [reference.parts[-1] for reference in expression.references]


def as_column(element: Element, found: Expression | None, body: Body) -> Element:
    """Return an element that PostgreSQL keeps as a column as one: `(a)`, `(t.a COLLATE "C")`."""
    column = None if found is None else found.column
    if found is None or not column or column[:-1] not in {(), (body.name.name,)}:
        return element
    collation = element.collation or found.collation
    return replace(element, column=column[-1], expression=None, collation=collation)


def long_element(
    body: Body, shape: ElementShape, at: Spot
) -> tuple[Element | None, list[str]]:
    """Return an element that is written by its keys; None when it is reported."""
    found = None
    if shape.column is not None:
        if shape.column not in body.columns:
            unknown_column(body, shape.column, at / "column")
            return None, []
    else:
        found = of_body(body, shape.expression or "", at / "expression")
        if found is None:
            return None, []
    descending = shape.order == "desc"
    names = {
        key: (at / key).text_name(text)
        for key in ("collation", "opclass")
        if (text := getattr(shape, key)) is not None
    }
    given = shape.opclass_parameters
    element = Element(
        column=shape.column,
        expression=None if found is None else found.sql,
        **names,
        opclass_parameters=parameters(given, at, "opclass_parameters"),
        descending=descending,
        nulls_first=descending if shape.nulls is None else shape.nulls == "first",
    )
    used = [shape.column] if shape.column is not None else []
    return as_column(element, found, body), columns_of(found) if found else used


PARAMETER = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?", re.ASCII)
WORD = re.compile(r"[A-Za-z0-9_.+-]+", re.ASCII)


def parameters(values: Mapping[str, Any], at: Spot, *below: str) -> dict[str, str]:
    """Return storage parameters, which stand below a place, as SQL words (manual, CREATE TABLE)."""
    result = {}
    for key, value in values.items():
        if isinstance(value, bool):
            text = "true" if value else "false"
        else:
            text = format(value, "f") if isinstance(value, Decimal) else str(value)
        if not PARAMETER.fullmatch(key):
            at.under(*below, key).wrong_key(
                f"{quoted(key)} is no storage parameter", "a name such as fillfactor"
            )
        elif not WORD.fullmatch(text):
            at.under(*below, key).wrong(
                f"{quoted(text)} is no value", "a number or a word"
            )
        else:
            result[key] = text
    return result


def deferral(shape: Any) -> dict[str, Any]:
    """Return when a constraint is checked."""
    deferred = shape.initially_deferred
    return {
        "deferrable": shape.deferrable or deferred,
        "initially_deferred": deferred,
    }


def validity(shape: Any, at: Spot) -> dict[str, Any]:
    """Return whether a constraint is checked at all, and of rows that are there."""
    if shape.not_enforced:
        (at / "not_enforced").need(18, "NOT ENFORCED")
    return {
        # PostgreSQL 18 marks a constraint that is not enforced as not valid as well.
        "not_valid": shape.not_valid or shape.not_enforced,
        "not_enforced": shape.not_enforced,
    }
