"""Two schemas as a unified diff of the specs that describe them. Pure."""

from __future__ import annotations

from difflib import unified_diff
from typing import TYPE_CHECKING

from gen_migration.dump import dump
from gen_migration.schema import Spec

if TYPE_CHECKING:
    from gen_migration.schema import Schema


def difference_text(
    old: Schema, new: Schema, *, names: tuple[str, str], home: str | None = None
) -> str:
    """Return what differs between two schemas, as a unified diff; empty where nothing does."""
    if old == new:
        return ""
    one, other = (
        dump(Spec(name="schema", schema=schema, default_schema=home)).splitlines()
        for schema in (old, new)
    )
    return "\n".join([*unified_diff(one, other, *names, lineterm=""), ""])
