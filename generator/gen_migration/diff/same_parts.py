"""Constraints and indexes that are the same, whatever they are called. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.model.schema import PrimaryKey

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gen_migration.model.schema import Constraint, Index


def pairs(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    asked: Mapping[str, str],
    same: Callable[[Any, Any], bool],
) -> dict[str, str]:
    """Return the new name and the old one of each that is the same; what was asked for first."""
    result = {
        target: source
        for target, source in asked.items()
        if target in old
        and source in old
        and same(old[source], new[target])
        and not same(old[target], new[target])
    }
    taken = set(result.values())
    gone = [name for name in old if name not in new and name not in taken]
    added = [name for name in new if name not in old]
    for target in sorted(added, key=lambda name: name not in asked):
        source = asked.get(target)
        candidates = [source] if source in gone else list(gone)
        for one in candidates:
            if same(old[one], new[target]):
                result[target] = one
                gone.remove(one)
                break
    return result


def in_order(old: Mapping[str, Index], new: Mapping[str, Index]) -> dict[str, str]:
    """Return the new name and the old one of indexes that are the same, of a table to be attached.

    Of several that are the same, PostgreSQL takes the first for the first of the parent.
    """
    result, left = {}, dict(old)
    for target, value in new.items():
        source = next(
            (key for key, one in left.items() if same_index(one, value)), None
        )
        if source is not None:
            del left[source]
            result[target] = source
    return {target: source for target, source in result.items() if target != source}


def is_that(old: Constraint, new: Constraint) -> bool:
    """Tell whether one constraint is another: a table has one primary key, which may change."""
    is_key = isinstance(old, PrimaryKey) and isinstance(new, PrimaryKey)
    return is_key or same_constraint(old, new)


def is_valid_that(old: Constraint, new: Constraint) -> bool:
    """Tell whether one constraint is another, and known to be valid."""
    return not getattr(old, "not_valid", False) and is_that(old, new)


def same_constraint(old: Constraint, new: Constraint) -> bool:
    """Tell whether one constraint can become another without being added anew."""
    return bool(settled(old, new) == new)


def same_index(old: Index, new: Index) -> bool:
    """Tell whether one index can become another without being built anew."""
    return bool(settled(old, new) == new)


def settled(old: Any, new: Any) -> Any:
    """Return a constraint or an index with what another one has that can be set."""
    found = {
        one: getattr(new, one)
        for one in ("comment", "storage_parameters", "tablespace", "index_comment")
        if hasattr(old, one) and hasattr(new, one)
    }
    return replace(old, **found)
