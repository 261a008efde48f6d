"""The order in which an edit is read, and runs where the graph leaves it open. Pure.

What lets go comes first, then what changes, then what comes. What no graph can know, since no
object refers to another, has its reason beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.model.marks import marked
from gen_migration.model.partitions import is_only
from gen_migration.model.schema import ForeignKey
from gen_migration.model.sequences import is_counting
from gen_migration.operations import every as op
from gen_migration.postgres.names import is_aside

if TYPE_CHECKING:
    from collections.abc import Collection

    from gen_migration.postgres.names import Name


class Link:
    """Stands for foreign keys, and for defaults that count with a sequence."""


class Shrinking:
    """Stands for identities that get a lower maximum."""


class Freed:
    """Stands for identities whose sequences let go of names that others get."""


class Only:
    """Stands for indexes that are ON ONLY their table: partitions that come would have them."""


class Other:
    """Stands for what is in no line."""


PROPERTIES = (
    op.SetColumnDefault,
    op.SetColumnIdentity,
    op.SetNotNullName,
)
STORED = (
    op.SetColumnStorage,
    op.SetColumnCompression,
    op.SetColumnStatisticsTarget,
    op.SetColumnDistinct,
)
OWNED = (op.SetSequenceOwner, op.SetInherited)
MARKS = (op.SetReplicaIdentity, op.SetClustering)
# What goes is read in the first of these lines that has it, all else in the last one.
READING: tuple[tuple[type, ...], ...] = (
    OWNED,
    (Link,),
    (Only,),
    (op.DetachPartition,),
    MARKS,
    (op.DropTable,),
    (op.DropIndex,),
    (op.DropConstraint,),
    (Freed,),
    (op.SetNotNullState,),  # by its old name
    (*PROPERTIES, *STORED),
    (op.CreateObject, op.AlterObject, op.ReorderAttributes),
    (op.AddColumn,),
    (Shrinking,),  # while the type still holds what the new one does not
    (op.SetColumnType, op.SetEnumValues, op.SetColumnGenerated),
    (op.Backfill, op.CheckRows),  # of columns that have their types
    (op.SetColumnNullable,),  # the rows are filled
    PROPERTIES,  # of the new type
    (op.SetNotNullState,),  # by its new name
    (op.DropColumn,),  # nothing is filled from it any more
    (op.CreateConstraint,),  # over rows that are filled
    (op.CreateIndex,),
    MARKS,  # of an index that is there, and holds no NULL
    (op.AlterConstraint,),
    (Other, *STORED),
    (op.CreateTable,),
    (op.AttachPartition,),
    (Only,),
    (Link,),
    (op.SetInherited,),
    (op.SetComment, op.SetIndexComment),
    (op.SetOwner, op.SetGrants),
    (op.SetSequenceOwner,),  # both belong to the same role
    (op.DropObject,),  # the columns have other types
)
FIRST = {one: n for n, line in reversed([*enumerate(READING)]) for one in line}
LAST = {one: n for n, line in enumerate(READING) for one in line}
# With what is read what is in a table that goes or comes.
WHOLES: dict[type, type] = {
    op.DropConstraint: op.DropTable,
    op.DropIndex: op.DropTable,
    op.CreateConstraint: op.CreateTable,
    op.CreateIndex: op.CreateTable,
}


def line_of(operation: Any, whole: Collection[Name]) -> int:
    """Return the number of the line of an operation in `READING`.

    What is in a table that goes or comes as a `whole` is read with it.
    """
    of: type = type(operation)
    old, new = (getattr(operation, side, None) for side in ("old", "new"))
    value: Any = old if new is None else new
    if of in {op.CreateIndex, op.DropIndex} and is_only(value):
        of = Only
    elif of in WHOLES:
        is_link = isinstance(value, ForeignKey)
        of = Link if is_link else WHOLES[of] if operation.table in whole else of
    elif of is op.SetColumnDefault:
        of = Link if is_counting(value) else of
    elif of is op.SetColumnIdentity and old and new:
        of = Shrinking if new.options.maximum < old.options.maximum else of
        of = Freed if is_aside(new.sequence or "") else of
    elif of in MARKS:
        new = marked(new)
    lines = FIRST if new is None else LAST
    return lines.get(of, LAST[Other])
