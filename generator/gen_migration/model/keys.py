"""The key that tells a table's rows apart. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.model.schema import PrimaryKey

if TYPE_CHECKING:
    from gen_migration.model.schema import Table


def key_of(table: Table) -> tuple[str, ...]:
    """Return the columns that batches go along; none where a table has no such key."""
    keys = (
        one.columns
        for one in table.constraints.values()
        if isinstance(one, PrimaryKey) and not one.without_overlaps
    )
    return next(keys, ())
