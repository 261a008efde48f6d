"""The operations that build a schema from nothing, and what stands inside of a `CREATE TABLE`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gen_migration.alembic_ops import write_constraints
from gen_migration.diff.inherited_parts import inherited_change
from gen_migration.kinds import KINDS
from gen_migration.model.constraints import unique_constraint
from gen_migration.model.schema import Exclude, ForeignKey, PrimaryKey, Unique
from gen_migration.model.sequences import needs
from gen_migration.operations.base import (
    CreateConstraint,
    CreateIndex,
    CreateObject,
    CreateTable,
    Operation,
    SetSequenceOwner,
)
from gen_migration.operations.columns import SetColumnDefault

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from gen_migration.model.schema import Constraint, Schema, Table
    from gen_migration.postgres.names import Name


def creation(
    schema: Schema, present: Mapping[Name, Table] | None = None
) -> tuple[Operation, ...]:
    """Return the operations that build a schema, in the order they run.

    Tables keep the order of the spec, but that what a foreign key refers to comes first, and
    what a default takes values from; a foreign key that cannot wait inside of its table (a
    cycle, a unique index as its target) follows all tables, and so does a default of a cycle.
    `present` are tables that are there already.
    """
    operations: list[Operation] = [
        CreateObject(kind=kind.word, name=name, new=kind.created(value))
        for kind in KINDS
        for name, value in schema.of(kind.word).items()
    ]
    late: list[Operation] = []
    created: dict[Name, Table] = dict(present or {})
    counting = needs(schema.tables)
    for name in order(schema.tables, counting):
        table = schema.tables[name]
        inside, after = fold(name, table, schema, created)
        columns = dict(table.columns)
        for key, owner in counting.get(name, {}).items():
            if owner not in created:
                default = columns[key].default
                columns[key] = replace(columns[key], default=None)
                late.append(
                    SetColumnDefault(table=name, name=key, old=None, new=default)
                )
        created[name] = replace(table, columns=columns, constraints=inside)
        operations.append(
            CreateTable(name=name, new=replace(created[name], indexes={}, inherited={}))
        )
        for key, constraint in after.items():
            operation = CreateConstraint(table=name, name=key, new=constraint)
            (late if isinstance(constraint, ForeignKey) else operations).append(
                operation
            )
        operations += [
            CreateIndex(table=name, name=key, new=index)
            for key, index in table.indexes.items()
        ]
    whole = replace(schema, tables={**(present or {}), **schema.tables})
    late += [
        inherited_change(whole, name, key, None, one)
        for name, table in schema.tables.items()
        for key, one in table.inherited.items()
    ]
    owners = [
        SetSequenceOwner(name=name, old=None, new=sequence.owned_by)
        for name, sequence in schema.sequences.items()
        if sequence.owned_by is not None
    ]
    return (*operations, *late, *owners)


def order(
    tables: Mapping[Name, Table], counting: Mapping[Name, Mapping[str, Name]]
) -> list[Name]:
    """Return the tables in the order of the spec, but each after those that it needs.

    A cycle is cut where the walk comes back to a table that is still open: at a foreign key,
    where there is one. `counting` are the columns whose default needs a table.
    """
    firm = {
        name: needed(table, counting.get(name, {})) for name, table in tables.items()
    }
    done: dict[Name, None] = {}
    for root in tables:
        open_tables = {root}
        stack = [(root, iter([*firm[root], *referred(tables[root])]))]
        while stack:
            name, needs_ = stack[-1]
            following = next(
                (
                    n
                    for n in needs_
                    if n in tables
                    and n not in done
                    and n not in open_tables
                    and (n in firm[name] or not leads_to(n, open_tables, firm))
                ),
                None,
            )
            if following is None:
                stack.pop()
                open_tables.discard(name)
                done[name] = None
            else:
                open_tables.add(following)
                rest = [*firm[following], *referred(tables[following])]
                stack.append((following, iter(rest)))
    return list(done)


def leads_to(
    start: Name, ends: Collection[Name], firm: Mapping[Name, Iterable[Name]]
) -> bool:
    """Tell whether a table needs one of others, or what it needs does."""
    seen, waiting = {start}, [start]
    while waiting:
        for name in firm.get(waiting.pop(), ()):
            if name in ends:
                return True
            if name not in seen:
                seen.add(name)
                waiting.append(name)
    return False


def needed(table: Table, counting: Mapping[str, Name]) -> list[Name]:
    """Return the tables that must be there before a table."""
    parents = [table.partition_of.parent] if table.partition_of else []
    return [*parents, *counting.values()]


def referred(table: Table) -> list[Name]:
    """Return the tables that a table refers to."""
    return [
        constraint.referred_table
        for constraint in table.constraints.values()
        if isinstance(constraint, ForeignKey)
    ]


def fold(
    name: Name, table: Table, schema: Schema, created: Mapping[Name, Table]
) -> tuple[dict[str, Constraint], dict[str, Constraint]]:
    """Return the constraints that stand inside of `CREATE TABLE`, and those that follow it."""
    inside: dict[str, Constraint] = {}
    after: dict[str, Constraint] = {}
    ready = {**created, name: table}
    # A key that CREATE TABLE would merge gives way to the primary key.
    ordered = sorted(
        table.constraints.items(), key=lambda item: not isinstance(item[1], PrimaryKey)
    )
    for key, constraint in ordered:
        fits = write_constraints.constraint(key, constraint) is not None
        if isinstance(constraint, ForeignKey) and (
            constraint.referred_table in schema.tables
            or constraint.referred_table in created
        ):
            target = ready.get(constraint.referred_table)
            columns = set(constraint.referred_columns)
            # A partition cannot be dropped while a key refers to its parent: such a key comes
            # last, and goes first on the way back.
            fits = (
                fits
                and target is not None
                and target.partition_by is None
                and unique_constraint(target, columns)
            )
        if is_redundant(constraint, inside.values()):
            fits = False
        (inside if fits else after)[key] = constraint
    return inside, after


def is_redundant(constraint: Constraint, others: Iterable[Constraint]) -> bool:
    """Tell whether `CREATE TABLE` would leave a constraint out in silence.

    It does where another one asks for the same index (`transformIndexConstraints` in
    PostgreSQL's parse_utilcmd.c); `ALTER TABLE` does not.
    """
    if isinstance(constraint, PrimaryKey):
        return False  # it stands first
    if not isinstance(constraint, Unique | Exclude):
        return False
    return any(index_of(other) == index_of(constraint) for other in others)


def index_of(constraint: Constraint) -> object:
    """Return what PostgreSQL compares of the index of a constraint; itself where there is none."""
    match constraint:
        case PrimaryKey() | Unique():
            nulls = isinstance(constraint, Unique) and constraint.nulls_not_distinct
            columns = (
                constraint.columns,
                constraint.include,
                constraint.without_overlaps,
            )
            return columns, nulls, constraint.deferrable, constraint.initially_deferred
        case Exclude():
            return replace(constraint, comment=None)
        case _:
            return constraint
