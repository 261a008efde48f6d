"""The foreign keys of a spec's tables: how they are written, and what they may refer to."""

from __future__ import annotations

import re
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import nearest, quoted
from gen_migration.base.yaml_scalars import in_yaml
from gen_migration.model import schema as model
from gen_migration.model.constraints import unique_constraint
from gen_migration.postgres.names import Name, spell_part, split_name
from gen_migration.spec.build import parts
from gen_migration.spec.build.comparable import comparable
from gen_migration.spec.build.context import UNKNOWN
from gen_migration.spec.build.parts import deferral, validity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.postgres.types import Type
    from gen_migration.spec import shape_constraints as shapes
    from gen_migration.spec.build.context import Body, Build, Spot


def reference(body: Body, name: str, shape: Any, at: Spot, found: parts.Parts) -> None:
    """Add the foreign key that is written at a column."""
    target = target_of(shape.references, at / "references")
    if target is None:
        return
    table, columns = target
    key = model.ForeignKey(
        columns=(name,),
        referred_table=table,
        referred_columns=columns,
        **actions(body, shape, at),
    )
    convention = body.naming.foreign_key_name(body.name.name, (name,), table.name)
    found.add(convention, key, at / "references")


def target_of(
    shape: shapes.TargetShape, at: Spot
) -> tuple[Name, tuple[str, ...]] | None:
    """Return the table and the columns that a foreign key refers to."""
    if shape.column is not None:
        target = column_target(at, shape.column)
        return None if target is None else (target[0], (target[1],))
    name = (at / "table").name(shape.table or "", at_key=False)
    return None if name is None else (name, tuple(shape.columns or ()))


def column_target(at: Spot, text: str) -> tuple[Name, str] | None:
    """Return table and column of `table.column` or `schema.table.column`."""
    try:
        names = split_name(text)
    except ValueError:
        names = []
    if len(names) not in {2, 3}:
        is_one = len(names) == 1 and "(" not in text
        example = f", such as {text}.id" if is_one else ""
        at.wrong(f"{quoted(text)} is not table.column", f"write table.column{example}")
        return None
    schema = names[0] if names[2:] else at.build.shape.schema
    return Name(schema, names[-2]), names[-1]


ACTION_COLUMN = re.compile(r'"(?:[^"]|"")+"|[^\s,"][^,"]*')


def actions(body: Body, shape: Any, at: Spot) -> dict[str, Any]:
    """Return what a foreign key does on delete and on update, in canonical form."""
    result: dict[str, Any] = {"on_delete_columns": ()}
    for key in ("on_delete", "on_update"):
        action, bracket, rest = (getattr(shape, key) or "").partition("(")
        words = " ".join(action.upper().split())
        result[key] = None if words in {"", "NO ACTION"} else words
        if not bracket:
            continue
        place = at / key
        if key == "on_update":
            place.wrong("ON UPDATE takes no columns", f"write {action.strip()}")
            continue
        place.need(15, f"{words} with columns")
        listed = ACTION_COLUMN.findall(rest.strip()[:-1])
        columns = [split_name(column.strip())[0] for column in listed]
        result["on_delete_columns"] = parts.known_columns(body, columns, place)
    return result


def foreign_key(body: Body, shape: shapes.ForeignKeyShape, at: Spot) -> parts.Made:
    """Return a foreign key; None when it is reported."""
    columns = parts.known_columns(body, shape.columns, at, "columns")
    target = target_of(shape.references, at / "references")
    checked = validity(shape, at)
    if shape.period:
        (at / "period").need(18, "PERIOD")
    if target is None or len(columns) != len(shape.columns):
        return None
    table, referred = target
    key = model.ForeignKey(
        columns=columns,
        referred_table=table,
        referred_columns=referred,
        match_full=shape.match == "full",
        period=shape.period,
        comment=shape.comment or None,
        **deferral(shape),
        **checked,
        **actions(body, shape, at),
    )
    called = body.naming.foreign_key_name
    return key, partial(called, body.name.name, columns, table.name)


