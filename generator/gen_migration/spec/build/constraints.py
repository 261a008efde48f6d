"""The keys and constraints of a spec's tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gen_migration.model import naming
from gen_migration.model.schema import (
    Check,
    Constraint,
    Exclude,
    ExcludeElement,
    ForeignKey,
    PrimaryKey,
    Unique,
)
from gen_migration.postgres.expressions import SqlMistake
from gen_migration.postgres.names import Name, split_name
from gen_migration.spec.build.columns import expression
from gen_migration.spec.build.parts import (
    Parts,
    element_columns,
    element_of,
    known_columns,
    named,
    where,
)
from gen_migration.sql.elements import parse_exclude_element, parse_operator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.base.errors import Place
    from gen_migration.spec.build.context import Body, Build
    from gen_migration.spec.shape_constraints import (
        CheckShape,
        ExcludeShape,
        ForeignKeyShape,
        KeyShape,
        TargetShape,
    )


def constraints(state: Build, body: Body) -> dict[str, Constraint]:
    """Return the constraints of a table by name: those of its columns, then its own."""
    found = Parts(state, body)
    table, path = body.name.name, body.path
    primary_key(state, body, found)
    if body.parent is None:
        of_columns(state, body, found)
    for name, shape, place in named(body.shape.uniques, (*path, "uniques")):
        columns = key_columns(state, body, shape, place)
        if shape.nulls_not_distinct:
            state.need(15, "NULLS NOT DISTINCT", *place, "nulls_not_distinct")
        unique = Unique(
            columns=columns,
            include=known_columns(state, body, shape.include, (*place, "include")),
            nulls_not_distinct=shape.nulls_not_distinct,
            deferrable=shape.deferrable or shape.initially_deferred,
            initially_deferred=shape.initially_deferred,
            without_overlaps=shape.without_overlaps,
            comment=shape.comment or None,
        )
        found.add(
            name if name is not None else naming.unique_name(table, columns),
            unique,
            place,
        )
    for name, shape, place in named(body.shape.foreign_keys, (*path, "foreign_keys")):
        key = foreign_key(state, body, shape, place)
        if key is not None:
            convention = naming.foreign_key_name(
                table, key.columns, key.referred_table.name
            )
            found.add(name if name is not None else convention, key, place)
    for name, shape, place in named(body.shape.checks, (*path, "checks")):
        check_of(state, body, name, shape, place, found)
    for name, shape, place in named(body.shape.excludes, (*path, "excludes")):
        exclude_of(state, body, name, shape, place, found)
    names_of_not_null(state, body, found.found)
    return found.found


def names_of_not_null(
    state: Build, body: Body, found: Mapping[str, Constraint]
) -> None:
    """Report names that two constraints of a table would have; a partition has its parent's too."""
    written = {
        key
        for key in body.columns
        if body.parent is None or "not_null" in body.own.get(key, {})
    }
    taken = set(found) | {
        column.not_null for key, column in body.columns.items() if key not in written
    }
    for key, column in body.columns.items():
        if key not in written or column.not_null is None:
            continue
        if column.not_null in taken:
            state.problem(
                f'the name "{column.not_null}" stands twice in this table',
                *(*body.path, "columns", key, "not_null"),
                hint="give one of the two constraints another name",
            )
        taken.add(column.not_null)


