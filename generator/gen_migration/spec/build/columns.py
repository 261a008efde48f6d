"""The columns of a spec: types, defaults, identity, generated values, storage."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import nearest
from gen_migration.kinds import KINDS, base_of
from gen_migration.model.schema import (
    Column,
    Generated,
    Identity,
    Schema,
    SequenceOptions,
)
from gen_migration.postgres.expressions import SqlMistake, parse_expression
from gen_migration.postgres.storage import default_storage, is_fixed
from gen_migration.postgres.type_names import INTEGERS
from gen_migration.postgres.types import Type, TypeMistake, parse_type
from gen_migration.spec.build.context import UNKNOWN
from gen_migration.sql.literals import LiteralMistake, is_endless, literal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gen_migration.base.errors import Place
    from gen_migration.kinds.shape_base import SequenceOptionsShape
    from gen_migration.postgres.expressions import Expression
    from gen_migration.spec.build.context import Build
    from gen_migration.spec.shapes import ColumnShape, PartitionColumnShape, TableShape


NOTHING: Mapping[str, str] = MappingProxyType({})
COLLATABLE = frozenset(("varchar", "char", "text", "bpchar", "name"))


def column_type(state: Build, text: str, *path: str | int) -> Type | None:
    """Return the type that a text names, or None when it is reported."""
    try:
        found = parse_type(text, state.type_names)
    except TypeMistake as mistake:
        if any(state.is_broken((kind.key, text)) for kind in KINDS):
            return None
        message, hint = mistake.args
        state.problem(message, *path, hint=hint)
        return None
    if found.name == "numeric" and found.arguments:
        precision, scale = (int(argument) for argument in found.arguments)
        if not 0 <= scale <= precision:
            state.need(15, f"{found} with a scale outside of 0 to its precision", *path)
    if (None, found.name, found.kind) in state.type_names and found.schema is None:
        return replace(found, schema=state.shape.schema_)
    return found


def columns(
    state: Build, shape: TableShape, path: Place, table: str
) -> dict[str, Column]:
    """Return the columns of a table by name."""
    for name in SYSTEM_COLUMNS & set(shape.columns):
        state.problem(
            f'"{name}" is a column of PostgreSQL\'s own',
            *path,
            "columns",
            name,
            hint="rename it",
            at_key=True,
        )
    return {
        name: column(
            state, column_shape, shape.columns, (*path, "columns", name), table
        )
        for name, column_shape in shape.columns.items()
        if state.identifier(name, *path, "columns", name)
    }


# What makes a column no more than a type here; the rest are constraints.
PLAIN_FIELDS = frozenset(
    "type nullable primary_key unique references on_delete on_update check".split()
)


def column(
    state: Build,
    shape: ColumnShape,
    siblings: Mapping[str, ColumnShape],
    path: Place,
    table: str,
) -> Column:
    found = (
        UNKNOWN
        if shape.type == UNKNOWN.name
        else column_type(state, shape.type, *path, "type")
    )
    result_type = found or UNKNOWN
    if not shape.nullable and is_null(shape):
        state.problem(
            "the default of a column that is NOT NULL is null",
            *path,
            "default",
            hint='write a value, remove "default", or write "nullable: true" at the column',
            at_key=True,
        )
    if not result_type.is_serial and shape.model_fields_set <= PLAIN_FIELDS:
        return Column(type=result_type, nullable=shape.nullable)
    sources = [
        key
        for key, value in (
            ("default", shape.default),
            ("generated", shape.generated),
            ("identity", shape.identity),
        )
        if value is not None
    ]
    if result_type.is_serial:
        serial_problems(state, shape, sources, path)
    elif len(sources) > 1:
        state.problem(
            f'a column has either "{sources[0]}" or "{sources[1]}"',
            *path,
            sources[1],
            hint="remove one of the two",
            at_key=True,
        )
    return Column(
        type=result_type,
        nullable=shape.nullable,
        not_null=not_null(state, shape, path),
        default=default(state, shape.default, result_type, path),
        generated=generated(state, shape, siblings, path, table),
        identity=identity(state, shape, result_type, path),
        collation=collation(state, shape, result_type, path),
        storage=storage(state, shape, result_type, path),
        compression=compression(state, shape, result_type, path),
        comment=shape.comment or None,
    )


def is_null(shape: ColumnShape) -> bool:
    """Tell whether a default is written, and is null."""
    value = shape.default
    if isinstance(value, dict) and list(value) == ["sql"]:
        return str(value["sql"]).strip().upper() == "NULL"
    return value is None and "default" in shape.model_fields_set


def not_null(state: Build, shape: ColumnShape, path: Place) -> str | None:
    """Return the name of a column's NOT NULL."""
    if shape.not_null is None:
        return None
    where = (*path, "not_null")
    if shape.nullable:
        state.problem(
            "a column that may hold NULL has no NOT NULL to name",
            *where,
            hint='remove "not_null" or "nullable"',
            at_key=True,
        )
    else:
        state.need(18, "a name of NOT NULL", *where)
    return (
        shape.not_null
        if state.identifier(shape.not_null, *where, at_key=False)
        else None
    )


