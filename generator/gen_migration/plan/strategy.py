"""Execution modes of operations on a table in use: in a transaction, or in autocommit. Pure.

What blocks for a moment at most goes into a transaction. What reads or builds for long runs in
autocommit, in forms that let readers and writers go on and that can be repeated
(`render.online`). Source: the PostgreSQL manual, "Explicit Locking" (13.3), and the pages of
CREATE INDEX ("Building Indexes Concurrently"), DROP INDEX, ALTER TABLE and ALTER TYPE.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration.base.data_class import dataclass
from gen_migration.kinds import BY_WORD
from gen_migration.model.constraints import is_deferral
from gen_migration.model.partitions import is_partitioned, parents_of
from gen_migration.model.schema import Check, ForeignKey, PrimaryKey, Unique
from gen_migration.operations.alterations import (
    AddEnumValue,
    AlterConstraint,
    AlterObject,
    ReplaceIndex,
    SetComment,
)
from gen_migration.operations.base import (
    CreateConstraint,
    CreateIndex,
    CreateTable,
    DropConstraint,
    DropIndex,
    DropTable,
    Operation,
    inverse,
)
from gen_migration.operations.columns import (
    AddColumn,
    Backfill,
    SetColumnDefault,
    SetColumnNullable,
)
from gen_migration.operations.renames import RenameIndex
from gen_migration.plan.together import Together, bonds, is_short, runs
from gen_migration.postgres.names import aside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gen_migration.model.schema import Column, Constraint, Schema
    from gen_migration.postgres.names import Name


class Mode(Enum):
    """How a revision runs one way."""

    TRANSACTION = auto()
    AUTOCOMMIT = auto()


TRANSACTION = frozenset((Mode.TRANSACTION,))
AUTOCOMMIT = frozenset((Mode.AUTOCOMMIT,))
EITHER = TRANSACTION | AUTOCOMMIT


class Modes(NamedTuple):
    """How an operation may run, and how its inverse may."""

    upgrade: frozenset[Mode]
    downgrade: frozenset[Mode]

    def inverse(self) -> Modes:
        return Modes(self.downgrade, self.upgrade)


SHORT = Modes(TRANSACTION, TRANSACTION)
REPEATABLE = Modes(EITHER, EITHER)
LONG = Modes(AUTOCOMMIT, AUTOCOMMIT)
LONG_THERE = Modes(AUTOCOMMIT, EITHER)
LONG_BACK = LONG_THERE.inverse()


@dataclass(frozen=True, slots=True)
class Rules:
    """What the way of an operation depends on.

    The schema that it leads to, the tables that are not in use, and the oldest PostgreSQL.
    """

    schema: Schema
    unused: frozenset[Name]
    postgresql: int

    def modes(self, operation: Operation) -> Modes:  # noqa: C901, PLR0912 - one line for each kind
        """Return how an operation may run."""
        if getattr(operation, "table", None) in self.unused:
            return SHORT
        match operation:
            case Together():
                return self.modes_of_all(operation.operations)
            case CreateIndex(table=table):
                # PostgreSQL drops an index of partitions as a whole, and not concurrently.
                return LONG_THERE if is_partitioned(self.schema, table) else LONG
            case DropIndex(table=table):
                return LONG_BACK if is_partitioned(self.schema, table) else LONG
            case ReplaceIndex():
                return LONG
            case CreateConstraint(new=new):
                return of_constraint(new)
            case DropConstraint(old=old):
                return of_constraint(old).inverse()
            case AlterConstraint(table=table, old=old, new=new):
                if is_deferral(old, new):
                    return REPEATABLE
                if isinstance(new, ForeignKey) and self.has_late_keys(table):
                    # The old one would have to go before the partitions have the new one.
                    return SHORT
                there, back = (of_constraint(one) for one in (new, old))
                return Modes(there.upgrade, back.upgrade)
            case SetColumnNullable(new=new):
                return LONG_BACK if new else LONG_THERE
            case Backfill():
                return LONG_THERE
            case AddEnumValue():
                # Its way back makes the type anew, and writes the tables that use it.
                return Modes(AUTOCOMMIT, TRANSACTION)
            case SetColumnDefault() | SetComment():
                return REPEATABLE
            case AlterObject(kind=kind, old=old, new=new):
                return LONG_THERE if BY_WORD[kind].is_long(old, new) else SHORT
        return SHORT

    def modes_of_all(self, operations: tuple[Operation, ...]) -> Modes:
        """Return how operations may run that have to change at once."""
        is_online = [
            all(map(is_short, ways)) for ways in (operations, inverse(operations))
        ]
        if not all(map(self.has_company, operations)):
            return SHORT
        up, down = (AUTOCOMMIT if one else TRANSACTION for one in is_online)
        return Modes(up, down)

    def has_company(self, operation: Operation) -> bool:
        """Tell whether an operation can be one statement with others, on a table in use."""
        table = getattr(operation, "table", None)
        if table is None or table in self.unused:
            return False
        match operation:
            case CreateIndex() | DropIndex() | ReplaceIndex():
                return not is_partitioned(self.schema, table)
            case CreateConstraint(new=ForeignKey()) | DropConstraint(old=ForeignKey()):
                return not self.has_late_keys(table)
        return True

    @property
    def parents(self) -> dict[Name, Name]:
        """The tables that partitions belong to."""
        return parents_of(self.schema)

    def has_late_keys(self, table: Name) -> bool:
        return has_late_keys(self.schema, table, self.postgresql)


# NOT VALID on a partitioned table is new in 18 (release notes, E.4.3.3).
VALID_LATER = 18


def has_late_keys(schema: Schema, table: Name, postgresql: int) -> bool:
    """Tell whether a table has no foreign keys that are NOT VALID at first."""
    return postgresql < VALID_LATER and is_partitioned(schema, table)


def of_constraint(value: Constraint) -> Modes:
    match value:
        case Check() | ForeignKey() if value.not_valid:
            return REPEATABLE
        case Check() | ForeignKey():
            return LONG_THERE
        case PrimaryKey() | Unique():
            # ADD CONSTRAINT … USING INDEX does not take it.
            return SHORT if value.without_overlaps else LONG_THERE
    return SHORT


def unused(operations: Iterable[Operation]) -> frozenset[Name]:
    """Return the tables that nobody uses while operations run: those that come or go with them."""
    return frozenset(
        one.name for one in operations if isinstance(one, CreateTable | DropTable)
    )


def forms(operations: Sequence[Operation], rules: Rules) -> list[Operation]:
    """Return operations in the forms that let readers and writers go on."""
    return list(
        joined([one for each in operations for one in apart(each, rules)], rules)
    )


def apart(operation: Operation, rules: Rules) -> Iterator[Operation]:
    """Yield an operation in steps: a new column that PostgreSQL writes or reads the table for.

    It does for values that differ from row to row (ALTER TABLE, Notes: "a volatile DEFAULT"), and
    for the NOT NULL of a virtual column, which it computes for each row.
    """
    if not isinstance(operation, AddColumn) or operation.table in rules.unused:
        yield operation
        return
    column, default = operation.new, operation.new.default
    varies = default is not None and is_volatile(default)
    if not (varies or is_scanned(column)):
        yield operation
        return
    key: dict[str, Any] = {"table": operation.table, "name": operation.name}
    bare = replace(column, nullable=True, not_null=None, default=None)
    later = ("default", "nullable", "not_null")
    own = {
        part: {k: v for k, v in one.items() if k not in later}
        for part, one in operation.own.items()
    }
    yield AddColumn(**key, new=bare, own={k: one for k, one in own.items() if one})
    if default is not None:
        yield SetColumnDefault(**key, old=None, new=default)
        yield Backfill(**key, new=default)
    for part, one in operation.own.items():
        if "default" in one:
            # Its own partitions follow, before they say otherwise.
            yield SetColumnDefault(
                table=part,
                name=operation.name,
                old=default,
                new=one["default"],
            )
    if not column.nullable:
        name = column.not_null
        says = tuple(k for k, one in operation.own.items() if "nullable" in one)
        for part in says:
            yield SetColumnNullable(
                table=part,
                name=operation.name,
                old=True,
                new=False,
                not_null=operation.own[part].get("not_null"),
            )
        yield SetColumnNullable(**key, old=True, new=False, not_null=name, says=says)


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


def joined(operations: list[Operation], rules: Rules) -> Iterator[Operation]:
    """Yield operations with a drop and a creation of one name as the change that they are.

    The change takes the place of the creation where nothing between waits for the drop, or that
    of the drop where the creation waits for nothing between.
    """
    from gen_migration.plan.dependencies import predecessors

    found: dict[int, Operation] = {}
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


def one_change(drop: Operation, create: Operation, rules: Rules) -> Operation | None:
    """Return a drop and a creation as one change; None where they have to be two."""
    key: dict[str, Any] = {
        "table": create.table,  # type: ignore[attr-defined]
        "name": create.name,  # type: ignore[attr-defined]
    }
    if SHORT in (rules.modes(drop), rules.modes(create)):
        return None
    match drop, create:
        case DropIndex(old=old), CreateIndex(new=new):
            return ReplaceIndex(**key, old=old, new=new)
        case DropConstraint(old=old), CreateConstraint(new=new) if old != new:
            return AlterConstraint(**key, old=old, new=new)
    return None


def steps(operations: Sequence[Operation]) -> Iterator[Operation]:
    """Yield what autocommit runs for operations: no index is gone while it is replaced.

    What is to change at once has the indexes that it needs before it.
    """
    for run in runs(operations):
        early: list[Operation] = []
        rest: list[Operation] = []
        for one in run:
            if isinstance(one, ReplaceIndex):
                drop = DropIndex(table=one.table, name=one.name, old=one.old)
                rest += [drop, *built_aside(one, early)]
            elif isinstance(one, CreateIndex) and len(run) > 1:
                rest += built_aside(one, early)
            else:
                rest.append(one)
        yield from (*early, *rest)


def built_aside(
    operation: CreateIndex | ReplaceIndex, early: list[Operation]
) -> Iterator[Operation]:
    """Yield what gives an index its name; what builds it is added to `early`."""
    built = aside(operation.name)
    early.append(CreateIndex(table=operation.table, name=built, new=operation.new))
    yield RenameIndex(table=operation.table, old=built, new=operation.name)
