"""Rules about what the statements of an upgrade build and validate while others wait.

They look at the statements themselves, and at those in a transaction alone: what autocommit runs
lets readers and writers go on. Sources: the manual, "Explicit Locking" (13.3), and the pages of
CREATE INDEX, DROP INDEX and ALTER TABLE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.kinds import BY_WORD
from gen_migration.model.constraints import is_deferral, is_validation, keys_of
from gen_migration.model.not_null_names import is_put_off
from gen_migration.model.places import spec_path
from gen_migration.model.schema import Check, Exclude, ForeignKey, PrimaryKey, Unique
from gen_migration.operations import every as op
from gen_migration.plan.forms import is_scanned
from gen_migration.postgres.names import quote_name
from gen_migration.rules.contexts import Hit, UpgradeStep
from gen_migration.rules.finding import BUILD, NOTE, SCAN, WARNING
from gen_migration.rules.rule import (
    ACCESS_EXCLUSIVE,
    ONLINE,
    QUIET,
    SHARE,
    SHARE_ROW_EXCLUSIVE,
    Lock,
    rule,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.base.errors import Place
    from gen_migration.model.schema import Schema, Table
    from gen_migration.postgres.names import Name

NEVER = f"; where the type of a column changes that it is over, there is none: {QUIET}"
MOMENT = QUIET + ": it is quick once it has its lock"
LATER = "; else add it with not_valid: true, and take that away in a later edit"


Made = op.CreateConstraint | op.AlterConstraint
MADE = (op.CreateConstraint, op.AlterConstraint)


def is_checked(made: Made, kinds: Any) -> bool:
    """Tell whether a constraint of some kinds is made, and all rows are looked at for it."""
    new = made.new
    if isinstance(made, op.AlterConstraint):
        old = made.old
        if is_deferral(old, new) or is_validation(old, new):
            return False
    off = getattr(new, "not_valid", False) or getattr(new, "not_enforced", False)
    return isinstance(new, kinds) and not off


@rule("GM201", WARNING, op.CreateIndex, lock=SHARE, work=BUILD, instead=ONLINE + NEVER)
def index_built(step: UpgradeStep, _: op.CreateIndex) -> Iterator[Hit]:
    """An index is built while writers wait.

    CREATE INDEX without CONCURRENTLY reads the whole table, and holds the lock until the
    transaction ends.
    """
    yield from step.hits()


@rule("GM202", NOTE, op.DropIndex, lock=ACCESS_EXCLUSIVE, instead=ONLINE + NEVER)
def index_dropped(step: UpgradeStep, _: op.DropIndex) -> Iterator[Hit]:
    """An index is dropped while readers and writers wait.

    DROP INDEX without CONCURRENTLY is quick, but waits for what runs on the table, and everybody
    else waits behind it; it holds the lock until the transaction ends.
    """
    yield from step.hits()


@rule("GM203", WARNING, *MADE, lock=ACCESS_EXCLUSIVE, work=SCAN, instead=ONLINE + LATER)
def check_validated(step: UpgradeStep, made: Made) -> Iterator[Hit]:
    """A check is validated at once.

    ADD CONSTRAINT … CHECK without NOT VALID reads the whole table under its strongest lock.
    """
    if is_checked(made, Check):
        yield from step.hits()


@rule(
    "GM204", WARNING, *MADE, lock=SHARE_ROW_EXCLUSIVE, work=SCAN, instead=ONLINE + LATER
)
def foreign_key_validated(step: UpgradeStep, made: Made) -> Iterator[Hit]:
    """A foreign key is validated at once.

    ADD CONSTRAINT … FOREIGN KEY without NOT VALID looks up every row of the table, and holds the
    lock of both tables meanwhile.
    """
    if is_checked(made, ForeignKey):
        yield from step.hits()


@rule(
    "GM205", WARNING, *MADE, lock=ACCESS_EXCLUSIVE, work=BUILD, instead=ONLINE + NEVER
)
def key_built(step: UpgradeStep, made: Made) -> Iterator[Hit]:
    """The index of a primary key or a unique constraint is built while others wait.

    ADD CONSTRAINT without USING INDEX builds the index under the table's strongest lock.
    """
    if is_checked(made, PrimaryKey | Unique):
        yield from step.hits()


@rule(
    "GM206",
    WARNING,
    *MADE,
    lock=ACCESS_EXCLUSIVE,
    work=BUILD,
    instead=QUIET + ": PostgreSQL has no other form of it",
)
def exclusion_built(step: UpgradeStep, made: Made) -> Iterator[Hit]:
    """The index of an exclusion constraint is built while others wait.

    PostgreSQL builds it under the table's strongest lock; there is neither CONCURRENTLY nor
    NOT VALID for it.
    """
    if is_checked(made, Exclude):
        yield from step.hits()


@rule(
    "GM207",
    WARNING,
    op.SetColumnNullable,
    op.AddColumn,
    lock=ACCESS_EXCLUSIVE,
    work=SCAN,
    instead=ONLINE
    + "; else add a check of IS NOT NULL with not_valid: true, and validate it"
    " in an edit before",
)
def not_null_scanned(
    step: UpgradeStep, one: op.SetColumnNullable | op.AddColumn
) -> Iterator[Hit]:
    """NOT NULL reads the whole table.

    SET NOT NULL looks at every row under the table's strongest lock, unless a valid check says
    that the column is not null; a new virtual column that is NOT NULL is computed for every row.
    """
    if isinstance(one, op.AddColumn):
        if is_scanned(one.new):
            yield from step.hits("it is computed for every row")
    elif is_put_off(one.state):
        return
    elif not one.new and not is_proven(step.before, one.table, one.name):
        yield from step.hits()


@rule(
    "GM218",
    NOTE,
    op.CreateTable,
    op.CreateConstraint,
    lock=SHARE_ROW_EXCLUSIVE,
    instead=MOMENT,
)
def table_referred_to(
    step: UpgradeStep, made: op.CreateTable | op.CreateConstraint
) -> Iterator[Hit]:
    """A new table refers to one that is in use.

    The foreign key of a table without rows is made at once, but it waits for what writes to the
    table that it refers to, and other writers wait behind it.
    """
    if isinstance(made, op.CreateTable):
        table, keys = made.name, [*made.new.constraints.values()]
    else:
        table, keys = made.table, [made.new] if made.table in step.unused else []
    for key in keys:
        if isinstance(key, ForeignKey) and step.is_used(key.referred_table):
            what = f"a foreign key of table {table} locks table {key.referred_table}"
            yield Hit(what, spec_path(step.spec, table), tables=(key.referred_table,))


@rule(
    "GM219",
    NOTE,
    op.DropConstraint,
    op.DropTable,
    lock=ACCESS_EXCLUSIVE,
    instead=MOMENT,
)
def constraint_dropped(
    step: UpgradeStep, gone: op.DropConstraint | op.DropTable
) -> Iterator[Hit]:
    """A constraint is dropped while readers and writers wait.

    DROP CONSTRAINT is quick, but waits for what runs on the table, and everybody else waits behind
    it. That of a foreign key locks the table that it refers to as well, and so does DROP TABLE.
    """
    path: Place = ("tables",)
    if isinstance(gone, op.DropTable):
        table, keys = gone.name, [*gone.old.constraints.values()]
    else:
        table, keys, path = gone.table, [gone.old], step.path
    referred = dict.fromkeys(
        key.referred_table
        for key in keys
        if isinstance(key, ForeignKey)
        and key.referred_table != table
        and step.is_used(key.referred_table)
    )
    if referred:
        what = f"{gone.summary}: locks {', '.join(map(str, referred))}, too"
        yield Hit(what, path, tables=(table, *referred))
    elif step.is_used(table):
        yield Hit(gone.summary, path)


@rule(
    "GM220",
    WARNING,
    op.SetColumnIdentity,
    lock=SHARE_ROW_EXCLUSIVE,
    work=SCAN,
    instead="add an index that begins with the column in an edit before",
)
def identity_counted(step: UpgradeStep, one: op.SetColumnIdentity) -> Iterator[Hit]:
    """A column that is there begins to count, and no index begins with it.

    Its sequence goes on where the rows end: PostgreSQL looks for the largest value, and reads the
    whole table for it. Readers go on meanwhile; writers wait, or a row could come after the look.
    """
    held = step.before.tables.get(one.table)
    if one.old is None and held is not None and not is_led(held, one.name):
        yield from step.hits()


@rule("GM221", WARNING, op.AlterObject, lock=SHARE, work=SCAN, instead=QUIET)
def domain_validated(step: UpgradeStep, one: op.AlterObject) -> Iterator[Hit]:
    """The rows of all tables that use a domain are read, while their writers wait.

    VALIDATE CONSTRAINT and SET NOT NULL of ALTER DOMAIN hold SHARE locks of all these tables until
    they are done. A check that is NOT VALID yet holds for rows to come already.
    """
    used = [
        table
        for table, value in step.before.tables.items()
        if step.is_used(table) and one.name in types_of(value)
    ]
    if used and BY_WORD[one.kind].is_long(one.old, one.new):
        what = f"{one.summary}: locks {', '.join(map(str, used))}"
        yield Hit(what, step.path, tables=tuple(used))


CHANGES = (op.CreateObject, op.AlterObject)


@rule("GM222", NOTE, *CHANGES, lock=SHARE_ROW_EXCLUSIVE, instead=MOMENT)
def trigger_set(
    step: UpgradeStep, one: op.CreateObject | op.AlterObject
) -> Iterator[Hit]:
    """A trigger of a table that is in use is created, replaced, enabled or disabled.

    It is quick, but waits for what writes to the table, and other writers wait behind it.
    """
    if one.kind == "trigger":
        yield from step.hits()


@rule(
    "GM223",
    NOTE,
    *CHANGES,
    op.DropObject,
    op.SetTableRowSecurity,
    lock=ACCESS_EXCLUSIVE,
    instead=MOMENT,
)
def access_changed(step: UpgradeStep, one: Any) -> Iterator[Hit]:
    """Row level security, a policy or a rule of a table in use changes, or a trigger goes.

    It is quick, but waits for what runs on the table, and everybody else waits behind it.
    """
    kind = getattr(one, "kind", "policy")
    is_drop = kind == "trigger" and isinstance(one, op.DropObject)
    if is_drop or kind in {"policy", "rule"}:
        yield from step.hits()


@rule("GM224", NOTE, *CHANGES, lock=Lock.ACCESS_SHARE, work=SCAN, instead=QUIET)
def view_populated(
    step: UpgradeStep, one: op.CreateObject | op.AlterObject
) -> Iterator[Hit]:
    """A materialized view runs its query for all of its rows.

    Readers and writers go on: a new query is built aside. But the transaction is as long as the
    query, and VACUUM cleans nothing up behind it.
    """
    if one.kind != "materialized view" or not one.new.with_data:
        return
    if one.old is None or one.old.query != one.new.query:
        yield Hit(one.summary, step.path)


def types_of(table: Table) -> set[tuple[str | None, str]]:
    return {(one.type.schema, one.type.name) for one in table.columns.values()}


def is_led(table: Table, column: str) -> bool:
    """Tell whether an index of all rows begins with a column."""
    keys = [key.columns[0] for _, key in keys_of(table)]
    indexes = [
        one.elements[0].column
        for one in table.indexes.values()
        if one.method == "btree" and one.where is None
    ]
    return column in {*keys, *indexes}


def is_proven(schema: Schema, table: Name, column: str) -> bool:
    """Tell whether a valid check says that a column is not null."""
    known = f"{quote_name(column)} IS NOT NULL"
    held = schema.tables[table].constraints.values() if table in schema.tables else ()
    return any(
        isinstance(one, Check)
        and one.expression == known
        and not (one.not_valid or one.not_enforced)
        for one in held
    )