def check_target(at: Spot, spec: model.Spec, name: Name, key: model.ForeignKey) -> None:
    """Report a foreign key that PostgreSQL would refuse (manual, CREATE TABLE, REFERENCES)."""
    build = at.build
    at = at if at.path[-1] == "references" else at / "references"
    table_path = ("tables", str(key.referred_table))
    known = columns_of(build, spec, key.referred_table)
    if known is None:
        if not build.is_broken(table_path):
            unknown_table(at, spec, name, key)
        return
    for column in key.referred_columns:
        if column not in known and not build.is_broken((*table_path, "columns")):
            at.wrong(
                f"table {quoted(key.referred_table)} has no column {quoted(column)}",
                nearest(column, known) or "its columns are " + ", ".join(known),
            )
    if not known.keys() >= set(key.referred_columns):
        return
    if len(key.columns) != len(key.referred_columns):
        at.wrong(
            f"{len(key.columns)} columns refer to {len(key.referred_columns)}",
            "write as many columns there as here",
        )
        return
    own = build.bodies[name].columns
    for column, referred in zip(key.columns, key.referred_columns, strict=True):
        here, there = own[column].type, known[referred]
        if not comparable(here, there):
            at.wrong(
                f"column {quoted(column)} is {here},"
                f" but {quoted(f'{key.referred_table}.{spell_part(referred)}')} is {there}",
                f"make both {there}",
            )
    if key.referred_table in spec.schema.tables:
        unique_target(at, spec, key)


def unknown_table(
    at: Spot, spec: model.Spec, name: Name, key: model.ForeignKey
) -> None:
    """Report that there is no such table."""
    tables = [str(table) for table in (*at.build.bodies, *spec.external)]
    hint = nearest(str(key.referred_table), tables)
    if "(" in key.referred_columns[0]:
        hint = "write {table: …, columns: […, …]}, or table.column"
    elif not hint:
        table = external(key, at.build.bodies[name].columns)
        hint = f"a table of others stands under external: {table}"
    at.wrong(f"unknown table {quoted(key.referred_table)}", hint)


def external(key: model.ForeignKey, own: Mapping[str, model.Column]) -> str:
    """Return the table that a foreign key refers to, as `external` has it.

    Its columns have the types of those that refer to them.
    """
    count = len(key.referred_columns)
    types = [own[one].type.plain for one in key.columns[:count]]
    columns = ", ".join(
        f"{in_yaml(name)}: {'TYPE' if of is UNKNOWN else in_yaml(of)}"
        for name, of in zip_longest(key.referred_columns, types, fillvalue=UNKNOWN)
    )
    return f"{{{in_yaml(key.referred_table)}: {{{columns}}}}}"


def columns_of(build: Build, spec: model.Spec, name: Name) -> Mapping[str, Type] | None:
    """Return the types of a table's columns; None where there is no such table."""
    if name in build.bodies:
        return {key: column.type for key, column in build.bodies[name].columns.items()}
    return spec.external.get(name)


def unique_target(at: Spot, spec: model.Spec, key: model.ForeignKey) -> None:
    """Report columns that no key of their table tells rows apart by."""
    wanted = set(key.referred_columns)
    table = spec.schema.tables[key.referred_table]
    if unique_constraint(table, wanted) or unique_index(table, wanted):
        return
    body = at.build.bodies[key.referred_table]
    if body.parent is not None or at.build.is_broken(body.at.path):
        return  # it may have the key of its parent
    columns = ", ".join(key.referred_columns)
    at.wrong(
        f"{quoted(columns)} of table {quoted(key.referred_table)} is not unique",
        f"add uniques: [[{columns}]] there, or refer to its primary key",
    )


def unique_index(table: model.Table, columns: set[str]) -> bool:
    """Tell whether a unique index covers exactly these columns of all rows."""
    return any(
        index.unique
        and index.where is None
        and {element.column for element in index.elements} == columns
        for index in table.indexes.values()
    )
