"""Rules about what the statements of an upgrade lock, read and write.

They look at the statements themselves, and at those in a transaction alone: what autocommit runs
lets readers and writers go on. Sources: the manual, "Explicit Locking" (13.3), and the pages of
CREATE INDEX, DROP INDEX and ALTER TABLE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration import costs, rewrites
from gen_migration.alterations import (
    AlterConstraint,
    AttachPartition,
    DetachPartition,
    SetTableTablespace,
    SetTableUnlogged,
)
from gen_migration.change_views import is_deferral, is_validation
from gen_migration.column_operations import (
    AddColumn,
    Backfill,
    SetColumnExpression,
    SetColumnNullable,
    SetColumnType,
)
from gen_migration.dependents import concerns
from gen_migration.finding import Severity, Work
from gen_migration.losses import place
from gen_migration.online import is_volatile
from gen_migration.operations import (
    CreateConstraint,
    CreateIndex,
    CreateTable,
    DropIndex,
)
from gen_migration.rules import Hit, Lock, Statement, part_path, rule
from gen_migration.schema import Bound, Check, Exclude, ForeignKey, PrimaryKey, Unique
from gen_migration.sql import quote_name
from gen_migration.type_names import SERIAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.schema import Constraint, Schema
    from gen_migration.sql import Name

ONLINE = "with online: true the tool chooses a form that lets others go on"
QUIET = "do it when nobody is waiting"
NEVER = f"; where the type of a column changes that it is over, there is none: {QUIET}"
LATER = "; else add it with not_valid: true, and take that away in a later edit"


def is_used(statement: Statement, table: Name) -> bool:
    """Tell whether a table is in use while a statement runs."""
    return table not in statement.unused and table in statement.before.tables


def constraint_of(statement: Statement) -> tuple[Name, str, Constraint] | None:
    """Return the constraint that a statement creates on a table that is in use."""
    match statement.operation:
        case CreateConstraint(table=table, name=name, new=new):
            pass
        case AlterConstraint(table=table, name=name, old=old, new=new):
            if is_deferral(old, new) or is_validation(old, new):
                return None
        case _:
            return None
    return (table, name, new) if is_used(statement, table) else None


@rule(
    "GM201",
    Severity.WARNING,
    lock=Lock.SHARE,
    work=Work.SCAN,
    instead=ONLINE + NEVER,
)
def index_built(statement: Statement) -> Iterator[Hit]:
    """An index is built while writers wait.

    CREATE INDEX without CONCURRENTLY reads the whole table, and holds the lock until the
    transaction ends.
    """
    match statement.operation:
        case CreateIndex(table=table, name=name) if is_used(statement, table):
            path = part_path(statement.spec, table, name)
            yield Hit(statement.operation.summary, path)


@rule(
    "GM202",
    Severity.NOTE,
    lock=Lock.ACCESS_EXCLUSIVE,
    instead=ONLINE + NEVER,
)
def index_dropped(statement: Statement) -> Iterator[Hit]:
    """An index is dropped while readers and writers wait.

    DROP INDEX without CONCURRENTLY is quick, but waits for what runs on the table, and everybody
    else waits behind it; it holds the lock until the transaction ends.
    """
    match statement.operation:
        case DropIndex(table=table) if is_used(statement, table):
            yield Hit(statement.operation.summary, place(statement.spec, table))


@rule(
    "GM203",
    Severity.WARNING,
    lock=Lock.ACCESS_EXCLUSIVE,
    work=Work.SCAN,
    instead=ONLINE + LATER,
)
def check_validated(statement: Statement) -> Iterator[Hit]:
    """A check is validated at once.

    ADD CONSTRAINT … CHECK without NOT VALID reads the whole table under its strongest lock.
    """
    match constraint_of(statement):
        case table, name, Check(not_valid=False, not_enforced=False):
            path = part_path(statement.spec, table, name)
            yield Hit(statement.operation.summary, path)


@rule(
    "GM204",
    Severity.WARNING,
    lock=Lock.SHARE_ROW_EXCLUSIVE,
    work=Work.SCAN,
    instead=ONLINE + LATER,
)
def foreign_key_validated(statement: Statement) -> Iterator[Hit]:
    """A foreign key is validated at once.

    ADD CONSTRAINT … FOREIGN KEY without NOT VALID looks up every row of the table, and holds the
    lock of both tables meanwhile.
    """
    match constraint_of(statement):
        case table, name, ForeignKey(not_valid=False, not_enforced=False):
            path = part_path(statement.spec, table, name)
            yield Hit(statement.operation.summary, path)


@rule(
    "GM205",
    Severity.WARNING,
    lock=Lock.ACCESS_EXCLUSIVE,
    work=Work.SCAN,
    instead=ONLINE + NEVER,
)
def key_built(statement: Statement) -> Iterator[Hit]:
    """The index of a primary key or a unique constraint is built while others wait.

    ADD CONSTRAINT without USING INDEX builds the index under the table's strongest lock.
    """
    match constraint_of(statement):
        case table, name, PrimaryKey() | Unique():
            path = part_path(statement.spec, table, name)
            yield Hit(statement.operation.summary, path)


@rule(
    "GM206",
    Severity.WARNING,
    lock=Lock.ACCESS_EXCLUSIVE,
    work=Work.SCAN,
    instead=QUIET + ": PostgreSQL has no other form of it",
)
def exclusion_built(statement: Statement) -> Iterator[Hit]:
    """The index of an exclusion constraint is built while others wait.

    PostgreSQL builds it under the table's strongest lock; there is neither CONCURRENTLY nor
    NOT VALID for it.
    """
    match constraint_of(statement):
        case table, name, Exclude():
            path = part_path(statement.spec, table, name)
            yield Hit(statement.operation.summary, path)


@rule(
    "GM207",
    Severity.WARNING,
    lock=Lock.ACCESS_EXCLUSIVE,
    work=Work.SCAN,
    instead=ONLINE
    + "; else add a check of IS NOT NULL with not_valid: true, and validate it"
    " in an edit before",
)
def not_null_scanned(statement: Statement) -> Iterator[Hit]:
    """NOT NULL reads the whole table.

    SET NOT NULL looks at every row under the table's strongest lock, unless a valid check says
    that the column is not null.
    """
    match statement.operation:
        case SetColumnNullable(table=table, name=name, new=False):
            if is_used(statement, table) and not is_proven(
                statement.before, table, name
            ):
                yield Hit(
                    statement.operation.summary,
                    place(statement.spec, table, "columns", name),
                )


def is_proven(schema: Schema, table: Name, column: str) -> bool:
    """Tell whether a valid check says that a column is not null."""
    known = f"{quote_name(column)} IS NOT NULL"
    return any(
        isinstance(one, Check)
        and one.expression == known
        and not (one.not_valid or one.not_enforced)
        for one in schema.tables[table].constraints.values()
    )


@rule(
    "GM208",
    Severity.DANGER,
    lock=Lock.ACCESS_EXCLUSIVE,
    instead="add a column of the new type, let code fill both, and drop the old one later",
)
def type_changed(statement: Statement) -> Iterator[Hit]:
    """A change of type reads or writes the whole table.

    PostgreSQL rewrites the table and its indexes, builds indexes on the column again, or reads all
    rows for a check over it. Changes that are ones of the catalog alone (a longer varchar, varchar
    to text) are known, and are no finding.
    """
    match statement.operation:
        case SetColumnType(table=table, name=name, old=old, new=new, using=using) if (
            is_used(statement, table) and rewrites.is_asked(old, new, using)
        ):
            cost = rewrites.cost_of(statement.operation, statement.before)
            path = place(statement.spec, table, "columns", name, "type")
            what = f"the type of column {name} of table {table} changes"
            if cost is not None:
                yield Hit(f"{what}: {cost.text}", path, Work(cost))
            elif is_checked(statement.before, table, name):
                text = f"{what}: reads all rows for a check, {costs.WAIT}"
                yield Hit(text, path, Work.SCAN)


def is_checked(schema: Schema, table: Name, column: str) -> bool:
    """Tell whether PostgreSQL reads all rows for a check over a column whose type changes."""
    return any(
        isinstance(one, Check)
        and not (one.not_valid or one.not_enforced)
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
def volatile_default(statement: Statement) -> Iterator[Hit]:
    """A new column has a default that differs from row to row.

    PostgreSQL rewrites the table to give each row its value. A constant default, or now(), is
    kept in the catalog, and is no finding.
    """
    match statement.operation:
        case AddColumn(table=table, name=name, new=column):
            default = column.default
            if is_used(statement, table) and default and is_volatile(default):
                yield Hit(
                    f"{statement.operation.summary}: the table is written anew",
                    place(statement.spec, table, "columns", name),
                )


@rule(
    "GM210",
    Severity.DANGER,
    lock=Lock.ACCESS_EXCLUSIVE,
    work=Work.REWRITE,
    instead="add a plain column, let code fill it, and give old rows a value by backfill:",
)
def computed_column(statement: Statement) -> Iterator[Hit]:
    """A new column is computed and stored, or counted by a sequence.

    PostgreSQL rewrites the table to give each row its value.
    """
    match statement.operation:
        case AddColumn(table=table, name=name, new=new) if is_used(statement, table):
            stored = new.generated is not None and new.generated.stored
            if stored or new.identity is not None or new.type.name in SERIAL:
                path = place(statement.spec, table, "columns", name)
                what = f"{statement.operation.summary}: writes the table anew"
                yield Hit(f"{what}, {costs.WAIT}", path)


@rule(
    "GM211",
    Severity.DANGER,
    lock=Lock.ACCESS_EXCLUSIVE,
    work=Work.REWRITE,
    instead="add another column that is computed so, and drop this one later",
)
def expression_changed(statement: Statement) -> Iterator[Hit]:
    """The expression of a stored generated column changes.

    PostgreSQL computes each row's value again, and rewrites the table. (Before 17, where a column
    has to be dropped and added for it, that is GM210.)
    """
    match statement.operation:
        case SetColumnExpression(table=table, name=name, new=new):
            if is_used(statement, table) and new is not None and new.stored:
                yield Hit(
                    statement.operation.summary,
                    place(statement.spec, table, "columns", name),
                )


@rule(
    "GM212",
    Severity.DANGER,
    lock=Lock.ACCESS_EXCLUSIVE,
    work=Work.REWRITE,
    instead=QUIET + ": PostgreSQL has no other form of it",
)
def table_moved(statement: Statement) -> Iterator[Hit]:
    """A table becomes logged or unlogged, or moves to another tablespace.

    PostgreSQL writes all of it anew. On a partitioned table, which holds no rows, a tablespace is
    one for partitions to come, and is no finding.
    """
    match statement.operation:
        case SetTableUnlogged(table=table) | SetTableTablespace(table=table):
            if (
                is_used(statement, table)
                and statement.before.tables[table].partition_by is None
            ):
                yield Hit(statement.operation.summary, place(statement.spec, table))


@rule(
    "GM213",
    Severity.WARNING,
    lock=Lock.ACCESS_EXCLUSIVE,
    work=Work.SCAN,
    instead="in an edit before, add a check that says what the bound does, so that rows are not"
    " read again",
)
def partition_attached(statement: Statement) -> Iterator[Hit]:
    """A table with rows becomes a partition.

    ATTACH PARTITION reads the table under its strongest lock, unless a check proves the bound;
    so it does the default partition of the parent.
    """
    match statement.operation:
        case AttachPartition(table=table) if is_used(statement, table):
            yield Hit(statement.operation.summary, place(statement.spec, table))


@rule(
    "GM214",
    Severity.WARNING,
    lock=Lock.ACCESS_EXCLUSIVE,
    instead=QUIET
    + "; DETACH … CONCURRENTLY by hand, where there is no default partition",
)
def partition_detached(statement: Statement) -> Iterator[Hit]:
    """A partition leaves its table.

    DETACH PARTITION is quick, but takes the strongest lock of the whole partitioned table: it
    waits for what runs there, and everybody else waits behind it.
    """
    match statement.operation:
        case DetachPartition(old=old) if old.partition_of is not None:
            if is_used(statement, old.partition_of.parent):
                yield Hit(
                    statement.operation.summary,
                    place(statement.spec, old.partition_of.parent),
                )


@rule(
    "GM215",
    Severity.NOTE,
    lock=Lock.ACCESS_EXCLUSIVE,
    instead="make it before it is needed, when nobody is waiting",
)
def partition_created(statement: Statement) -> Iterator[Hit]:
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
                    place(statement.spec, name),
                    Work.SCAN if scans else None,
                )


def has_default(schema: Schema, parent: Name) -> bool:
    """Tell whether a table has a partition for what no other one takes."""
    return any(
        one.partition_of is not None
        and one.partition_of.parent == parent
        and one.partition_of.bound == Bound()
        for one in schema.tables.values()
    )


@rule(
    "GM216",
    Severity.WARNING,
    lock=Lock.ROW_EXCLUSIVE,
    work=Work.SCAN,
    instead=ONLINE + ", in batches",
)
def backfill_at_once(statement: Statement) -> Iterator[Hit]:
    """Rows are filled in one transaction.

    One UPDATE of all rows keeps each of them locked until the transaction ends.
    """
    match statement.operation:
        case Backfill(table=table, name=name) if is_used(statement, table):
            yield Hit(
                statement.operation.summary,
                place(statement.spec, table, "columns", name),
            )
