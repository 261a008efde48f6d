"""Columns of queries that only get other names: PostgreSQL renames them where they are.

Without that, a view is made anew, with what stands on it (manual, CREATE VIEW and ALTER VIEW).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration import kinds
from gen_migration.diff.renames_in_turn import Moves, rename_within
from gen_migration.diff.tables import pairs
from gen_migration.kinds.relations import is_replaced, known_of
from gen_migration.operations import base as basic

if TYPE_CHECKING:
    from gen_migration.kinds.kind import Kind
    from gen_migration.model.schema import Schema


def relabelled(state: Moves, new: Schema) -> None:
    """Rename columns of views and the like that are the same under other names.

    What one selects from gets its names first: only then do both select the same.
    """
    waiting = [
        (kind, name)
        for kind in kinds.of(state.schema, new)
        if kind.has_columns
        for name, _, _ in pairs(state.schema.of(kind.word), new.of(kind.word))
        if is_anew(state.schema, new, kind, name)
    ]
    while waiting:
        left = [one for one in waiting if not renamed(state, new, *one)]
        if len(left) == len(waiting):
            return
        waiting = left


def renamed(state: Moves, new: Schema, kind: Kind, name: Any) -> bool:
    """Rename the columns of an object where it is not made anew then, and tell whether they are.

    So a downgrade can do it, too, it has to lead back to the very text that the query has.
    """
    old = state.schema
    before, after = old.of(kind.word)[name], new.of(kind.word)[name]
    found = kind.relabelled(before, after, known_of(old), known_of(new))
    if not found:
        return False
    trial = Moves(old)
    try:
        rename_within(trial, "column", name, found, {*found, *found.values()})
        back = basic.apply(trial.schema, basic.inverse(trial.operations))
    except ValueError:  # it has no label that could be another one
        return False
    if back != old or is_anew(trial.schema, new, kind, name):
        return False
    state.operations += trial.operations
    state.schema = trial.schema
    return True


def is_anew(old: Schema, new: Schema, kind: Kind, name: Any) -> bool:
    """Tell whether an object is made anew, or built aside, to be what it is in a new schema."""
    before, after = (kind.bare(one.of(kind.word)[name]) for one in (old, new))
    if before == after:
        return False
    return kind.is_built_aside(before, after) or is_replaced(old, new, kind, name)
