"""The plan of an edit: its operations in an order that PostgreSQL accepts, as revisions.

A stable sort by phase: what refers to something goes before it on the way out and comes after
it on the way in. Then composites become the steps that PostgreSQL knows (`expand`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.diff.creation import creation
from gen_migration.diff.differ import difference, others
from gen_migration.kinds import BY_WORD
from gen_migration.model.hints import Hints
from gen_migration.model.schema import ForeignKey
from gen_migration.model.sequences import is_counting
from gen_migration.operations.alterations import (
    AlterConstraint,
    AlterObject,
    AttachPartition,
    DetachPartition,
    SetComment,
    SetEnumValues,
    SetInherited,
)
from gen_migration.operations.base import (
    CreateConstraint,
    CreateIndex,
    CreateObject,
    CreateTable,
    DropConstraint,
    DropIndex,
    DropObject,
    DropTable,
    Operation,
    SetSequenceOwner,
    inverse,
)
from gen_migration.operations.columns import (
    AddColumn,
    Backfill,
    DropColumn,
    SetColumnCompression,
    SetColumnDefault,
    SetColumnGenerated,
    SetColumnIdentity,
    SetColumnNullable,
    SetColumnStorage,
    SetColumnType,
    SetNotNullName,
)
from gen_migration.operations.origins import Origins
from gen_migration.operations.renames import RenameObject
from gen_migration.plan.chain import links, single

if TYPE_CHECKING:
    from collections.abc import Collection

    from gen_migration.diff.columns import Question
    from gen_migration.diff.differ import Difference
    from gen_migration.model.schema import Schema
    from gen_migration.plan.link import PlannedRevision
    from gen_migration.postgres.names import Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The operations that lead from one schema to another, and the revisions that do them."""

    operations: tuple[Operation, ...]
    links: tuple[PlannedRevision, ...] = ()
    questions: tuple[Question, ...] = ()

    @property
    def upgrade(self) -> tuple[Operation, ...]:
        """The steps of all revisions, one after the other."""
        return tuple(step for link in self.links for step in link.upgrade.operations)

    @property
    def downgrade(self) -> tuple[Operation, ...]:
        """The steps of all revisions on the way back."""
        back = reversed(self.links)
        return tuple(step for link in back for step in link.downgrade.operations)


def plan(
    old: Schema,
    new: Schema,
    hints: Hints | None = None,
    origins: Origins | None = None,
    postgresql: int = 14,
    *,
    online: bool = True,
) -> Plan:
    """Return how one schema becomes another on PostgreSQL of this version or later.

    Not `online`, nobody uses the tables meanwhile: it is one revision with one transaction.
    """
    found = difference(old, new, hints or Hints(), origins or Origins())
    operations = ordered(found)
    made = links(old, new, operations, postgresql) if online else ()
    if not online and operations:
        made = (single(old, new, operations, postgresql),)
    return Plan(operations=operations, links=made, questions=found.questions)


def ordered(found: Difference) -> tuple[Operation, ...]:
    """Return all operations of a difference in the order they run."""
    old, new = found.old, found.new
    dropped, created = found.dropped, found.created
    operations = [
        *inverse(creation(dropped, others(old, dropped))),
        *found.changes,
        *creation(created, others(new, created)),
    ]
    moving = {
        one.table
        for one in found.changes
        if isinstance(one, AttachPartition | DetachPartition)
    }
    added = {
        (one.table, one.name) for one in found.changes if isinstance(one, AddColumn)
    }
    rest = sorted(
        operations,
        key=lambda one: phase(one, dropped.tables, created.tables, moving, added),
    )
    # What a rename moves to has to be there.
    schemas = [
        one
        for one in (*found.renames, *rest)
        if isinstance(one, RenameObject | CreateObject) and one.kind == "schema"
    ]
    early = {id(one) for one in schemas}
    return (
        *found.first,
        *schemas,
        *(one for one in found.renames if id(one) not in early),
        *(one for one in rest if id(one) not in early),
    )


# Where the operations run that depend on nothing but their class.
PHASES: dict[type[Operation], int] = {
    DetachPartition: 10,
    DropTable: 12,
    SetColumnType: 25,
    SetEnumValues: 25,
    SetColumnGenerated: 25,
    Backfill: 27,
    SetColumnNullable: 28,
    AlterConstraint: 35,
    CreateTable: 37,
    AttachPartition: 39,
    SetComment: 42,
}
OTHERS = 36


def phase(  # noqa: C901, PLR0912 - one line for each kind of operation
    operation: Operation,
    dropped: Collection[Name],
    created: Collection[Name],
    moving: Collection[Name],
    added: Collection[tuple[Name, str]],
) -> int:
    """Return when an operation runs; tables that are dropped and created have their own time.

    So has the default of a column that is `added`: it comes before the rows are filled.

    So have foreign keys of tables that are `moving`: they go once a partition is detached, and
    come before it is attached.
    """
    match operation:
        case SetSequenceOwner(new=new):
            return 8 if new is None else 41
        case SetInherited(new=new):
            return 8 if new is None else 41
        case DropConstraint(table=table, old=ForeignKey()):
            return 10 if table in moving else 9
        case DropConstraint(table=table):
            return 12 if table in dropped else 14
        case DropIndex(table=table):
            return 12 if table in dropped else 13
        case SetComment(name=name) if name in moving:
            return 38  # what is attached has it already
        case SetColumnDefault(old=old, new=None) if is_counting(old):
            return 11  # before the table goes that the sequence belongs to
        case SetColumnDefault(new=new) if is_counting(new):
            return 38  # once it is there
        case SetColumnDefault(table=table, name=name) if (table, name) in added:
            return 22
        case SetColumnDefault(new=None) | SetColumnIdentity(new=None):
            return 16
        case SetColumnStorage(new=None) | SetColumnCompression(new=None):
            return 16
        case SetNotNullName(new=new):
            return 16 if new is None else 29
        case DropColumn(old=column):
            return 30 if column.generated is None else 19
        case AddColumn(new=column):
            return 21 if column.generated is None else 26
        case SetColumnIdentity(old=before, new=after) if before and after:
            # While the type still holds what the new one does not, or once it does.
            return 24 if after.options.maximum < before.options.maximum else 29
        case SetColumnDefault() | SetColumnIdentity():
            return 29
        case CreateConstraint(table=table, new=ForeignKey()):
            return 38 if table in moving else 40
        case CreateConstraint(table=table):
            return 37 if table in created else 31
        case CreateIndex(table=table):
            return 37 if table in created else 32
        case CreateTable() | DropTable():
            return PHASES[type(operation)]
        case CreateObject(kind=kind):
            return BY_WORD[kind].phases[0]
        case AlterObject(kind=kind):
            return BY_WORD[kind].phases[1]
        case DropObject(kind=kind):
            return BY_WORD[kind].phases[2]
    return PHASES.get(type(operation), OTHERS)
