"""Indexes of a partitioned table that not all of its partitions have: ON ONLY, and their parts.

Such an index is invalid, and nothing reads it, until each partition has its part (PostgreSQL
manual, CREATE INDEX and ALTER INDEX, ATTACH PARTITION).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.sql import ddl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Index, IndexPart
    from gen_migration.postgres.names import Name


def parts(value: Index) -> Iterator[tuple[Name, IndexPart, Index]]:
    """Yield the partitions of an index, each with its part: what that is called, and itself."""
    for table, one in (value.only or {}).items():
        yield table, one, replace(value, only=one.only, comment=None, tablespace=None)


def create(table: Name, name: str, value: Index) -> Iterator[str]:
    """Yield the plain statements that create an index and its parts."""
    yield ddl.create_index(table, name, value)
    for part, one, own in parts(value):
        yield from create(part, one.name, own)
        yield attach(table, name, part, one.name)


def attach(table: Name, name: str, part: Name, own: str) -> str:
    """Return what makes the index of a partition a part; again, it does nothing."""
    whole, index = table._replace(name=name).sql, part._replace(name=own).sql
    return f"ALTER INDEX {whole} ATTACH PARTITION {index}"
