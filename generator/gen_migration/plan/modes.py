"""Execution modes of operations on a table in use: in a transaction, or in autocommit. Pure.

What blocks for a moment at most goes into a transaction. What reads or builds for long runs in
autocommit, in forms that let readers and writers go on and that can be repeated
(`render.online`). Source: the PostgreSQL manual, "Explicit Locking" (13.3), and the pages of
CREATE INDEX ("Building Indexes Concurrently"), DROP INDEX, ALTER TABLE and ALTER TYPE.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration.base.data_class import dataclass
from gen_migration.kinds import BY_WORD
from gen_migration.model.constraints import is_deferral
from gen_migration.model.not_null_names import is_put_off
from gen_migration.model.partitions import is_partitioned, parents_of
from gen_migration.model.schema import Check, ForeignKey, PrimaryKey, Unique
from gen_migration.operations import every as op
from gen_migration.plan.together import Together, is_short

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.model.schema import Constraint, Schema
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

    def modes(self, operation: op.Operation) -> Modes:  # noqa: C901, PLR0912 - one line for each kind
        """Return how an operation may run."""
        if getattr(operation, "table", None) in self.unused:
            return SHORT
        match operation:
            case Together():
                return self.modes_of_all(operation.operations)
            case op.CreateIndex(table=table):
                # PostgreSQL drops an index of partitions as a whole, and not concurrently.
                return LONG_THERE if is_partitioned(self.schema, table) else LONG
            case op.DropIndex(table=table):
                return LONG_BACK if is_partitioned(self.schema, table) else LONG
            case op.ReplaceIndex():
                return LONG
            case op.CreateConstraint(new=new):
                return of_constraint(new)
            case op.DropConstraint(old=old):
                return of_constraint(old).inverse()
            case op.AlterConstraint(table=table, old=old, new=new):
                if is_deferral(old, new):
                    return REPEATABLE
                if isinstance(new, ForeignKey) and self.has_late_keys(table):
                    # The old one would have to go before the partitions have the new one.
                    return SHORT
                there, back = (of_constraint(one) for one in (new, old))
                return Modes(there.upgrade, back.upgrade)
            case op.SetColumnNullable(state=state) if is_put_off(state):
                return REPEATABLE
            case op.SetColumnNullable(new=new):
                return LONG_BACK if new else LONG_THERE
            case op.SetNotNullState(old=old, new=new):
                validated = [
                    is_put_off(one) and not is_put_off(other)
                    for one, other in ((old, new), (new, old))
                ]
                return Modes(*(AUTOCOMMIT if one else EITHER for one in validated))
            case op.Backfill() | op.CheckRows():
                return LONG_THERE
            case op.AddEnumValue():
                # Its way back makes the type anew, and writes the tables that use it.
                return Modes(AUTOCOMMIT, TRANSACTION)
            case (
                op.SetColumnDefault()
                | op.SetComment()
                | op.SetIndexComment()
                | op.SetMark()
            ):
                return REPEATABLE
            case op.SetGrants():
                way_back: Any = operation.inverse()
                return Modes(of_grants(operation), of_grants(way_back))
            case op.AlterObject(kind=kind, old=old, new=new):
                is_long = BY_WORD[kind].is_long
                if not is_long(old, new):
                    return SHORT
                return LONG if is_long(new, old) else LONG_THERE
        return SHORT

    def modes_of_all(self, operations: tuple[op.Operation, ...]) -> Modes:
        """Return how operations may run that have to change at once."""
        is_online = [
            all(map(is_short, ways)) for ways in (operations, op.inverse(operations))
        ]
        if not all(map(self.has_company, operations)):
            return SHORT
        up, down = (AUTOCOMMIT if one else TRANSACTION for one in is_online)
        return Modes(up, down)

    def has_company(self, operation: op.Operation) -> bool:
        """Tell whether an operation can be one statement with others, on a table in use."""
        table = getattr(operation, "table", None)
        if table is None or table in self.unused:
            return False
        match operation:
            case op.CreateIndex() | op.DropIndex() | op.ReplaceIndex():
                return not is_partitioned(self.schema, table)
            case (
                op.CreateConstraint(new=ForeignKey())
                | op.DropConstraint(old=ForeignKey())
            ):
                return not self.has_late_keys(table)
        return True

    @property
    def parents(self) -> dict[Name, tuple[Name, ...]]:
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


def unused(operations: Iterable[op.Operation]) -> frozenset[Name]:
    """Return the tables that nobody uses while operations run: those that come or go with them."""
    return frozenset(
        one.name for one in operations if isinstance(one, op.CreateTable | op.DropTable)
    )


def of_grants(operation: op.SetGrants) -> frozenset[Mode]:
    """Return how grants may change: at once, where a role loses what it then gets again."""
    statements = operation.statements
    return TRANSACTION if statements[1:] else EITHER
