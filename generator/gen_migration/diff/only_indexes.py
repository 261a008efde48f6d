"""Indexes that are ON ONLY their table, while partitions come and go. Pure.

A partition that comes has its part of each index of its table (PostgreSQL manual, CREATE TABLE,
PARTITION OF; ALTER TABLE, ATTACH PARTITION): such an index goes before it, and comes after it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.model.own_columns import partitions
from gen_migration.model.partitions import is_only
from gen_migration.operations.base import CreateIndex, DropIndex

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from gen_migration.model.schema import Schema
    from gen_migration.operations.base import Operation
    from gen_migration.postgres.names import Name


def only_indexes(
    old: Schema, new: Schema, staying: Collection[Name]
) -> Iterator[Operation]:
    """Yield what lets such indexes of tables that stay make way for partitions."""
    for name in sorted(staying, key=str):
        before, after = old.tables[name].indexes, new.tables[name].indexes
        held = [key for key, one in before.items() if is_only(one)]
        held = [key for key in held if before[key] == after.get(key)]
        if held and {*partitions(old, name)} != {*partitions(new, name)}:
            for key in held:
                yield DropIndex(table=name, name=key, old=before[key])
                yield CreateIndex(table=name, name=key, new=after[key])
