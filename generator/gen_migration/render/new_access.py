"""Owners of what is created, and grants on it, beside those that default privileges give. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration import kinds
from gen_migration.kinds import access
from gen_migration.operations import every as op
from gen_migration.plan.order_of_ends import is_of_later

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gen_migration.model.schema import Schema


def on_created(
    operations: Sequence[op.Operation], start: Schema
) -> Iterator[list[str]]:
    """Yield for each operation, from a schema on, what gives its object an owner and grants."""
    has_later = any(kind.is_of_later for kind in kinds.of(start)) or any(
        map(is_of_later, operations)
    )
    for one in operations:
        found: list[str] = []
        if isinstance(one, op.CreateObject):
            word, name, owner = one.kind, one.name, getattr(one.new, "owner", None)
            first = access.at_first(start, word, name, owner) if has_later else None
            found += access.of_new(word, name, one.new, first)
        yield found
        if has_later:
            start = one.apply(start)
