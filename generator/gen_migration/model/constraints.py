"""Questions about constraints, alone or before and after a change. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.model.schema import (
    Check,
    Exclude,
    ForeignKey,
    Index,
    PrimaryKey,
    Table,
    Unique,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Constraint, Element


def elements_of(part: Constraint | Index) -> tuple[Element, ...]:
    """Return the elements of an index, or of an exclusion constraint."""
    match part:
        case Index():
            return part.elements
        case Exclude():
            return tuple(one.element for one in part.elements)
    return ()


def expressions_of(part: Constraint | Index) -> list[str]:
    """Return the expressions of a constraint or an index."""
    match part:
        case Check():
            return [part.expression]
        case Index() | Exclude():
            found = (*(one.expression for one in elements_of(part)), part.where)
            return [one for one in found if one is not None]
    return []


def plain_columns(part: Constraint | Index) -> set[str]:
    """Return the columns of its table that a part names, but for those in expressions."""
    columns = (one.column for one in elements_of(part))
    found = (*getattr(part, "columns", ()), *getattr(part, "include", ()), *columns)
    return {one for one in found if one is not None}


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
        set(key.columns) == columns and not key.deferrable for _, key in keys_of(table)
    )


def key_of(table: Table) -> tuple[str, ...]:
    """Return the columns that batches go along; none where a table has no such key."""
    keys = (
        one.columns
        for one in table.constraints.values()
        if isinstance(one, PrimaryKey) and not one.without_overlaps
    )
    return next(keys, ())


def keys_of(table: Table) -> Iterator[tuple[str, PrimaryKey | Unique]]:
    """Yield the primary key and the unique constraints of a table, by name."""
    for name, one in table.constraints.items():
        if isinstance(one, PrimaryKey | Unique):
            yield name, one
