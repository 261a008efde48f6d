"""Operations that wait for a lock of something that is in use. Pure.

Source: the PostgreSQL manual, "Explicit Locking" (13.3), and the page of each statement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.model.schema import ForeignKey
from gen_migration.operations import every as op

if TYPE_CHECKING:
    from collections.abc import Iterable


def waits(operations: Iterable[op.Operation]) -> bool:
    """Tell whether one of the operations takes a strong lock of what was there before them."""
    operations = tuple(operations)
    born = {one.name for one in operations if isinstance(one, op.CreateObject)}
    return any(needs_lock(one, born) for one in operations)


def needs_lock(operation: op.Operation, born: set[Any]) -> bool:
    match operation:
        case op.CreateTable(new=table):
            return not born >= table.related
        case op.CreateConstraint(table=name, new=ForeignKey(referred_table=other)):
            return not born >= {name, other}
        case op.CreateConstraint(table=name) | op.CreateIndex(table=name):
            return name not in born
        case op.SetSequenceOwner(old=old, new=new):
            return not born >= {owner[0] for owner in (old, new) if owner is not None}
        case (
            op.CreateObject(table=None)
            | op.SetComment()
            | op.SetIndexComment()
            | op.SetGrants()
        ):
            # What nobody knows yet, nobody holds a lock of; a comment and a grant block neither
            # reader nor writer.
            return False
        case op.SetOwner(kind=kind, name=name):
            return kind == "table" and name not in born
    # Columns of a table that is new get their sequences and defaults afterwards.
    return getattr(operation, "table", None) not in born
