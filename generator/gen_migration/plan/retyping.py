"""Changes of types, with what depends on their columns off meanwhile.

PostgreSQL builds plain indexes and keys of a column anew by itself when its type changes. What
holds an expression over the column was read with the old type, foreign keys compare with
another column, and a generated column forbids the change: these are dropped and put back.
Source: the manual, ALTER TABLE, and `ATExecAlterColumnType` in tablecmds.c.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.diff import access
from gen_migration.diff.columns import Context, changes
from gen_migration.diff.free_names import free_name
from gen_migration.diff.inherited import with_parts
from gen_migration.diff.rename_detection import made_of
from gen_migration.kinds import BY_WORD
from gen_migration.model import casts
from gen_migration.model.hints import Hints
from gen_migration.model.mapped import mapped
from gen_migration.model.own_columns import own_parts
from gen_migration.operations import every as op
from gen_migration.plan.dependents import (
    Touched,
    called_of,
    concerns,
    constraints_of,
    defaults_of,
    generated_of,
    indexes_of,
    objects_of,
)
from gen_migration.plan.not_null_aside import keys_of, not_nulls
from gen_migration.postgres.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gen_migration.model.schema import Column, Schema
    from gen_migration.postgres.types import Type

# The PostgreSQL that can change the expression of a generated column.
SET_EXPRESSION = 17


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


def block(
    schema: Schema, operations: list[op.Operation], postgresql: int
) -> list[op.Operation]:
    """Return changes of types with what depends on their columns dropped and put back.

    First, generated columns that become plain let go of the others. A column that is dropped
    meanwhile comes back as the operations want it.
    """
    first, operations = let_go(operations)
    at = op.apply(schema, first)
    touched = Touched()
    for operation in operations:
        touch(at, operation, touched, postgresql)
    gone = {(one.table, one.name): one.old for one in generated_of(at, touched)}
    gone |= {(name, key): at.tables[name].columns[key] for name, key in touched.dropped}
    touched.dropped |= gone.keys()
    back = dict(gone)
    rest: list[op.Operation] = []
    for operation in operations:
        place = place_of(operation)
        if place in gone:
            back[place] = changed(back[place], operation)
        else:
            rest.append(operation)
    objects = objects_of(at, touched)
    called = with_parts(at, list(called_of(at, objects)))
    at = op.apply(at, called)
    nulls = not_nulls(at, rest)
    keys = {
        (one.table, one.name): one
        for one in (*constraints_of(at, touched), *keys_of(at, nulls))
    }
    parts = with_parts(at, [*keys.values(), *indexes_of(at, touched)])
    marks = list(marks_of(at, parts))
    grants = list(access.let_go(at, gone))
    own = {place: own_parts(at, *place) for place in gone}
    drops = [
        op.DropColumn(table=t, name=c, old=old, own=own[t, c])
        for (t, c), old in gone.items()
    ]
    # Generated columns are computed from plain ones.
    drops.sort(key=lambda one: one.old.generated is None)
    adds = [
        op.AddColumn(table=t, name=c, new=new, own=own[t, c])
        for (t, c), new in back.items()
    ]
    adds.sort(key=lambda one: one.new.generated is not None)
    at = op.apply(at, [*objects, *grants, *marks, *parts, *drops])
    defaults = list(defaults_of(at, touched))
    at = op.apply(at, defaults)
    steps = steps_of(at, rest)
    taken = [*called, *objects, *grants, *marks, *parts]
    off = [*first, *taken, *drops, *defaults, *nulls]
    back_ = [*op.inverse((*defaults, *nulls)), *adds, *op.inverse(taken)]
    return [*off, *steps, *back_]


def marks_of(schema: Schema, parts: Iterable[op.Operation]) -> Iterator[op.SetMark]:
    """Yield what takes marks off indexes that are dropped."""
    gone: dict[Name, list[str]] = defaultdict(list)
    for one in parts:
        if isinstance(one, op.DropPart):
            gone[one.table].append(one.name)
    for table, names in gone.items():
        yield from op.unmarked(table, schema.tables[table], names)


def steps_of(schema: Schema, operations: list[op.Operation]) -> list[op.Operation]:
    """Return what is left to do, once nothing stands on the columns any more."""
    steps: list[op.Operation] = []
    for one in sorted(
        operations, key=lambda one: isinstance(one, op.SetColumnGenerated)
    ):
        found = list(step(schema, one))
        schema = op.apply(schema, found)
        steps += found
    return steps


def let_go(
    operations: list[op.Operation],
) -> tuple[list[op.Operation], list[op.Operation]]:
    """Return what makes generated columns plain where they stand, and what is left to do."""
    first: list[op.Operation] = []
    rest: list[op.Operation] = []
    for one in operations:
        if isinstance(one, op.SetColumnGenerated) and keeps_values(one.old, one.new):
            key: dict[str, Any] = {"table": one.table, "name": one.name}
            first.append(op.SetColumnExpression(**key, old=one.old.generated, new=None))
            plain = replace(one.old, generated=None)
            rest += changes(one.table, one.name, plain, one.new, Context(hints=Hints()))
        else:
            rest.append(one)
    return first, rest


def place_of(operation: op.Operation) -> tuple[Name, str] | None:
    """Return the column whose type or expression an operation changes."""
    if isinstance(operation, op.SetColumnType | op.SetColumnGenerated):
        return operation.table, operation.name
    return None


def changed(column: Column, operation: op.Operation) -> Column:
    """Return a column after an operation of a block."""
    match operation:
        case op.SetColumnType(new=new):
            return replace(column, type=new.type, collation=new.collation)
        case op.SetColumnGenerated(new=new):
            return new
    return column


def touch(
    schema: Schema, operation: op.Operation, touched: Touched, postgresql: int
) -> None:
    """Note which columns a change concerns."""
    match operation:
        case op.SetColumnType(table=table, name=name, old=old, new=new):
            same = is_same(old.type, new.type)
            column = schema.tables[table].columns[name]
            if column.generated is None:
                touched.typed.add((table, name))
            if not (same and old.collation == new.collation):
                touched.read.add((table, name))
        case op.SetColumnGenerated(table=table, name=name, old=old, new=new):
            if not in_place(old, new, postgresql):
                touched.dropped.add((table, name))
        case op.SetEnumValues(name=name) if partitioned_by(schema, name) is None:
            touched.enums.add(name)
            for table, key, _ in uses(schema, name):
                touched.typed.add((table, key))
                touched.read.add((table, key))


def is_same(old: Type, new: Type) -> bool:
    """Tell whether two types differ in their modifiers at most; a serial is an integer."""
    one, other = ((casts.family(of), of.kind, of.array) for of in (old, new))
    return one == other


def keeps_values(old: Column, new: Column) -> bool:
    """Tell whether a column becomes plain by DROP EXPRESSION, with the values it has."""
    return old.generated is not None and old.generated.stored and new.generated is None


def in_place(old: Column, new: Column, postgresql: int) -> bool:
    """Tell whether PostgreSQL changes the expression of a column where it stands."""
    if old.generated is None or new.generated is None:
        return False
    same = replace(old, generated=None) == replace(new, generated=None)
    kind = old.generated.stored == new.generated.stored
    return same and kind and postgresql >= SET_EXPRESSION


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


def step(schema: Schema, operation: op.Operation) -> Iterator[op.Operation]:
    """Yield the steps of one operation of a block."""
    match operation:
        case op.SetEnumValues():
            yield from swap(schema, operation)
        case op.SetColumnGenerated(table=table, name=name, old=old, new=new):
            yield op.SetColumnExpression(
                table=table, name=name, old=old.generated, new=new.generated
            )
        case _:
            yield operation


def swap(schema: Schema, operation: op.SetEnumValues) -> Iterator[op.Operation]:
    """Yield the steps that let a new type take the place of an enum."""
    name = operation.name
    part, through = partitioned_by(schema, name), None
    made = composites_of(schema, name)
    if part is None:
        # A domain or a range type that is still over it could not be made anew.
        others = sorted(made_of(schema, name) - {name, *made}, key=str)
        held = ((column_of_type(schema, one), one) for one in (*made, *others))
        part, through = next((one for one in held if one[0]), (None, None))
    if part is not None:
        old, new = operation.old, operation.new
        yield op.KeepEnumValues(
            name=name, column=part, through=through, old=old, new=new
        )
        return
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
        one not in composites or column_of_type(schema, one) is not None
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
