"""The keys, checks and exclusion constraints of a spec's tables; all constraints by name."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import quoted
from gen_migration.model import schema as model
from gen_migration.postgres.parser import SqlMistake
from gen_migration.spec.build import parts
from gen_migration.spec.build.columns import not_plain
from gen_migration.spec.build.expressions import of_body
from gen_migration.spec.build.foreign_keys import foreign_key, reference
from gen_migration.spec.build.parts import deferral, validity
from gen_migration.sql.elements import parse_exclude_element, parse_operator

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gen_migration.spec import shape_constraints as shapes
    from gen_migration.spec.build.context import Body, Spot
    from gen_migration.spec.column_shapes import ColumnShape


def constraints(body: Body) -> dict[str, model.Constraint]:
    """Return the constraints of a table by name: those of its columns, then its own."""
    found = parts.Parts(body)
    primary_key(body, found)
    if body.parent is None:
        of_columns(body, found)
    parts.collect(found, MAKERS)
    names_of_not_null(body, found.found)
    return found.found


def names_of_not_null(body: Body, found: Mapping[str, model.Constraint]) -> None:
    """Report names that two constraints of a table would have; a partition has its parent's too."""
    written = {
        key
        for key in body.columns
        if key in body.declared or "not_null" in body.own.get(key, {})
    }
    taken = set(found) | {
        column.not_null for key, column in body.columns.items() if key not in written
    }
    for key, column in body.columns.items():
        if key not in written or column.not_null is None:
            continue
        if column.not_null in taken:
            (body.at / "columns" / key / "not_null").wrong(
                f"the name {quoted(column.not_null)} stands twice in this table",
                "give one of the two constraints another name",
            )
        taken.add(column.not_null)


def primary_key(body: Body, found: parts.Parts) -> None:
    """Add the primary key, which stands at a column or at the table."""
    shape, at = body.shape.primary_key, body.at / "primary_key"
    columns = getattr(body.shape, "columns", {}) if body.parent is None else {}
    marked = [name for name, column in columns.items() if column.primary_key]
    if marked[1:]:
        (body.at / "columns" / marked[1] / "primary_key").wrong_key(
            "a second primary key",
            f"for a key of several columns write: primary_key: [{', '.join(marked)}]",
        )
    if shape is not None and marked:
        at.wrong_key(
            f"a second primary key; column {quoted(marked[0])} is one already",
            "remove one of the two",
        )
    name = body.naming.primary_key_name(body.name.name)
    if shape is not None:
        key = model.PrimaryKey(**key_values(body, shape, at))
        name = name if shape.name is None else shape.name
    elif marked:
        at = body.at / "columns" / marked[0] / "primary_key"
        key = model.PrimaryKey(columns=(marked[0],))
    else:
        return
    # Of a partition, PostgreSQL makes the columns NOT NULL that its parent lets be NULL.
    for column in key.columns if body.parent is None else ():
        if column not in body.columns:
            continue
        if body.columns[column].nullable:
            at.wrong_key(
                f"column {quoted(column)} of a primary key is nullable",
                f'remove "nullable: true" from column {quoted(column)}',
            )
        forbids = columns[column].not_null if column in columns else None
        if forbids is not None:
            place = body.at / "columns" / column / "not_null"
            not_plain(place, forbids, "a column of a primary key")
    found.add(name, key, at, shape)


def of_columns(body: Body, found: parts.Parts) -> None:
    """Add the constraints that are written at columns."""
    at = body.at / "columns"
    for name, shape in body.shape.columns.items():  # type: ignore[attr-defined]
        if name in body.columns and not OF_COLUMN.isdisjoint(shape.written):
            of_column(body, name, shape, at / name, found)


OF_COLUMN = frozenset(("unique", "references", "on_delete", "on_update", "check"))


def of_column(
    body: Body, name: str, shape: ColumnShape, at: Spot, found: parts.Parts
) -> None:
    """Add the constraints that are written at a column."""
    table = body.name.name
    if shape.unique:
        convention = body.naming.unique_name(table, (name,))
        found.add(convention, model.Unique(columns=(name,)), at / "unique")
    if shape.references is not None:
        reference(body, name, shape, at, found)
    for key in ("on_delete", "on_update") if shape.references is None else ():
        if getattr(shape, key) is not None:
            (at / key).wrong_key(
                f'{quoted(key)} without "references"', "add references: table.column"
            )
    sql = of_body(body, shape.check, at / "check") if shape.check else None
    if sql is not None:
        check = model.Check(expression=sql.sql)
        found.add(body.naming.check_name(table, (name,)), check, at / "check")


