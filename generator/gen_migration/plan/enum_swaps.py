"""Enums whose place another type takes: what has its values goes over to that.

PostgreSQL takes no value from an enum, and gives those that are there no other order. Source: the
manual, ALTER TYPE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration import kinds
from gen_migration.base.data_class import replace
from gen_migration.diff.free_names import free_name
from gen_migration.diff.type_use import made_of
from gen_migration.kinds import BY_WORD
from gen_migration.model import casts
from gen_migration.model.given import typed_tables
from gen_migration.model.mapped import mapped
from gen_migration.operations import every as op
from gen_migration.plan.dependents import concerns
from gen_migration.postgres.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Column, Schema
    from gen_migration.postgres.types import Type


def merged(operations: list[op.Operation]) -> list[op.Operation]:
    """Return operations with one swap for each enum, whatever the number of its values."""
    result: dict[object, op.Operation] = {}
    for operation in operations:
        if isinstance(operation, op.RemoveEnumValue | op.SetEnumValues):
            before = result.get(operation.name)
            first = (
                before.old if isinstance(before, op.SetEnumValues) else operation.old
            )
            result[operation.name] = op.SetEnumValues(
                name=operation.name, old=first, new=operation.new
            )
        else:
            result[id(operation)] = operation
    return list(result.values())


def uses(schema: Schema, enum: Name) -> Iterator[tuple[Name, str, Column]]:
    """Yield table, name and value of each column that holds values of an enum."""
    for table, value in schema.tables.items():
        for name, column in value.columns.items():
            kind = column.type
            if kind.kind == "enum" and (kind.schema, kind.name) == enum:
                yield table, name, column


def partitioned_by(schema: Schema, enum: Name) -> tuple[Name, str] | None:
    """Return table and name of a column of a partition key that holds values of an enum."""
    for table, name, _ in uses(schema, enum):
        by = schema.tables[table].partition_by
        if by is not None and any(
            element.column == name or concerns(element.expression, {name}, {enum})
            for element in by.elements
        ):
            return table, name
    return None


def swap(schema: Schema, operation: op.SetEnumValues) -> Iterator[op.Operation]:
    """Yield the steps that let a new type take the place of an enum."""
    name = operation.name
    kept = kept_by(schema, operation)
    if kept is not None:
        yield kept
        return
    made = composites_of(schema, name)
    enum = schema.enums[name]
    aside = free_name(schema, schema, name)
    gone = tuple(value for value in operation.old if value not in operation.new)
    columns = list(uses(schema, name))
    if gone:
        for table, key, column in columns:
            if column.generated is None:
                yield op.RefuseValues(
                    table=table, name=key, array=column.type.array, values=gone
                )
    yield op.RenameObject(kind="enum", old=name, new=aside)
    yield op.CreateObject(
        kind="enum", name=name, new=replace(enum, values=operation.new)
    )
    for table, key, column in columns:
        before = replace(column.type, schema=aside.schema, name=aside.name)
        yield op.SetColumnType(
            table=table,
            name=key,
            old=op.Typing(before, column.collation),
            new=op.Typing(column.type, column.collation),
            using=casts.conversion(before, column.type, key).using,
        )
    kind = BY_WORD["composite type"]
    for one in made:
        new = kind.bare(schema.of(kind.word)[one])
        away = mapped(new, {"type": lambda of: renamed(of, name, aside)})
        yield op.AlterObject(kind=kind.word, name=one, old=away, new=new)
    yield op.DropObject(kind="enum", name=aside, old=enum)


def kept_by(schema: Schema, operation: op.SetEnumValues) -> op.KeepEnumValues | None:
    """Return why an enum keeps its values: a partition key has it, or a type that columns have."""
    name = operation.name
    column, through = partitioned_by(schema, name), None
    if column is None:
        types = made_of(schema, name) - {name}
        held = (
            (where, one)
            for kind in kinds.of(schema)
            for one in schema.of(kind.word)
            if kind.space == "types" and one in types
            if (where := column_of_type(schema, one)) is not None
        )
        column, through = next(held, (None, None))
    if column is None:
        return None
    old, new = operation.old, operation.new
    return op.KeepEnumValues(
        name=name, column=column, through=through, old=old, new=new
    )


def renamed(of: Type, old: Name, new: Name) -> Type:
    """Return a type, which has another name where it is called `old`."""
    if of.kind == "builtin" or (of.schema, of.name) != old:
        return of
    return replace(of, schema=new.schema, name=new.name)


def composites_of(schema: Schema, enum: Name) -> list[Name]:
    """Return the composite types that have an enum as an attribute's type."""
    return [
        name
        for name, value in schema.of("composite type").items()
        if any(
            (one.type.kind, one.type.schema, one.type.name) == ("enum", *enum)
            for one in value.attributes.values()
        )
    ]


def is_in_columns(schema: Schema, enum: Name) -> bool:
    """Tell whether a type is made of an enum that cannot go over to another where it stands."""
    composites = schema.of("composite type")
    return any(
        one not in composites
        or column_of_type(schema, one) is not None
        or typed_tables(schema, one)
        for one in made_of(schema, enum) - {enum}
    )


def column_of_type(schema: Schema, of: Name) -> tuple[Name, str] | None:
    """Return table and name of a column that has a type, or one that is made of it."""
    types = made_of(schema, of)
    for table, value in schema.tables.items():
        for name, column in value.columns.items():
            kind = column.type
            if kind.kind != "builtin" and Name(kind.schema, kind.name) in types:
                return table, name
    return None
