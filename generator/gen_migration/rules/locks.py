"""Rules about what the statements of an upgrade build and validate while others wait.

They look at the statements themselves, and at those in a transaction alone: what autocommit runs
lets readers and writers go on. Sources: the manual, "Explicit Locking" (13.3), and the pages of
CREATE INDEX, DROP INDEX and ALTER TABLE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.diff.data_loss import spec_path
from gen_migration.kinds import BY_WORD
from gen_migration.model.constraints import is_deferral, is_validation
from gen_migration.model.schema import Check, Exclude, ForeignKey, PrimaryKey, Unique
from gen_migration.operations.alterations import AlterConstraint, AlterObject
from gen_migration.operations.base import (
    CreateConstraint,
    CreateIndex,
    CreateTable,
    DropConstraint,
    DropIndex,
    DropTable,
)
from gen_migration.operations.columns import (
    AddColumn,
    SetColumnIdentity,
    SetColumnNullable,
)
from gen_migration.plan.forms import is_scanned
from gen_migration.postgres.names import quote_name
from gen_migration.rules.finding import Severity, Work
from gen_migration.rules.rule import (
    ONLINE,
    QUIET,
    Hit,
    Lock,
    UpgradeStep,
    is_used,
    part_path,
    rule,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Constraint, Schema, Table
    from gen_migration.postgres.names import Name

NEVER = f"; where the type of a column changes that it is over, there is none: {QUIET}"
MOMENT = QUIET + ": it is quick once it has its lock"
LATER = "; else add it with not_valid: true, and take that away in a later edit"


def created(statement: UpgradeStep) -> tuple[Constraint | None, Iterator[Hit]]:
    """Return the constraint that a statement creates, and what is said where that matters."""
    match statement.operation:
        case AlterConstraint(old=old, new=new) if is_deferral(
            old, new
        ) or is_validation(old, new):
            return None, iter(())
        case (
            CreateConstraint(table=table, name=name, new=new)
            | AlterConstraint(table=table, name=name, new=new)
        ):
            path = part_path(statement.spec, table, name)
            return new, statement.hits(table, path=path)
    return None, iter(())


@rule(
    "GM201",
    Severity.WARNING,
    lock=Lock.SHARE,
    work=Work.SCAN,
    instead=ONLINE + NEVER,
)
def index_built(statement: UpgradeStep) -> Iterator[Hit]:
    """An index is built while writers wait.

    CREATE INDEX without CONCURRENTLY reads the whole table, and holds the lock until the
    transaction ends.
    """
    match statement.operation:
        case CreateIndex(table=table, name=name):
            path = part_path(statement.spec, table, name)
            yield from statement.hits(table, path=path)


@rule(
    "GM202",
    Severity.NOTE,
    lock=Lock.ACCESS_EXCLUSIVE,
    instead=ONLINE + NEVER,
)
def index_dropped(statement: UpgradeStep) -> Iterator[Hit]:
    """An index is dropped while readers and writers wait.

    DROP INDEX without CONCURRENTLY is quick, but waits for what runs on the table, and everybody
    else waits behind it; it holds the lock until the transaction ends.
    """
    match statement.operation:
        case DropIndex(table=table):
            yield from statement.hits(table)


@rule(
    "GM203",
    Severity.WARNING,
    lock=Lock.ACCESS_EXCLUSIVE,
    work=Work.SCAN,
    instead=ONLINE + LATER,
)
def check_validated(statement: UpgradeStep) -> Iterator[Hit]:
    """A check is validated at once.

    ADD CONSTRAINT … CHECK without NOT VALID reads the whole table under its strongest lock.
    """
    match created(statement):
        case Check(not_valid=False, not_enforced=False), hits:
            yield from hits


@rule(
    "GM204",
    Severity.WARNING,
    lock=Lock.SHARE_ROW_EXCLUSIVE,
    work=Work.SCAN,
    instead=ONLINE + LATER,
)
def foreign_key_validated(statement: UpgradeStep) -> Iterator[Hit]:
    """A foreign key is validated at once.

    ADD CONSTRAINT … FOREIGN KEY without NOT VALID looks up every row of the table, and holds the
    lock of both tables meanwhile.
    """
    match created(statement):
        case ForeignKey(not_valid=False, not_enforced=False), hits:
            yield from hits


@rule(
    "GM205",
    Severity.WARNING,
    lock=Lock.ACCESS_EXCLUSIVE,
    work=Work.SCAN,
    instead=ONLINE + NEVER,
)
def key_built(statement: UpgradeStep) -> Iterator[Hit]:
    """The index of a primary key or a unique constraint is built while others wait.

    ADD CONSTRAINT without USING INDEX builds the index under the table's strongest lock.
    """
    match created(statement):
        case PrimaryKey() | Unique(), hits:
            yield from hits


@rule(
    "GM206",
    Severity.WARNING,
    lock=Lock.ACCESS_EXCLUSIVE,
    work=Work.SCAN,
    instead=QUIET + ": PostgreSQL has no other form of it",
)
def exclusion_built(statement: UpgradeStep) -> Iterator[Hit]:
    """The index of an exclusion constraint is built while others wait.

    PostgreSQL builds it under the table's strongest lock; there is neither CONCURRENTLY nor
    NOT VALID for it.
    """
    match created(statement):
        case Exclude(), hits:
            yield from hits


@rule(
    "GM207",
    Severity.WARNING,
    lock=Lock.ACCESS_EXCLUSIVE,
    work=Work.SCAN,
    instead=ONLINE
    + "; else add a check of IS NOT NULL with not_valid: true, and validate it"
    " in an edit before",
)
def not_null_scanned(statement: UpgradeStep) -> Iterator[Hit]:
    """NOT NULL reads the whole table.

    SET NOT NULL looks at every row under the table's strongest lock, unless a valid check says
    that the column is not null; a new virtual column that is NOT NULL is computed for every row.
    """
    match statement.operation:
        case SetColumnNullable(table=table, name=name, new=False) if is_used(
            statement, table
        ):
            if not is_proven(statement.before, table, name):
                yield from statement.hits(table, "columns", name)
        case AddColumn(table=table, name=name, new=new) if is_scanned(new):
            why = "it is computed for every row"
            yield from statement.hits(table, "columns", name, why=why)


@rule(
    "GM218",
    Severity.NOTE,
    lock=Lock.SHARE_ROW_EXCLUSIVE,
    instead=MOMENT,
)
def table_referred_to(statement: UpgradeStep) -> Iterator[Hit]:
    """A new table refers to one that is in use.

    The foreign key of a table without rows is made at once, but it waits for what writes to the
    table that it refers to, and other writers wait behind it.
    """
    match statement.operation:
        case CreateTable(name=table, new=new):
            keys = [(table, key) for key in new.constraints.values()]
        case CreateConstraint(table=table, new=key) if table in statement.unused:
            keys = [(table, key)]
        case _:
            return
    for table, key in keys:
        if isinstance(key, ForeignKey) and is_used(statement, key.referred_table):
            yield Hit(
                f"a foreign key of table {table} locks table {key.referred_table}",
                spec_path(statement.spec, table),
            )


@rule(
    "GM219",
    Severity.NOTE,
    lock=Lock.ACCESS_EXCLUSIVE,
    instead=MOMENT,
)
def constraint_dropped(statement: UpgradeStep) -> Iterator[Hit]:
    """A constraint is dropped while readers and writers wait.

    DROP CONSTRAINT is quick, but waits for what runs on the table, and everybody else waits behind
    it. That of a foreign key locks the table that it refers to as well, and so does DROP TABLE.
    """
    match statement.operation:
        case DropConstraint(table=table, old=old):
            keys = [old]
            what, path = statement.operation.summary, spec_path(statement.spec, table)
        case DropTable(name=table, old=gone):
            keys = [
                one for one in gone.constraints.values() if isinstance(one, ForeignKey)
            ]
            what, path = statement.operation.summary, ("tables",)
        case _:
            return
    referred = dict.fromkeys(
        str(key.referred_table)
        for key in keys
        if isinstance(key, ForeignKey)
        and key.referred_table != table
        and is_used(statement, key.referred_table)
    )
    if referred:
        yield Hit(f"{what}: locks {', '.join(referred)}, too", path)
    elif is_used(statement, table):
        yield Hit(what, path)


@rule(
    "GM220",
    Severity.WARNING,
    lock=Lock.SHARE_ROW_EXCLUSIVE,
    work=Work.SCAN,
    instead="add an index that begins with the column in an edit before",
)
def identity_counted(statement: UpgradeStep) -> Iterator[Hit]:
    """A column that is there begins to count, and no index begins with it.

    Its sequence goes on where the rows end: PostgreSQL looks for the largest value, and reads the
    whole table for it. Readers go on meanwhile; writers wait, or a row could come after the look.
    """
    match statement.operation:
        case SetColumnIdentity(table=table, name=name, old=None):
            held = statement.before.tables.get(table)
            if held is not None and not is_led(held, name):
                yield from statement.hits(table, "columns", name)


@rule(
    "GM221",
    Severity.WARNING,
    lock=Lock.SHARE,
    work=Work.SCAN,
    instead=QUIET,
)
def domain_validated(statement: UpgradeStep) -> Iterator[Hit]:
    """The rows of all tables that use a domain are read, while their writers wait.

    VALIDATE CONSTRAINT and SET NOT NULL of ALTER DOMAIN hold SHARE locks of all these tables until
    they are done. A check that is NOT VALID yet holds for rows to come already.
    """
    match statement.operation:
        case AlterObject(kind=kind, name=name, old=old, new=new):
            of = BY_WORD[kind]
            used = [
                str(table)
                for table, value in statement.before.tables.items()
                if is_used(statement, table) and name in types_of(value)
            ]
            if used and of.is_long(old, new):
                what = f"{statement.operation.summary}: locks {', '.join(used)}"
                yield Hit(what, statement.spec.places.get((kind, name), (of.key,)))


def types_of(table: Table) -> set[tuple[str | None, str]]:
    return {(one.type.schema, one.type.name) for one in table.columns.values()}


def is_led(table: Table, column: str) -> bool:
    """Tell whether an index of all rows begins with a column."""
    keys = [
        one.columns[0]
        for one in table.constraints.values()
        if isinstance(one, PrimaryKey | Unique)
    ]
    indexes = [
        one.elements[0].column
        for one in table.indexes.values()
        if one.method == "btree" and one.where is None
    ]
    return column in {*keys, *indexes}


def is_proven(schema: Schema, table: Name, column: str) -> bool:
    """Tell whether a valid check says that a column is not null."""
    known = f"{quote_name(column)} IS NOT NULL"
    return any(
        isinstance(one, Check)
        and one.expression == known
        and not (one.not_valid or one.not_enforced)
        for one in schema.tables[table].constraints.values()
    )
