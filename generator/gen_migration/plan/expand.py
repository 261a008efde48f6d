"""Composite operations as steps that PostgreSQL knows."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.diff.columns import Question
from gen_migration.diff.differ import difference
from gen_migration.diff.inherited import with_parts
from gen_migration.diff.refused_identities import apart, is_identity, is_refused
from gen_migration.diff.type_use import is_anew
from gen_migration.kinds import BY_WORD
from gen_migration.kinds.relations import is_replaced
from gen_migration.model import casts
from gen_migration.model.empty_values import neutral_value
from gen_migration.model.given import column_of, heirs, held_column
from gen_migration.model.hints import Hints
from gen_migration.model.partitions import ancestors, standalone
from gen_migration.operations import every as op
from gen_migration.operations.origins import Origins
from gen_migration.plan.dependents import keys_to, taken_off
from gen_migration.plan.enum_swaps import is_in_columns, merged
from gen_migration.plan.enum_texts import names_types
from gen_migration.plan.order import ordered
from gen_migration.plan.order_of_types import BLOCK, VALUES
from gen_migration.plan.origins_in_order import in_order, typed_in_order
from gen_migration.plan.retyping import block, set_aside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gen_migration.kinds.nodes import Node
    from gen_migration.model.schema import Schema, Table
    from gen_migration.postgres.names import Name

BOUNDS = (op.SetPartitionBound,)
DROPS = (op.DropTable,)
OBJECTS = (op.AlterObject,)
PARENTS = (op.Inherit,)
TYPED = (op.MakeTyped,)
SEVERAL = 2
COMPOSITES = (*BLOCK, *BOUNDS, *DROPS, *OBJECTS, *PARENTS, *TYPED)


def expand(
    schema: Schema, operations: Iterable[op.Operation], postgresql: int
) -> tuple[op.Operation, ...]:
    """Return the steps of operations that begin at a schema."""
    operations = numbered(schema, tuple(operations), postgresql)
    if not any(map(kind_of, operations)):
        return operations
    steps: list[op.Operation] = []
    for kind, group in grouped(operations):
        found = group
        if kind is BLOCK:
            found = retyped(schema, merged(found), postgresql)
        elif kind is BOUNDS:
            found = rebound(schema, found)
        elif kind is DROPS:
            found = detached(schema, found)
        elif kind is OBJECTS:
            found = anew(schema, found, postgresql)
        elif kind is PARENTS:
            found = in_order(schema, found)
        elif kind is TYPED:
            found = typed_in_order(schema, found)
        schema = op.apply(schema, found)
        steps += found
    return tuple(steps)


def numbered(
    schema: Schema, operations: tuple[op.Operation, ...], postgresql: int
) -> tuple[op.Operation, ...]:
    """Return operations of which none adds an identity that PostgreSQL gives later alone."""
    if not any(map(is_identity, operations)):
        return operations
    steps: list[op.Operation] = []
    for one in operations:
        found: tuple[op.Operation, ...] = (one,)
        if isinstance(one, op.AddColumn) and is_refused(schema, one, postgresql):
            found = apart(one)
        schema = op.apply(schema, found)
        steps += found
    return tuple(steps)


def grouped(
    operations: Sequence[op.Operation],
) -> Iterator[tuple[tuple[type, ...], list[Any]]]:
    """Yield the operations of a kind that are in a row.

    Where enums get other values, a text that may name these is of the same kind.
    """
    has_values = any(isinstance(one, VALUES) for one in operations)
    kinds = [
        (BLOCK if has_values and names_types(one) else kind_of(one))
        for one in operations
    ]
    for kind, group in groupby(zip(kinds, operations, strict=True), itemgetter(0)):
        yield kind, [one for _, one in group]


def kind_of(operation: op.Operation) -> tuple[type, ...]:
    """Return the kind of composite that an operation is; empty where it is none."""
    if not isinstance(operation, COMPOSITES):
        return ()
    if isinstance(operation, op.DropTable) and operation.old.partition_of is None:
        return ()
    kinds = (BLOCK, BOUNDS, DROPS, OBJECTS, PARENTS, TYPED)
    return next(kind for kind in kinds if isinstance(operation, kind))


def retyped(
    schema: Schema, operations: list[op.Operation], postgresql: int
) -> list[op.Operation]:
    """Return changes of types; an enum that types of columns are made of loses its values apart."""
    steps: list[op.Operation] = []
    rest: list[op.Operation] = []
    for one in operations:
        found = None
        at = op.apply(schema, steps)
        if isinstance(one, op.SetEnumValues) and is_in_columns(at, one.name):
            found = renewed(at, one.apply(at), "enum", one.name, postgresql)
        if found is None:
            rest.append(one)
        else:
            steps += found
    left = block(op.apply(schema, steps), rest, postgresql)
    for is_type, group in groupby(left, lambda one: isinstance(one, op.AlterObject)):
        run = list(group)  # a type lets go, or gets all back
        steps += anew(op.apply(schema, steps), run, postgresql) if is_type else run
    return steps


def renewed(
    schema: Schema, after: Schema, kind: str, name: Name, postgresql: int
) -> tuple[op.Operation, ...] | None:
    """Return the steps that make a type anew; None where it is altered, or cannot be made anew.

    An edit finds such types by itself. The way back of one that alters a type may be such an edit:
    nobody is asked how values go over then.
    """
    if not is_anew(schema, after, kind, name):
        return None
    found = difference(schema, after, Hints(), Origins())
    answers = {
        (one.table, one.column): one.example
        or casts.cast(one.column, *casts.unasked(one.old, one.new))
        for one in found.questions
        if isinstance(one, Question)
    }
    if answers:
        found = difference(schema, after, Hints(using=answers), Origins())
    if found.questions or found.dropped.tables:
        return None
    return expand(schema, ordered(found), postgresql)


def anew(schema: Schema, operations: list[Any], postgresql: int) -> list[op.Operation]:
    """Return changes of objects, of which those that cannot be altered are dropped and created.

    The way back of a view that has got columns is one: what stands on it is off meanwhile.
    """
    after = op.apply(schema, operations)
    going = {
        (one.kind, one.name)
        for one in operations
        if is_replaced(schema, after, BY_WORD[one.kind], one.name)
    }
    if several := together(schema, after, going, postgresql):
        return several
    steps: list[op.Operation] = []
    for (word, name), group in groupby(operations, lambda one: (one.kind, one.name)):
        run = list(group)
        found: Sequence[op.Operation] | None = None
        if BY_WORD[word].space == "types":
            found = renewed(schema, op.apply(schema, run), word, name, postgresql)
        if found is None:
            found = replaced(schema, run, going, postgresql)
        steps += found
        schema = op.apply(schema, found)
    return steps


def together(
    schema: Schema, after: Schema, going: set[Node], postgresql: int
) -> list[op.Operation]:
    """Return the steps of several objects that are dropped, and then created; none for others.

    One by one, what stands on all of them would go and come with each. So the way back is found as
    an edit is, which drops and creates once.
    """
    if len([word for word, _ in going if BY_WORD[word].space != "types"]) < SEVERAL:
        return []
    found = difference(schema, after, Hints(), Origins())
    steps = ordered(found)
    left = {(one.kind, one.name) for one in steps if isinstance(one, op.AlterObject)}
    if found.questions or left & going or op.apply(schema, steps) != after:
        return []
    return [*expand(schema, steps, postgresql)]


def replaced(
    schema: Schema, operations: list[Any], going: set[Node], postgresql: int
) -> list[op.Operation]:
    """Return the steps of an object, in place or, where it is `going`, by what takes its place."""
    steps: list[op.Operation] = []
    for one in operations:
        kind, after = BY_WORD[one.kind], one.apply(schema)
        found = set_aside(schema, one, postgresql)
        # Of several changes of an object, each is asked by itself.
        is_going = (
            is_replaced(schema, after, kind, one.name)
            if len(operations) > 1
            else (one.kind, one.name) in going
        )
        if kind.is_built_aside(one.old, one.new) or is_going:
            above = taken_off(schema, {(one.kind, one.name)})
            key: dict[str, Any] = {"kind": one.kind, "name": one.name}
            old, new = (side.of(one.kind)[one.name] for side in (schema, after))
            found = [
                *above,
                op.DropObject(**key, old=old),
                op.CreateObject(**key, new=new),
                *op.inverse(above),
            ]
        steps += found
        schema = op.apply(schema, found)
    return steps


def downgrade_of(
    schema: Schema, operations: Iterable[op.Operation], postgresql: int
) -> tuple[op.Operation, ...]:
    """Return the steps of a downgrade: a column that comes back gets values to be NOT NULL with."""
    found = numbered(schema, tuple(operations), postgresql)
    return expand(schema, returning(schema, found), postgresql)


def returning(
    schema: Schema, operations: tuple[op.Operation, ...]
) -> list[op.Operation]:
    """Return operations with the steps of the columns that come back."""
    steps: list[op.Operation] = []
    for operation in operations:
        if isinstance(operation, op.AddColumn):
            found = returning_column(operation, operations)
            steps += found
            if len(found) > 1:
                before = op.apply(schema, steps[: -len(found)])
                steps += own_defaults(before, op.apply(before, found), operation)
        else:
            steps.append(operation)
    return steps


def returning_column(
    operation: op.AddColumn, operations: tuple[op.Operation, ...]
) -> list[op.Operation]:
    """Return the steps of a column that upgrade() dropped: nobody knows its values any more."""
    column = operation.new
    key: dict[str, Any] = {"table": operation.table, "name": operation.name}
    has_values = column.nullable or column.default or column.generated
    value = None if has_values or column.identity else neutral_value(column.type)
    if value is None or is_key(operation, operations):
        return [operation]
    # A constant default fills all rows without writing one (manual, ALTER TABLE, Notes).
    own = {
        name: {field: one for field, one in held.items() if field != "default"}
        for name, held in operation.own.items()
    }
    return [
        replace(operation, new=replace(column, default=value), own=own),
        op.SetColumnDefault(**key, old=value, new=None),
    ]


def own_defaults(
    before: Schema, schema: Schema, operation: op.AddColumn
) -> list[op.Operation]:
    """Return what gives those below a table their own defaults of a column that comes back.

    What drops the default of the parent drops those of all that have the column, be it that they
    had it before, and what a table is given reaches its own children.
    """
    steps: list[op.Operation] = []
    for name in heirs(schema, operation.table):
        old = column_of(schema, name, operation.name).default
        was = held_column(before, name, operation.name)
        own = {} if was is None else {"default": was.default}
        new = {**own, **operation.own.get(name, {})}.get("default", old)
        if new != old:
            step = op.SetColumnDefault(
                table=name, name=operation.name, old=old, new=new
            )
            steps.append(step)
            schema = step.apply(schema)
    return steps


def is_key(operation: op.AddColumn, operations: tuple[op.Operation, ...]) -> bool:
    """Tell whether a column's values have to be different, or those of another table."""
    for other in operations:
        match other:
            case op.CreateConstraint(table=operation.table, new=constraint):
                # Checks and exclusion constraints have no columns.
                if operation.name in getattr(constraint, "columns", ()):
                    return True
            case op.CreateIndex(table=operation.table, new=index) if index.unique:
                if any(one.column == operation.name for one in index.elements):
                    return True
    return False


