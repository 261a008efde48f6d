"""What is known of a database in production, as values; None stands for what is unknown."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.postgres.names import PUBLIC, Name

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexStats:
    """An index: its bytes, and how often it was scanned."""

    size: int
    scans: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableStats:
    """A table, or a materialized view; of a partitioned one the sum over its partitions.

    `size` are the bytes of its rows, TOAST included, and `index_size` those of its indexes. Rows
    are those that ANALYZE or VACUUM have last counted. `partitions` is how many hold rows.
    """

    rows: int | None
    size: int
    index_size: int = 0
    dead_rows: int | None = None
    seq_scans: int | None = None
    index_scans: int | None = None
    writes_per_second: Decimal | None = None
    partitions: int = 0
    indexes: Mapping[str, IndexStats] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """A database on the day `taken`; names of tables have their schema.

    `schema` is that of names without one. Scans and writes are counted since `counted_since`.
    Times are in seconds.
    """

    taken: dt.date
    postgresql: str
    is_replica: bool = False
    schema: str = PUBLIC
    counted_since: dt.date | None = None
    longest_transaction: int | None = None
    replicas: int | None = None
    replication_lag: int | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[Name, TableStats] = field(default_factory=dict)

    def full(self, name: Name) -> Name:
        """Return a name with its schema."""
        return Name(self.schema, name.name) if name.schema is None else name

    def table(self, name: Name) -> TableStats | None:
        """Return what is known of a table, as a spec calls it."""
        return self.tables.get(self.full(name))
