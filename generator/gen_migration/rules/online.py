"""Rules about statements that work for long while readers and writers go on.

They are told where sizes are known, and the work is more than a moment. Sources: the manual,
"Explicit Locking" (13.3), CREATE INDEX ("Building Indexes Concurrently": two scans of the table),
and ALTER TABLE (VALIDATE CONSTRAINT).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.model.constraints import is_validation
from gen_migration.model.not_null_names import is_put_off
from gen_migration.model.schema import Check, ForeignKey, PrimaryKey, Unique
from gen_migration.operations import every as op
from gen_migration.rules.finding import BUILD, NOTE, REWRITE, SCAN
from gen_migration.rules.locks import is_checked
from gen_migration.rules.rule import Lock, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.rules.contexts import Hit, OnlineStep

WATCH = "see that no migration is to follow at once, and that old transactions end"
LOCK = Lock.SHARE_UPDATE_EXCLUSIVE


@rule(
    "GM401",
    NOTE,
    op.CreateIndex,
    op.CreateConstraint,
    op.AlterConstraint,
    lock=LOCK,
    work=BUILD,
    passes=2,
    instead=WATCH + ": a build waits for each that began before it",
    sized=True,
)
def built_concurrently(
    step: OnlineStep, made: op.CreateIndex | op.CreateConstraint | op.AlterConstraint
) -> Iterator[Hit]:
    """An index of a large table is built while others go on.

    CREATE INDEX CONCURRENTLY reads the table twice, and waits for transactions that are older than
    it, wherever they are in the database.
    """
    if isinstance(made, op.CreateIndex) or is_checked(made, PrimaryKey | Unique):
        yield from step.hits()


@rule(
    "GM402",
    NOTE,
    op.CreateConstraint,
    op.AlterConstraint,
    op.SetColumnNullable,
    op.SetNotNullState,
    lock=LOCK,
    work=SCAN,
    instead=WATCH,
    sized=True,
)
def validated_online(
    step: OnlineStep,
    one: op.CreateConstraint
    | op.AlterConstraint
    | op.SetColumnNullable
    | op.SetNotNullState,
) -> Iterator[Hit]:
    """A constraint of a large table is validated while others go on.

    VALIDATE CONSTRAINT reads the whole table.
    """
    match one:
        case op.SetColumnNullable(new=new, state=state):
            is_read = not (new or is_put_off(state))
        case op.SetNotNullState(old=old, new=now):
            is_read = is_put_off(old) and not is_put_off(now)
        case op.AlterConstraint(old=old, new=now) if is_validation(old, now):
            is_read = isinstance(now, Check | ForeignKey)
        case _:
            is_read = is_checked(one, Check | ForeignKey)
    if is_read:
        yield from step.hits()


@rule(
    "GM403",
    NOTE,
    op.Backfill,
    work=REWRITE,
    instead="see that VACUUM keeps pace: each row is written a second time",
    sized=True,
)
def filled_in_batches(step: OnlineStep, _: op.Backfill) -> Iterator[Hit]:
    """Rows of a large table are filled in batches.

    Each batch is a transaction of its own; what it writes are new versions of the rows. The sizes
    are those where all rows are filled.
    """
    yield from step.hits()