def detached(schema: Schema, operations: list[Any]) -> list[op.Operation]:
    """Return drops of tables; a partition that foreign keys refer to by its parent is let go first.

    PostgreSQL drops no table that a foreign key depends on, but detaches it where no row of it
    is referred to.
    """
    keys = Counter(referred_tables(schema.tables.values()))
    steps: list[op.Operation] = []
    for one in operations:
        whole = schema.tables[one.name]
        if any(keys[name] for name in ancestors(schema, one.name)):
            alone = standalone(schema, one.name)
            steps.append(op.DetachPartition(table=one.name, old=whole, new=alone))
            whole = alone
        steps.append(op.DropTable(name=one.name, old=whole))
        keys.subtract(referred_tables([schema.tables[one.name]]))
    return steps


def referred_tables(tables: Iterable[Table]) -> Iterator[Name]:
    """Yield what the foreign keys of tables refer to."""
    for table in tables:
        for key in table.foreign_keys.values():
            yield key.referred_table


def rebound(schema: Schema, operations: list[Any]) -> list[op.Operation]:
    """Return changes of bounds: all partitions off, then on, so that none is in another's way.

    Foreign keys would not let go of rows that they refer to: they are off meanwhile.
    """
    off = with_parts(schema, keys_to(schema, {one.old.parent for one in operations}))
    at = op.apply(schema, off)
    steps: list[op.Operation] = []
    attach: list[op.Operation] = []
    for one in operations:
        whole = at.tables[one.table]
        alone = standalone(at, one.table)
        detach = op.DetachPartition(table=one.table, old=whole, new=alone)
        again = replace(whole, partition_of=one.new)
        attach.append(op.AttachPartition(table=one.table, old=alone, new=again))
        steps.append(detach)
        at = detach.apply(at)
    return [*off, *steps, *attach, *op.inverse(off)]