def key_values(body: Body, shape: shapes.KeyShape, at: Spot) -> dict[str, Any]:
    """Return what a primary key and a unique constraint have in common."""
    columns = parts.known_columns(body, shape.columns, at, "columns")
    if shape.without_overlaps:
        place = at / "without_overlaps"
        place.need(18, "WITHOUT OVERLAPS")
        if len(shape.columns) < 2:
            place.wrong_key(
                "WITHOUT OVERLAPS needs a column beside the range",
                "write the columns that are equal, then the range",
            )
    return {
        "columns": columns,
        "include": parts.known_columns(body, shape.include, at, "include"),
        "without_overlaps": shape.without_overlaps,
        "comment": shape.comment or None,
        **deferral(shape),
        **index_settings(body, shape, at),
    }


def index_settings(body: Body, shape: shapes.IndexedShape, at: Spot) -> dict[str, Any]:
    """Return the settings of the index of a constraint."""
    written = [
        key for key in ("storage_parameters", "tablespace") if getattr(shape, key)
    ]
    if body.shape.partition_by is not None:
        for key in written:
            (at / key).wrong_key(
                "a key of a partitioned table holds no rows",
                "write it at its partitions",
            )
        return {"index_comment": shape.index_comment}
    if shape.tablespace is not None:
        (at / "tablespace").identifier(shape.tablespace, at_key=False)
    given = shape.storage_parameters
    return {
        "storage_parameters": parts.parameters(given, at, "storage_parameters"),
        "tablespace": shape.tablespace,
        "index_comment": shape.index_comment,
    }


def unique(body: Body, shape: shapes.UniqueShape, at: Spot) -> parts.Made:
    """Return a unique constraint."""
    values = key_values(body, shape, at)
    nulls = shape.nulls_not_distinct
    if nulls:
        (at / "nulls_not_distinct").need(15, "NULLS NOT DISTINCT")
    made = model.Unique(**values, nulls_not_distinct=nulls)
    return made, partial(body.naming.unique_name, body.name.name, made.columns)


def check(body: Body, shape: shapes.CheckShape, at: Spot) -> parts.Made:
    """Return a check; None when it is reported."""
    checked = validity(shape, at)
    sql = of_body(body, shape.expression, at / "expression")
    if sql is None:
        return None
    made = model.Check(
        expression=sql.sql,
        no_inherit=shape.no_inherit,
        comment=shape.comment or None,
        **checked,
    )
    columns = dict.fromkeys(parts.columns_of(sql))
    return made, partial(body.naming.check_name, body.name.name, columns)


def exclude(body: Body, shape: shapes.ExcludeShape, at: Spot) -> parts.Made:
    """Return an exclusion constraint, with those of its elements that are right."""
    elements, columns = [], []
    for index, item in enumerate(shape.elements):
        found, used = exclude_element(body, item, at / "elements" / index)
        columns += used
        if found is not None:
            elements.append(found)
    made = model.Exclude(
        method=shape.method.lower(),
        elements=tuple(elements),
        include=parts.known_columns(body, shape.include, at, "include"),
        where=parts.where(body, shape.where, at),
        comment=shape.comment or None,
        **deferral(shape),
        **index_settings(body, shape, at),
    )
    read = dict.fromkeys(columns)
    return made, partial(body.naming.exclude_name, body.name.name, read)


def exclude_element(
    body: Body, shape: shapes.ExcludeElementShape, at: Spot
) -> tuple[model.ExcludeElement | None, list[str]]:
    """Return an element with its operator, and the columns in it; None when it is reported."""
    is_whole = shape.sql is not None and shape.with_ is None
    operator = element = None
    used: list[str] = []
    try:
        if is_whole:
            parsed, expression = parse_exclude_element(shape.sql or "")
            operator, at_sql = parsed.operator, at / "sql"
            element, used = parts.element_columns(
                body, parsed.element, expression, at_sql
            )
        else:
            element, used = parts.element_of(body, shape, at)
            operator = parse_operator(shape.with_) if shape.with_ else None
    except SqlMistake as mistake:
        (at / ("sql" if is_whole else "with")).wrong_sql(mistake)
        return None, []
    if operator is None:
        at.wrong('missing key "with"', 'write the operator: with: "="')
    if operator is None or element is None:
        return None, used
    return model.ExcludeElement(element=element, operator=operator), used


MAKERS: dict[str, Callable[[Body, Any, Spot], parts.Made]] = {
    "uniques": unique,
    "foreign_keys": foreign_key,
    "checks": check,
    "excludes": exclude,
}
