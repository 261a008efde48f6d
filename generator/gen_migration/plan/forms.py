"""Forms of operations that let readers and writers go on, and that can be repeated. Pure.

Source: the PostgreSQL manual, ALTER TABLE (Notes), and CREATE INDEX ("Building Indexes
Concurrently").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.diff.columns import forbidden, with_null
from gen_migration.model.partitions import is_only
from gen_migration.operations import every as op
from gen_migration.operations.columns import FORBIDDING
from gen_migration.plan.dependencies import predecessors
from gen_migration.plan.link import Direction
from gen_migration.plan.modes import SHORT, Rules
from gen_migration.plan.together import bonds, runs
from gen_migration.postgres.names import aside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gen_migration.model.schema import Column, Schema


def forms(operations: Sequence[op.Operation], rules: Rules) -> list[op.Operation]:
    """Return operations in the forms that let readers and writers go on."""
    return list(
        joined([one for each in operations for one in apart(each, rules)], rules)
    )


def apart(operation: op.Operation, rules: Rules) -> Iterator[op.Operation]:
    """Yield an operation in steps: a new column that PostgreSQL writes or reads the table for.

    It does for values that differ from row to row (ALTER TABLE, Notes: "a volatile DEFAULT"), and
    for the NOT NULL of a virtual column, which it computes for each row.
    """
    if not isinstance(operation, op.AddColumn) or operation.table in rules.unused:
        yield operation
        return
    column, default = operation.new, operation.new.default
    varies = default is not None and is_volatile(default)
    if not (varies or is_scanned(column)):
        yield operation
        return
    key: dict[str, Any] = {"table": operation.table, "name": operation.name}
    bare = replace(with_null(column), default=None)
    later = ("default", *FORBIDDING)
    own = {
        part: {k: v for k, v in one.items() if k not in later}
        for part, one in operation.own.items()
    }
    yield op.AddColumn(**key, new=bare, own={k: one for k, one in own.items() if one})
    if default is not None:
        yield op.SetColumnDefault(**key, old=None, new=default)
        yield op.Backfill(**key, new=default)
    for part, one in operation.own.items():
        if "default" in one:
            # Its own partitions follow, before they say otherwise.
            yield op.SetColumnDefault(
                table=part,
                name=operation.name,
                old=default,
                new=one["default"],
            )
    if not column.nullable:
        says = tuple(k for k, one in operation.own.items() if "nullable" in one)
        for part in says:
            yield op.SetColumnNullable(
                table=part,
                name=operation.name,
                old=True,
                new=False,
                not_null=operation.own[part].get("not_null"),
                state=operation.own[part].get("not_null_state"),
            )
        yield replace(forbidden(operation.table, operation.name, column), says=says)


def is_scanned(column: Column) -> bool:
    """Tell whether PostgreSQL computes a new column for every row to see that none is NULL."""
    virtual = column.generated is not None and not column.generated.stored
    return virtual and not column.nullable


# Functions of PostgreSQL that give every row of a statement the same value (pg_proc.provolatile).
STEADY = frozenset(
    """
    now transaction_timestamp statement_timestamp current_setting current_database current_schema
    timezone date_trunc make_interval make_date make_timestamp make_timestamptz to_char to_date
    to_timestamp lower upper md5 concat repeat json_build_object json_build_array
    jsonb_build_object jsonb_build_array to_json to_jsonb to_tsvector array_fill
    """.split()
)


def is_volatile(default: str) -> bool:
    """Tell whether a default may give each row another value; an unknown function may."""
    from gen_migration.postgres.names_in import names_in

    return any(
        one.schema or one.name not in STEADY for one in names_in(default).functions
    )


def joined(operations: list[op.Operation], rules: Rules) -> Iterator[op.Operation]:
    """Yield operations with a drop and a creation of one name as the change that they are.

    The change takes the place of the creation where nothing between waits for the drop, or that
    of the drop where the creation waits for nothing between.
    """
    found: dict[int, op.Operation] = {}
    gone: set[int] = set()
    waits: list[set[int]] | None = None
    for first, position in bonds(operations):
        change = one_change(operations[first], operations[position], rules)
        if change is None:
            continue
        waits = waits or predecessors(operations, rules.parents)
        middle = range(first + 1, position)
        if not any(first in waits[one] for one in middle):
            found[position] = change
            gone.add(first)
        elif not waits[position] & set(middle):
            found[first] = change
            gone.add(position)
    for position, one in enumerate(operations):
        if position not in gone:
            yield found.get(position, one)


def one_change(
    drop: op.Operation, create: op.Operation, rules: Rules
) -> op.Operation | None:
    """Return a drop and a creation as one change; None where they have to be two."""
    key: dict[str, Any] = {
        "table": create.table,  # type: ignore[attr-defined]
        "name": create.name,  # type: ignore[attr-defined]
    }
    if SHORT in (rules.modes(drop), rules.modes(create)):
        return None
    match drop, create:
        case op.DropIndex(old=old), op.CreateIndex(new=new) if not (
            is_only(old) or is_only(new)
        ):
            return op.ReplaceIndex(**key, old=old, new=new)
        case op.DropConstraint(old=old), op.CreateConstraint(new=new) if old != new:
            return op.AlterConstraint(**key, old=old, new=new)
    return None


def steps(operations: Sequence[op.Operation]) -> Iterator[op.Operation]:
    """Yield what autocommit runs for operations: no index is gone while it is replaced.

    What is to change at once has the indexes that it needs before it.
    """
    for run in runs(operations):
        early: list[op.Operation] = []
        rest: list[op.Operation] = []
        for one in run:
            if isinstance(one, op.ReplaceIndex):
                drop = op.DropIndex(table=one.table, name=one.name, old=one.old)
                rest += [drop, *built_aside(one, early)]
            elif isinstance(one, op.CreateIndex) and len(run) > 1:
                rest += built_aside(one, early)
            else:
                rest.append(one)
        yield from (*early, *rest)


def built_aside(
    operation: op.CreateIndex | op.ReplaceIndex, early: list[op.Operation]
) -> Iterator[op.Operation]:
    """Yield what gives an index its name; what builds it is added to `early`."""
    built = aside(operation.name)
    early.append(op.CreateIndex(table=operation.table, name=built, new=operation.new))
    yield op.RenameIndex(table=operation.table, old=built, new=operation.name)


def in_autocommit(start: Schema, operations: Iterable[op.Operation]) -> Direction:
    """Return what a revision does one way, from a schema on, in steps that can be repeated."""
    found = tuple(steps(tuple(operations)))
    return Direction(start=start, operations=found, autocommit=True, waits=True)


def in_transaction(way: Direction) -> Direction:
    """Return what a revision does one way at once: an index goes, and comes back."""
    found = [
        step
        for one in way.operations
        for step in (gone_and_back(one) if isinstance(one, op.ReplaceIndex) else (one,))
    ]
    return replace(way, operations=tuple(found))


def gone_and_back(operation: op.ReplaceIndex) -> tuple[op.Operation, op.Operation]:
    """Return the drop of an index, and what creates it."""
    key: dict[str, Any] = {"table": operation.table, "name": operation.name}
    return (
        op.DropIndex(**key, old=operation.old),
        op.CreateIndex(**key, new=operation.new),
    )
