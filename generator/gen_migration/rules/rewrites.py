"""Rules about what the statements of an upgrade write anew, move or fill while others wait.

Sources: the manual, "Explicit Locking" (13.3), and the page of ALTER TABLE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.diff import rewrites
from gen_migration.diff.data_loss import spec_path
from gen_migration.kinds import type_of
from gen_migration.model.schema import Check
from gen_migration.operations.alterations import (
    AttachPartition,
    DetachPartition,
    SetTableTablespace,
    SetTableUnlogged,
)
from gen_migration.operations.base import CreateTable
from gen_migration.operations.columns import (
    AddColumn,
    Backfill,
    SetColumnExpression,
    SetColumnType,
)
from gen_migration.plan import rewrite_gate
from gen_migration.plan.dependents import concerns
from gen_migration.plan.forms import is_volatile
from gen_migration.postgres.type_names import EXTENSION_TYPES
from gen_migration.rules.finding import Severity, Work
from gen_migration.rules.partition_proof import has_default, is_bound_proven
from gen_migration.rules.rule import (
    ONLINE,
    QUIET,
    Hit,
    Lock,
    UpgradeStep,
    is_used,
    rule,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type


@rule(
    "GM208",
    Severity.DANGER,
    lock=Lock.ACCESS_EXCLUSIVE,
    instead="add a column of the new type, let code fill both, and drop the old one later",
)
def type_changed(statement: UpgradeStep) -> Iterator[Hit]:
    """A change of type reads or writes the whole table.

    PostgreSQL rewrites the table and its indexes, builds indexes on the column again, or reads all
    rows for a check over it, be that NOT VALID. Changes that are ones of the catalog alone (a
    longer varchar, varchar to text) are known, and are no finding.
    """
    match statement.operation:
        case SetColumnType(table=table, name=name, old=old, new=new, using=using) if (
            is_used(statement, table) and rewrites.is_asked(old, new, using)
        ):
            cost = rewrites.cost_of(statement.operation, statement.before)
            path = spec_path(statement.spec, table, "columns", name, "type")
            what = f"the type of column {name} of table {table} changes"
            if cost is not None:
                yield Hit(f"{what}: {cost.text}", path, Work(cost))
            elif is_checked(statement.before, table, name):
                text = f"{what}: reads all rows for a check, {rewrite_gate.WAIT}"
                yield Hit(text, path, Work.SCAN)


def is_checked(schema: Schema, table: Name, column: str) -> bool:
    """Tell whether PostgreSQL reads all rows for a check over a column whose type changes."""
    return any(
        isinstance(one, Check)
        and not one.not_enforced
        and concerns(one.expression, {column}, set())
        for one in schema.tables[table].constraints.values()
    )


@rule(
    "GM209",
    Severity.DANGER,
    lock=Lock.ACCESS_EXCLUSIVE,
    work=Work.REWRITE,
    instead=ONLINE,
)
def volatile_default(statement: UpgradeStep) -> Iterator[Hit]:
    """A new column has a default that differs from row to row.

    PostgreSQL rewrites the table to give each row its value. A constant default, or now(), is
    kept in the catalog, and is no finding.
    """
    match statement.operation:
        case AddColumn(table=table, name=name, new=new):
            if new.default and is_volatile(new.default):
                why = "the table is written anew"
                yield from statement.hits(table, "columns", name, why=why)


@rule(
    "GM210",
    Severity.DANGER,
    lock=Lock.ACCESS_EXCLUSIVE,
    work=Work.REWRITE,
    instead="add a plain column, let code fill it, and write backfill: at it for the rows that are"
    " there",
)
def computed_column(statement: UpgradeStep) -> Iterator[Hit]:
    """A new column is computed and stored, or counted by a sequence.

    PostgreSQL rewrites the table to give each row its value.
    """
    match statement.operation:
        case AddColumn(table=table, name=name, new=new):
            if (new.generated and new.generated.stored) or new.has_sequence:
                why = f"writes the table anew, {rewrite_gate.WAIT}"
                yield from statement.hits(table, "columns", name, why=why)


@rule(
    "GM211",
    Severity.DANGER,
    lock=Lock.ACCESS_EXCLUSIVE,
    work=Work.REWRITE,
    instead="add another column that is computed so, and drop this one later",
)
def expression_changed(statement: UpgradeStep) -> Iterator[Hit]:
    """The expression of a stored generated column changes.

    PostgreSQL computes each row's value again, and rewrites the table. (Before 17, where a column
    has to be dropped and added for it, that is GM210.)
    """
    match statement.operation:
        case SetColumnExpression(table=table, name=name, new=new):
            if new is not None and new.stored:
                yield from statement.hits(table, "columns", name)


@rule(
    "GM212",
    Severity.DANGER,
    lock=Lock.ACCESS_EXCLUSIVE,
    work=Work.REWRITE,
    instead=QUIET + ": PostgreSQL has no other form of it",
)
def table_moved(statement: UpgradeStep) -> Iterator[Hit]:
    """A table becomes logged or unlogged, or moves to another tablespace.

    PostgreSQL writes all of it anew. On a partitioned table, which holds no rows, a tablespace is
    one for partitions to come, and is no finding.
    """
    match statement.operation:
        case SetTableUnlogged(table=table) | SetTableTablespace(table=table):
            found = statement.before.tables.get(table)
            if found is not None and found.partition_by is None:
                yield from statement.hits(table)


@rule(
    "GM213",
    Severity.WARNING,
    lock=Lock.ACCESS_EXCLUSIVE,
    work=Work.SCAN,
    instead="in an edit before, add a check that says what the bound does, so that rows are not"
    " read again",
)
def partition_attached(statement: UpgradeStep) -> Iterator[Hit]:
    """A table with rows becomes a partition.

    ATTACH PARTITION reads the table under its strongest lock, unless a check proves the bound
    (such as `at >= '2026-01-01' AND at < '2027-01-01'`, where `at` is NOT NULL); so it does the
    default partition of the parent.
    """
    match statement.operation:
        case AttachPartition(table=table) if is_used(statement, table):
            if not is_bound_proven(statement.operation, statement.before):
                yield from statement.hits(table)


@rule(
    "GM214",
    Severity.WARNING,
    lock=Lock.ACCESS_EXCLUSIVE,
    instead=QUIET
    + "; DETACH … CONCURRENTLY by hand, where there is no default partition",
)
def partition_detached(statement: UpgradeStep) -> Iterator[Hit]:
    """A partition leaves its table.

    DETACH PARTITION is quick, but takes the strongest lock of the whole partitioned table: it
    waits for what runs there, and everybody else waits behind it.
    """
    match statement.operation:
        case DetachPartition(old=old) if old.partition_of is not None:
            yield from statement.hits(old.partition_of.parent)


@rule(
    "GM215",
    Severity.NOTE,
    lock=Lock.ACCESS_EXCLUSIVE,
    instead="make it before it is needed, when nobody is waiting",
)
def partition_created(statement: UpgradeStep) -> Iterator[Hit]:
    """A table that is in use gets a new partition.

    CREATE TABLE … PARTITION OF takes the strongest lock of the partitioned table, new as the
    partition is; where there is a default partition, its rows are read meanwhile.
    """
    match statement.operation:
        case CreateTable(name=name, new=new) if new.partition_of is not None:
            parent = new.partition_of.parent
            if is_used(statement, parent):
                scans = has_default(statement.before, parent)
                yield Hit(
                    statement.operation.summary,
                    spec_path(statement.spec, name),
                    Work.SCAN if scans else None,
                )


@rule(
    "GM216",
    Severity.WARNING,
    lock=Lock.ROW_EXCLUSIVE,
    work=Work.SCAN,
    instead="give the table a primary key, in an edit before: with online: true rows are filled in"
    " batches along it",
)
def backfill_at_once(statement: UpgradeStep) -> Iterator[Hit]:
    """Rows are filled in one transaction.

    One UPDATE of all rows keeps each of them locked until the transaction ends. A table without a
    primary key is filled so in any case.
    """
    match statement.operation:
        case Backfill(table=table, name=name):
            yield from statement.hits(table, "columns", name)


@rule(
    "GM217",
    Severity.WARNING,
    lock=Lock.ACCESS_EXCLUSIVE,
    work=Work.REWRITE,
    instead="add a column of the type that the domain stands for, with a check of your own",
)
def column_of_a_domain(statement: UpgradeStep) -> Iterator[Hit]:
    """A new column has a type that is a domain with a constraint, or that the spec does not define.

    PostgreSQL rewrites the table for such a domain, even for a column that may hold NULL. Types of
    extensions that are known by name are no finding.
    """
    match statement.operation:
        case AddColumn(table=table, name=name, new=column):
            if is_foreign(statement.spec.schema, column.type):
                of = f"{column.type.element} is a domain with a constraint"
                why = f"the table is written anew if {of}"
                yield from statement.hits(table, "columns", name, why=why)


def is_foreign(schema: Schema, of: Type) -> bool:
    """Tell whether a type is a domain with a constraint, or may be one.

    It may be where it is neither built in, nor the spec's own, nor an extension's.
    """
    found = type_of(schema, of)
    if found is not None:
        return found[0].is_asking(found[1])
    return of.kind == "other" and of.name not in EXTENSION_TYPES
