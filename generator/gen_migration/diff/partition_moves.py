"""Which tables leave the one that they are a partition of, or get one. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.model.given import columns_of
from gen_migration.model.own_columns import said, says_all

if TYPE_CHECKING:
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name


def moves_apart(old: Schema, new: Schema, name: Name) -> bool:
    """Tell whether a table leaves its parent, be it for a moment, or gets one.

    What is as it was may have to make way: its parent's NOT NULL gets another name.
    """
    before, after = old.tables[name], new.tables[name]
    return before.parent != after.parent or is_renamed_apart(old, new, name)


def is_renamed_apart(old: Schema, new: Schema, name: Name) -> bool:
    """Tell whether a NOT NULL that a partition shares with its parent gets another name.

    PostgreSQL renames none that is inherited: the partition has to be let go meanwhile.
    """
    before, after = old.tables[name], new.tables[name]
    if before.partition_of is None or after.partition_of is None:
        return False
    if not (before.own or after.own):
        return False
    parents = (
        columns_of(old, before.partition_of.parent),
        columns_of(new, after.partition_of.parent),
    )
    follows = says_all(old, name)
    for key in parents[1].keys() - parents[0].keys():
        # It comes with its parent's name.
        if not parents[1][key].nullable and said(after, key) != (follows, None):
            return True
    for key in parents[0].keys() & parents[1].keys():
        above, wanted = parents[0][key], parents[1][key]
        if above.nullable or wanted.nullable:
            continue
        was, becomes = said(before, key), said(after, key)
        if was != becomes:
            return True
        # PostgreSQL renames none whose partitions call it otherwise.
        if above.not_null != wanted.not_null and was[0]:
            return True
    return False
