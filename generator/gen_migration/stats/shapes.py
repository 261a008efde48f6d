"""The file of sizes as it is written: its keys, and what may stand behind them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from gen_migration.kinds.shape import Rule, Shape
from gen_migration.kinds.shape_base import Text, key, mapping
from gen_migration.stats import units

UNKNOWN = "unknown"
Unknown = Literal["unknown"]
Date = Annotated[str, Rule(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
Count = Annotated[int, Rule(least=0)]
Size = Annotated[str, Rule("Bytes, such as `84 GB`.", pattern=f"^{units.SIZE}$")]
Duration = Annotated[str, Rule("A time, such as `40s`.", pattern=f"^{units.DURATION}$")]
Rate = Annotated[
    Decimal | int | Unknown,
    Rule(
        json=lambda _: {"anyOf": [{"type": "number", "minimum": 0}, {"const": UNKNOWN}]}
    ),
]


def known(about: str) -> Any:
    """Return a key whose value may be unknown, which is what leaving it out says."""
    return key(about, UNKNOWN)


class IndexStatsShape(Shape):
    """An index."""

    size: Size = key("Its bytes.")
    scans: Count | Unknown = known("How often it was scanned.")


class TableStatsShape(Shape):
    """A table, or a materialized view; of a partitioned one the sum over its partitions."""

    rows: Count | Unknown = known("Rows, as ANALYZE or VACUUM last counted them.")
    size: Size = key("Bytes of its rows, TOAST included.")
    index_size: Size = key("Bytes of its indexes.", "0 B")
    dead_rows: Count | Unknown = known("Rows that VACUUM has still to clean up.")
    seq_scans: Count | Unknown = known("How often all of it was read.")
    index_scans: Count | Unknown = known("How often an index of it was used.")
    writes_per_second: Rate = known("Rows inserted, updated and deleted each second.")
    partitions: Count = key("Of how many partitions it is the sum.", 0)
    indexes: dict[str, IndexStatsShape] = mapping("Its indexes, those of keys too.")


class StatsShape(Shape):
    """Sizes of a database's tables and indexes, and how busy they are, for reviews."""

    taken: Date = key("The day on which they were read.")
    postgresql: Text = key("The version of the server.")
    server: Literal["primary", "replica"] = key("What it is.", "primary")
    schema: Text = key("The schema of every name without one.", "public")
    counted_since: Date | Unknown = known("Since when scans and writes are counted.")
    longest_transaction: Duration | Unknown = known(
        "How long the longest transaction had run at that moment."
    )
    replicas: Count | Unknown = known("How many servers follow this one.")
    replication_lag: Duration | Unknown = known("How far the last of them is behind.")
    settings: dict[str, Text] = mapping("Settings that a migration depends on.")
    tables: dict[str, TableStatsShape] = mapping("Tables by name.")