def primary_key(state: Build, body: Body, found: Parts) -> None:
    shape, path = body.shape.primary_key, body.path
    columns = getattr(body.shape, "columns", {}) if body.parent is None else {}
    marked = [name for name, column in columns.items() if column.primary_key]
    if marked[1:]:
        state.problem(
            "a second primary key",
            *(*path, "columns", marked[1], "primary_key"),
            hint=f"for a key of several columns write: primary_key: [{', '.join(marked)}]",
            at_key=True,
        )
    if shape is not None and marked:
        state.problem(
            f'a second primary key; column "{marked[0]}" is one already',
            *(*path, "primary_key"),
            hint="remove one of the two",
            at_key=True,
        )
    if shape is not None:
        place = (*path, "primary_key")
        key = PrimaryKey(
            columns=key_columns(state, body, shape, place),
            include=known_columns(state, body, shape.include, (*place, "include")),
            deferrable=shape.deferrable or shape.initially_deferred,
            initially_deferred=shape.initially_deferred,
            without_overlaps=shape.without_overlaps,
            comment=shape.comment or None,
        )
        name = (
            shape.name
            if shape.name is not None
            else naming.primary_key_name(body.name.name)
        )
    elif marked:
        place = (*path, "columns", marked[0], "primary_key")
        key = PrimaryKey(columns=(marked[0],))
        name = naming.primary_key_name(body.name.name)
    else:
        return
    # Of a partition, PostgreSQL makes the columns NOT NULL that its parent lets be NULL.
    for column in key.columns if body.parent is None else ():
        if column in body.columns and body.columns[column].nullable:
            state.problem(
                f'column "{column}" of a primary key is nullable',
                *place,
                hint=f'remove "nullable: true" from column "{column}"',
                at_key=True,
            )
    found.add(name, key, place)


def of_columns(state: Build, body: Body, found: Parts) -> None:
    """Add the constraints that are written at a column."""
    table = body.name.name
    for name, shape in body.shape.columns.items():  # type: ignore[attr-defined]
        path = (*body.path, "columns", name)
        if name not in body.columns:
            continue
        if shape.unique:
            found.add(
                naming.unique_name(table, (name,)),
                Unique(columns=(name,)),
                (*path, "unique"),
            )
        if shape.references is not None:
            target = target_of(state, shape.references, (*path, "references"))
            if target is not None:
                key = ForeignKey(
                    columns=(name,),
                    referred_table=target[0],
                    referred_columns=target[1],
                    **actions(state, body, shape, path),
                )
                convention = naming.foreign_key_name(table, (name,), target[0].name)
                found.add(convention, key, (*path, "references"))
        else:
            for key_name in ("on_delete", "on_update"):
                if getattr(shape, key_name) is not None:
                    state.problem(
                        f'"{key_name}" without "references"',
                        *path,
                        key_name,
                        hint="add references: table.column",
                        at_key=True,
                    )
        if shape.check is not None:
            sql = expression(state, shape.check, body.columns, (*path, "check"), table)
            if sql is not None:
                check = Check(expression=sql.sql)
                found.add(naming.check_name(table, name), check, (*path, "check"))


def key_columns(
    state: Build, body: Body, shape: KeyShape, path: Place
) -> tuple[str, ...]:
    columns = known_columns(state, body, shape.columns, (*path, "columns"))
    if shape.without_overlaps:
        state.need(18, "WITHOUT OVERLAPS", *path, "without_overlaps")
        if len(shape.columns) < 2:
            state.problem(
                "WITHOUT OVERLAPS needs a column beside the range",
                *path,
                "without_overlaps",
                hint="write the columns that are equal, then the range",
                at_key=True,
            )
    return columns


def target_of(
    state: Build, shape: TargetShape, path: Place
) -> tuple[Name, tuple[str, ...]] | None:
    """Return the table and the columns that a foreign key refers to."""
    if shape.column is not None:
        target = column_target(state, shape.column, *path)
        return None if target is None else (target[0], (target[1],))
    name = state.name(shape.table or "", *path, "table", at_key=False)
    return None if name is None else (name, tuple(shape.columns or ()))


def column_target(state: Build, text: str, *path: str | int) -> tuple[Name, str] | None:
    """Return table and column of `table.column` or `schema.table.column`."""
    try:
        parts = split_name(text)
    except ValueError:
        parts = []
    if len(parts) not in {2, 3}:
        state.problem(f'"{text}" is not table.column', *path, hint="write table.column")
        return None
    schema = parts[0] if parts[2:] else state.shape.schema_
    return Name(schema, parts[-2]), parts[-1]


ACTION_COLUMN = re.compile(r'"(?:[^"]|"")+"|[^,"]+')


