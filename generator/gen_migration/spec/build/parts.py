"""Parts of constraints and indexes: names, columns, elements, parameters."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import nearest
from gen_migration.model.schema import Element
from gen_migration.postgres.expressions import SqlMistake
from gen_migration.spec.build.columns import expression, unknown_references
from gen_migration.sql.elements import parse_element

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gen_migration.base.errors import Place
    from gen_migration.postgres.expressions import Expression
    from gen_migration.postgres.names import Name
    from gen_migration.spec.build.context import Body, Build
    from gen_migration.spec.shape_constraints import ElementShape


class Parts:
    """The constraints or indexes of one table while they are collected: no name twice."""

    def __init__(self, state: Build, body: Body) -> None:
        self.state = state
        self.body = body
        self.found: dict[str, Any] = {}

    def add(self, name: str, value: Any, path: Place) -> None:
        if not self.state.identifier(name, *path):
            return
        if name in self.found:
            self.state.problem(
                f'the name "{name}" stands twice in this table',
                *path,
                hint="give one of the two another name; in a list, where names are left out,"
                " write a mapping instead: name: …",
                at_key=True,
            )
        self.found[name] = value
        self.state.places[self.body.name, name] = path


def named(
    shapes: Mapping[str, Any] | Sequence[Any], path: Place
) -> Iterator[tuple[str | None, Any, Place]]:
    """Yield name (None in a list), shape and path of objects that may leave their names out."""
    pairs = shapes.items() if isinstance(shapes, dict) else enumerate(shapes)
    for key, shape in pairs:
        yield (key if isinstance(key, str) else None), shape, (*path, key)


def known_columns(
    state: Build, body: Body, columns: Iterable[str], path: Place
) -> tuple[str, ...]:
    """Return those of the columns that the table has, and report the others."""
    result = []
    for index, column in enumerate(columns):
        if column in body.columns:
            result.append(column)
        elif not state.is_broken((*body.path, "columns", column)):
            state.problem(
                f'unknown column "{column}"',
                *path,
                index,
                hint=nearest(column, body.columns) or "write a column of this table",
            )
    for column, count in Counter(result).items():
        if count > 1:
            state.problem(
                f'column "{column}" stands twice', *path, hint="remove one of the two"
            )
    return tuple(result)


def where(state: Build, body: Body, text: str | None, path: Place) -> str | None:
    if text is None:
        return None
    sql = expression(state, text, body.columns, (*path, "where"), body.name.name)
    return None if sql is None else sql.sql


MAX_ELEMENT = 200  # characters; longer ones are the parser's
SIMPLE_ELEMENT = re.compile(
    r"(?P<column>.+?)(?:\s+(?P<order>asc|desc))?(?:\s+nulls\s+(?P<nulls>first|last))?",
    re.IGNORECASE | re.DOTALL,
)


def element_of(
    state: Build, body: Body, shape: ElementShape, path: Place
) -> tuple[Element | None, list[str]]:
    """Return an element of an index, and the columns in it; None when it is reported."""
    if shape.sql is None:
        return long_element(state, body, shape, path)
    if shape.sql in body.columns:
        return Element(column=shape.sql), [shape.sql]
    match = (
        SIMPLE_ELEMENT.fullmatch(shape.sql) if len(shape.sql) < MAX_ELEMENT else None
    )
    if match is not None and match["column"] in body.columns:
        # The most common elements need no parser.
        descending = (match["order"] or "asc").lower() == "desc"
        first = match["nulls"].lower() == "first" if match["nulls"] else descending
        column = match["column"]
        return Element(column=column, descending=descending, nulls_first=first), [
            column
        ]
    try:
        parsed, expr = parse_element(shape.sql)
    except SqlMistake as mistake:
        state.sql_problem(mistake, *path, "sql")
        return None, []
    return element_columns(state, body, parsed, expr, (*path, "sql"))


def element_columns(
    state: Build, body: Body, element: Element, expr: Any, path: Place
) -> tuple[Element | None, list[str]]:
    if expr is not None:
        unknown_references(state, expr, body.columns, path, body.name.name)
        used = [reference.parts[-1] for reference in expr.references]
        return as_column(element, expr, body), used
    column = element.column or ""
    if column not in body.columns:
        state.problem(
            f'unknown column "{column}"',
            *path,
            hint=nearest(column, body.columns) or "write a column of this table",
        )
        return None, []
    return element, [column]


def as_column(element: Element, expr: Expression | None, body: Body) -> Element:
    """Return an element that PostgreSQL keeps as a column as one: `(a)`, `(t.a COLLATE "C")`."""
    if (
        expr is None
        or expr.column is None
        or expr.column[:-1] not in {(), (body.name.name,)}
    ):
        return element
    return replace(
        element,
        column=expr.column[-1],
        expression=None,
        collation=element.collation or expr.collation,
    )


def long_element(
    state: Build, body: Body, shape: ElementShape, path: Place
) -> tuple[Element | None, list[str]]:
    columns: list[str] = []
    sql = found = None
    if shape.column is not None:
        if shape.column not in body.columns:
            state.problem(
                f'unknown column "{shape.column}"',
                *path,
                "column",
                hint=nearest(shape.column, body.columns)
                or "write a column of this table",
            )
            return None, []
        columns.append(shape.column)
    else:
        found = expression(
            state,
            shape.expression or "",
            body.columns,
            (*path, "expression"),
            body.name.name,
        )
        if found is None:
            return None, []
        sql = found.sql
        columns += [reference.parts[-1] for reference in found.references]
    descending = shape.order == "desc"
    element = Element(
        column=shape.column,
        expression=sql,
        collation=optional_name(state, shape.collation, *path, "collation"),
        opclass=optional_name(state, shape.opclass, *path, "opclass"),
        opclass_parameters=parameters(
            state, shape.opclass_parameters, (*path, "opclass_parameters")
        ),
        descending=descending,
        nulls_first=descending if shape.nulls is None else shape.nulls == "first",
    )
    return as_column(element, found, body), columns


def optional_name(state: Build, text: str | None, *path: str | int) -> Name | None:
    return None if text is None else state.text_name(text, *path)


PARAMETER = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?", re.ASCII)
WORD = re.compile(r"[A-Za-z0-9_.+-]+", re.ASCII)


def parameters(state: Build, values: Mapping[str, Any], path: Place) -> dict[str, str]:
    """Return storage parameters as SQL words (manual, CREATE TABLE)."""
    result = {}
    for key, value in values.items():
        if isinstance(value, bool):
            text = "true" if value else "false"
        else:
            text = format(value, "f") if isinstance(value, Decimal) else str(value)
        if not PARAMETER.fullmatch(key):
            state.problem(
                f'"{key}" is no storage parameter',
                *path,
                key,
                hint="a name such as fillfactor",
                at_key=True,
            )
        elif not WORD.fullmatch(text):
            state.problem(
                f'"{text}" is no value', *path, key, hint="a number or a word"
            )
        else:
            result[key] = text
    return result
