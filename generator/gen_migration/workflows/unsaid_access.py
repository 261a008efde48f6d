"""Owners and grants that a spec says no more, and that therefore stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import listed
from gen_migration.kinds import access
from gen_migration.operations.origins import Origins

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gen_migration.model.schema import Schema
    from gen_migration.operations.base import Operation

SHOWN = 5  # objects that a note names


def notes(old: Schema, new: Schema, operations: Iterable[Operation]) -> Iterator[str]:
    """Yield what to say of objects whose `grants` or `owner` one spec says, and the next one not.

    `operations` lead from the one to the other. No revision takes away what is there.
    """
    origins = Origins().after(operations)
    found = [*both(old, new, origins)]
    for key, hint in HINTS.items():
        silent = [
            f"{word} {name}"
            for word, name, before, after in found
            if getattr(before, key, None) is not None and getattr(after, key) is None
        ]
        if silent:
            yield (
                f"said no more, and so no longer compared: {key} of {listed(silent, SHOWN)}"
                f"\n  hint: {hint}"
            )


def both(
    old: Schema, new: Schema, origins: Origins
) -> Iterator[tuple[str, Any, Any, Any]]:
    """Yield what both schemas have and may have an owner: its kind and name, and both values."""
    for word, name, after in access.every(new):
        before = old.of(word).get(origins.names.get((word, name), name))
        if before is not None:
            yield word, name, before, after


HINTS = {
    "grants": "what is granted stays; write grants: {} to take all of it away",
    "owner": "it stays; write the owner that it is to have",
}