def serial_problems(
    state: Build, shape: ColumnShape, sources: list[str], path: Place
) -> None:
    for key in sources:
        state.problem(
            f"{shape.type} brings its own default",
            *path,
            key,
            hint=f'remove "{key}", or write an integer type',
            at_key=True,
        )
    if shape.nullable:
        state.problem(
            f"{shape.type} is never null",
            *path,
            "nullable",
            hint="remove it",
            at_key=True,
        )


def default(
    state: Build, value: Any, column_type: Type, path: Place, key: str = "default"
) -> str | None:
    """Return a default as SQL: a literal of the column's type, or an expression."""
    if value is None:
        return None
    if isinstance(value, dict) and list(value) == ["sql"]:
        where = (*path, key, "sql")
        if not isinstance(value["sql"], str):
            state.problem("expected SQL as text", *where, hint="put it in quotes")
            return None
        found = expression(state, value["sql"], (), where)
        if found is not None and found.references:
            state.problem(
                f'a default cannot use the column "{".".join(found.references[0].parts)}"',
                *where,
                hint="a text literal in SQL stands in single quotes",
                offset=found.references[0].offset,
            )
        return None if found is None or found.sql.upper() == "NULL" else found.sql
    if column_type is UNKNOWN or column_type.is_serial:
        return None  # reported
    try:
        of = base_of(Schema(objects=state.objects), column_type)
        sql = literal(value, of, state.enums)
    except LiteralMistake as mistake:
        message, hint = mistake.args
        state.problem(
            message.replace("the default", f"the {key}"), *path, key, hint=hint
        )
        return None
    if is_endless(sql, column_type):
        state.need(17, "an infinite interval", *path, key)
    return sql


def expression(
    state: Build,
    text: str,
    known: Collection[str],
    path: Place,
    table: str | None = None,
    renamed: Mapping[str, str] = NOTHING,
) -> Expression | None:
    """Return the expression that a text is, or None when it is reported.

    `known` are the columns that it may name, bare or behind the table's name; without them
    (an empty collection) its references are the caller's to judge. `renamed` has the new names of
    columns by their old ones.
    """
    try:
        found = parse_expression(text)
    except SqlMistake as mistake:
        state.sql_problem(mistake, *path)
        return None
    if known:
        unknown_references(state, found, known, path, table, renamed)
    return found


# Manual, chapter 5.6 (System Columns).
SYSTEM_COLUMNS = frozenset(("tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"))
# The only one of them that a table's definition may use.
ROW = frozenset(("tableoid",))


def unknown_references(
    state: Build,
    found: Expression,
    known: Collection[str],
    path: Place,
    table: str | None,
    renamed: Mapping[str, str] = NOTHING,
) -> None:
    for word in found.session:
        if word.parts[0] in known:
            state.problem(
                f'"{word.parts[0]}" without quotes is the user of the session, not the column',
                *path,
                hint=f'write the column in double quotes: "{word.parts[0]}"',
                offset=word.offset,
            )
    for reference in found.references:
        parts = reference.parts
        if len(parts) == 1 and (
            parts[0] in known or parts[0] in ROW or parts[0] == table
        ):
            continue
        if parts[0] == table and (
            parts[1:] == () or parts[1] in known or parts[1] in ROW
        ):
            continue
        column = parts[1] if parts[0] == table else parts[0]
        if parts[1:] and parts[0] != table:
            state.problem(
                f'unknown table "{parts[0]}"',
                *path,
                hint="an expression sees the columns of its own table only",
                offset=reference.offset,
            )
        else:
            state.problem(
                f'unknown column "{column}"',
                *path,
                hint=by_new_name(renamed.get(column))
                or nearest(column, known)
                or "a text literal in SQL stands in single quotes; a name that is not all lower"
                " case in double quotes",
                offset=reference.offset,
            )


