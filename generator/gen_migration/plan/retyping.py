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
from gen_migration.diff.inherited import with_parts
from gen_migration.diff.rewrites import classes
from gen_migration.model import casts
from gen_migration.model.hints import Hints
from gen_migration.model.own_columns import own_parts
from gen_migration.operations import every as op
from gen_migration.plan.dependents import (
    Touched,
    called,
    called_of,
    constraints_of,
    defaults_of,
    generated_of,
    indexes_of,
    objects_of,
    types_let_go,
)
from gen_migration.plan.enum_swaps import partitioned_by, swap, uses
from gen_migration.plan.enum_texts import as_wanted, parted, with_texts
from gen_migration.plan.inherited_aside import inherited_parts
from gen_migration.plan.not_null_aside import keys_of, not_nulls
from gen_migration.plan.order import arranged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gen_migration.kinds.nodes import Node
    from gen_migration.model.schema import Column, Schema
    from gen_migration.plan.dependents import OffObject
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type

    Columns = Mapping[tuple[Name, str], Column]

# The PostgreSQL that can change the expression of a generated column.
SET_EXPRESSION = 17


def block(
    schema: Schema, operations: list[op.Operation], postgresql: int
) -> list[op.Operation]:
    """Return changes of types with what depends on their columns dropped and put back.

    First, generated columns that become plain let go of the others. A column that is dropped
    meanwhile comes back as the operations want it, and so does an object.
    """
    first, operations = let_go(operations)
    at = op.apply(schema, first)
    touched = Touched()
    for operation in operations:
        touch(at, operation, touched, postgresql)
    objects, calls = standing(at, touched)
    gone, back, rest = set_apart(at, touched, operations)
    wanted, texts, rest = parted(rest, objects)
    before = at
    loose, bound = types_let_go(at, calls, objects)
    called = with_parts(at, list(called_of(at, calls)))
    at = op.apply(at, called)
    nulls = not_nulls(at, rest)
    keys = {
        (one.table, one.name): one
        for one in (*constraints_of(at, touched), *keys_of(at, nulls))
    }
    parts = with_parts(at, [*keys.values(), *indexes_of(at, touched)])
    apart = {(one.table, one.name) for one in parts if isinstance(one, op.DropPart)}
    parts += inherited_parts(at, rest, postgresql, apart)
    marks = list(marks_of(at, parts))
    grants = list(access.let_go(at, gone))
    drops, adds = gone_and_back(at, gone, back)
    taken = [*called, *objects, *grants, *marks, *parts]
    going = [*loose, *taken, *drops]
    at = op.apply(before, going)
    off = arranged(going, before, at)
    defaults = list(defaults_of(at, touched))
    steps = with_texts(at, steps_of(op.apply(at, defaults), rest), texts)
    between = [*defaults, *nulls, *steps, *op.inverse((*defaults, *nulls))]
    at = op.apply(at, between)
    coming = [*adds, *as_wanted(op.inverse(taken), before, wanted), *bound]
    on = arranged(coming, at, op.apply(at, coming))
    return [*first, *off, *between, *on]


def set_aside(
    schema: Schema, operation: op.Operation, postgresql: int
) -> list[op.Operation]:
    """Return an operation with what is off meanwhile."""
    nulls = not_nulls(schema, [operation])
    keys = [*keys_of(schema, nulls)]
    gone = {(one.table, one.name) for one in keys}
    apart = inherited_parts(schema, [operation], postgresql, gone)
    off = [*with_parts(schema, keys), *apart, *nulls]
    return [*off, operation, *op.inverse(off)]


def set_apart(
    schema: Schema, touched: Touched, operations: Iterable[op.Operation]
) -> tuple[Columns, Columns, list[op.Operation]]:
    """Return the columns that go, as they are and as they come back, and what is left to do."""
    tables = {table for table, _ in touched.dropped}
    gone = {
        (table, name): column
        for table, value in schema.tables.items()
        if table in tables
        for name, column in value.columns.items()
        if (table, name) in touched.dropped
    }
    back = dict(gone)
    rest: list[op.Operation] = []
    for operation in operations:
        place = place_of(operation)
        if place in gone:
            back[place] = changed(back[place], operation)
        else:
            rest.append(operation)
    return gone, back, rest


def gone_and_back(
    schema: Schema, gone: Columns, back: Columns
) -> tuple[list[op.DropColumn], list[op.AddColumn]]:
    """Return the drops of columns, and what adds them as they are then.

    Generated columns are computed from plain ones.
    """
    own = {place: own_parts(schema, *place) for place in gone}
    drops = [
        op.DropColumn(table=t, name=c, old=old, own=own[t, c])
        for (t, c), old in gone.items()
    ]
    adds = [
        op.AddColumn(table=t, name=c, new=new, own=own[t, c])
        for (t, c), new in back.items()
    ]
    drops.sort(key=lambda one: one.old.generated is None)
    adds.sort(key=lambda one: one.new.generated is not None)
    return drops, adds


def standing(schema: Schema, touched: Touched) -> tuple[list[OffObject], set[Node]]:
    """Return the drops of what stands on columns that change, and what calls such functions.

    Generated columns among it are noted as dropped.
    """
    touched.dropped |= {(one.table, one.name) for one in generated_of(schema, touched)}
    while True:
        objects = objects_of(schema, touched)
        found = called(schema, objects)
        computed = {node[1:] for node in found if node[0] == "column"}
        if computed <= touched.dropped:
            return objects, found
        touched.dropped |= computed


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
            if (classes(old.type), old.collation) != (classes(new.type), new.collation):
                touched.sorted.add((table, name))
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