def actions(state: Build, body: Body, shape: Any, path: Place) -> dict[str, Any]:
    """Return what a foreign key does on delete and on update, in canonical form."""
    result: dict[str, Any] = {"on_delete_columns": ()}
    for key in ("on_delete", "on_update"):
        text = getattr(shape, key) or ""
        action, bracket, rest = text.partition("(")
        words = " ".join(action.upper().split())
        result[key] = None if words in {"", "NO ACTION"} else words
        if not bracket:
            continue
        if key == "on_update":
            state.problem(
                "ON UPDATE takes no columns", *path, key, hint=f"write {action.strip()}"
            )
            continue
        state.need(15, f"{words} with columns", *path, key)
        columns = [
            split_name(column.strip())[0]
            for column in ACTION_COLUMN.findall(rest.strip()[:-1])
        ]
        result["on_delete_columns"] = known_columns(state, body, columns, (*path, key))
    return result


def foreign_key(
    state: Build, body: Body, shape: ForeignKeyShape, path: Place
) -> ForeignKey | None:
    columns = known_columns(state, body, shape.columns, (*path, "columns"))
    target = target_of(state, shape.references, (*path, "references"))
    if shape.not_enforced:
        state.need(18, "NOT ENFORCED", *path, "not_enforced")
    if shape.period:
        state.need(18, "PERIOD", *path, "period")
    if target is None or len(columns) != len(shape.columns):
        return None
    return ForeignKey(
        columns=columns,
        referred_table=target[0],
        referred_columns=target[1],
        match_full=shape.match == "full",
        period=shape.period,
        deferrable=shape.deferrable or shape.initially_deferred,
        initially_deferred=shape.initially_deferred,
        # PostgreSQL 18 marks a constraint that is not enforced as not valid as well.
        not_valid=shape.not_valid or shape.not_enforced,
        not_enforced=shape.not_enforced,
        comment=shape.comment or None,
        **actions(state, body, shape, path),
    )


def check_of(
    state: Build,
    body: Body,
    name: str | None,
    shape: CheckShape,
    path: Place,
    found: Parts,
) -> None:
    if shape.not_enforced:
        state.need(18, "NOT ENFORCED", *path, "not_enforced")
    table = body.name.name
    sql = expression(
        state, shape.expression, body.columns, (*path, "expression"), table
    )
    if sql is None:
        return
    if name is None:
        names = dict.fromkeys(reference.parts[-1] for reference in sql.references)
        name = naming.check_name(table, "_".join(names) or "constant")
    check = Check(
        expression=sql.sql,
        no_inherit=shape.no_inherit,
        not_valid=shape.not_valid or shape.not_enforced,
        not_enforced=shape.not_enforced,
        comment=shape.comment or None,
    )
    found.add(name, check, path)


def exclude_of(
    state: Build,
    body: Body,
    name: str | None,
    shape: ExcludeShape,
    path: Place,
    found: Parts,
) -> None:
    elements, columns = [], []
    for index, item in enumerate(shape.elements):
        place = (*path, "elements", index)
        operator = None
        if item.sql is not None and item.with_ is None:
            try:
                parsed, expr = parse_exclude_element(item.sql)
            except SqlMistake as mistake:
                state.sql_problem(mistake, *place, "sql")
                continue
            element, used = element_columns(
                state, body, parsed.element, expr, (*place, "sql")
            )
            operator = parsed.operator
        else:
            element, used = element_of(state, body, item, place)
            try:
                operator = parse_operator(item.with_) if item.with_ else None
            except SqlMistake as mistake:
                state.sql_problem(mistake, *place, "with")
                continue
        columns += used
        if operator is None:
            state.problem(
                'missing key "with"', *place, hint='write the operator: with: "="'
            )
        elif element is not None:
            elements.append(ExcludeElement(element=element, operator=operator))
    exclude = Exclude(
        method=shape.method.lower(),
        elements=tuple(elements),
        include=known_columns(state, body, shape.include, (*path, "include")),
        where=where(state, body, shape.where, path),
        deferrable=shape.deferrable or shape.initially_deferred,
        initially_deferred=shape.initially_deferred,
        comment=shape.comment or None,
    )
    convention = naming.exclude_name(body.name.name, dict.fromkeys(columns))
    found.add(name if name is not None else convention, exclude, path)
