"""Questions about constraints, alone or before and after a change. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gen_migration.model.schema import Check, ForeignKey, PrimaryKey, Table, Unique

if TYPE_CHECKING:
    from gen_migration.model.schema import Constraint


def is_deferral(old: Constraint, new: Constraint) -> bool:
    """Tell whether two constraints differ in when they are checked alone; keys cannot."""
    if not (isinstance(old, ForeignKey) and isinstance(new, ForeignKey)):
        return False
    deferrable, initially = new.deferrable, new.initially_deferred
    same = replace(old, deferrable=deferrable, initially_deferred=initially) == new
    return same and old != new


def is_validation(old: Constraint, new: Constraint) -> bool:
    """Tell whether a constraint becomes valid and stays what it is."""
    if not getattr(old, "not_valid", False) or getattr(new, "not_valid", True):
        return False
    return isinstance(old, ForeignKey | Check) and replace(old, not_valid=False) == new


def unique_constraint(table: Table, columns: set[str]) -> bool:
    """Tell whether a key that a foreign key may refer to covers exactly these columns."""
    return any(
        isinstance(constraint, PrimaryKey | Unique)
        and set(constraint.columns) == columns
        and not constraint.deferrable
        for constraint in table.constraints.values()
    )


def key_of(table: Table) -> tuple[str, ...]:
    """Return the columns that batches go along; none where a table has no such key."""
    keys = (
        one.columns
        for one in table.constraints.values()
        if isinstance(one, PrimaryKey) and not one.without_overlaps
    )
    return next(keys, ())