def by_new_name(name: str | None) -> str:
    return f'it is called "{name}" by then: write the new name' if name else ""


def generated(
    state: Build,
    shape: ColumnShape,
    siblings: Mapping[str, ColumnShape],
    path: Place,
    table: str,
) -> Generated | None:
    if shape.generated is None:
        return None
    kind = "stored" if shape.generated.stored is not None else "virtual"
    text = shape.generated.stored or shape.generated.virtual or ""
    where = (*path, "generated", kind)
    if kind == "virtual":
        state.need(18, "a virtual generated column", *where)
    found = expression(state, text, siblings, where, table)
    if found is None:
        return None
    for reference in found.references:
        source = siblings.get(reference.parts[-1])
        if source is not None and source.generated is not None:
            state.problem(
                f'a generated column cannot use the generated column "{reference.parts[0]}"',
                *where,
                hint="repeat its expression",
                offset=reference.offset,
            )
    return Generated(expression=found.sql, stored=kind == "stored")


def identity(
    state: Build, shape: ColumnShape, column_type: Type, path: Place
) -> Identity | None:
    if shape.identity is None:
        return None
    where = (*path, "identity")
    if column_type is not UNKNOWN and (
        column_type.name not in INTEGERS
        or column_type.array
        or column_type.kind != "builtin"
    ):
        state.problem(
            f"an identity column is smallint, integer or bigint, not {column_type}",
            *where,
            hint='write "type: bigint"',
            at_key=True,
        )
        return None
    if shape.nullable:
        state.problem(
            "an identity column is never null",
            *path,
            "nullable",
            hint='remove "nullable"',
            at_key=True,
        )
    options = sequence_options(state, shape.identity, column_type.name, *where)
    return Identity(always=shape.identity.generated == "always", options=options)


def sequence_options(
    state: Build, shape: SequenceOptionsShape, integer: str, *path: str | int
) -> SequenceOptions:
    """Return the options with PostgreSQL's defaults filled in (manual, CREATE SEQUENCE)."""
    held = INTEGERS.get(integer, INTEGERS["bigint"])
    options = SequenceOptions.of(
        integer,
        increment=1 if shape.increment is None else shape.increment,
        minimum=shape.min_value,
        maximum=shape.max_value,
        start=shape.start,
        cache=1 if shape.cache is None else shape.cache,
        cycle=shape.cycle,
    )
    minimum, maximum, start = options.minimum, options.maximum, options.start
    if options.increment == 0 or options.increment not in INTEGERS["bigint"]:
        state.problem(
            "the increment is zero or too large", *path, "increment", hint="write 1"
        )
    if not held[0] <= minimum < maximum <= held[-1]:
        state.problem(
            f"min_value {minimum} and max_value {maximum} are no range of {integer}",
            *path,
            "max_value" if shape.max_value is not None else "min_value",
            hint=f"{integer} holds {held[0]} to {held[-1]}",
        )
    elif not minimum <= start <= maximum:
        state.problem(
            f"start {start} is outside of {minimum} to {maximum}",
            *path,
            "start",
            hint="start lies between min_value and max_value",
        )
    return options


def collation(state: Build, shape: ColumnShape, column_type: Type, path: Place) -> Any:
    if shape.collation is None:
        return None
    if column_type.kind == "builtin" and column_type.name not in COLLATABLE:
        state.problem(
            f"{column_type} has no collation",
            *path,
            "collation",
            hint="remove it",
            at_key=True,
        )
    return state.text_name(shape.collation, *path, "collation")


def storage(
    state: Build,
    shape: ColumnShape | PartitionColumnShape,
    column_type: Type,
    path: Place,
) -> str | None:
    if shape.storage is None or shape.storage == default_storage(column_type):
        return None
    if is_fixed(column_type):
        state.problem(
            f"{column_type} can only have storage plain",
            *path,
            "storage",
            hint="remove it",
            at_key=True,
        )
    return shape.storage


def compression(
    state: Build,
    shape: ColumnShape | PartitionColumnShape,
    column_type: Type,
    path: Place,
) -> str | None:
    if shape.compression is not None and is_fixed(column_type):
        state.problem(
            f"{column_type} is never compressed",
            *path,
            "compression",
            hint="remove it",
            at_key=True,
        )
    return shape.compression
