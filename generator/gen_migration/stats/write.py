"""Sizes to the text of their file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.postgres.names import Name
from gen_migration.spec.documents import SIZES
from gen_migration.spec.write.spec import text_of
from gen_migration.stats import units
from gen_migration.stats.shapes import UNKNOWN

if TYPE_CHECKING:
    import datetime as dt

    from gen_migration.stats.values import Stats, TableStats


def text(stats: Stats) -> str:
    """Return sizes as YAML: sorted, and the same for the same value."""
    return f"{SIZES}\n{text_of(document(stats))}"


def document(stats: Stats) -> dict[str, Any]:
    """Return sizes as the plain values of their document."""
    tables = sorted(
        (str(Name(None, one.name) if one.schema == stats.schema else one), table)
        for one, table in stats.tables.items()
    )
    return {
        "taken": stats.taken.isoformat(),
        "postgresql": stats.postgresql,
        "server": "replica" if stats.is_replica else "primary",
        "schema": stats.schema,
        "counted_since": day(stats.counted_since),
        "longest_transaction": duration(stats.longest_transaction),
        "replicas": known(stats.replicas),
        "replication_lag": duration(stats.replication_lag),
        "settings": dict(sorted(stats.settings.items())),
        "tables": {name: of_table(one) for name, one in tables},
    }


def of_table(table: TableStats) -> dict[str, Any]:
    """Return what the document says of a table."""
    found = {
        "rows": known(table.rows),
        "size": units.size_text(table.size),
        "index_size": units.size_text(table.index_size),
        "dead_rows": known(table.dead_rows),
        "seq_scans": known(table.seq_scans),
        "index_scans": known(table.index_scans),
        "writes_per_second": known(table.writes_per_second),
        "partitions": table.partitions,
        "indexes": {
            name: {"size": units.size_text(one.size), "scans": known(one.scans)}
            for name, one in sorted(table.indexes.items())
        },
    }
    for key in ("partitions", "indexes"):
        if not found[key]:
            del found[key]
    return found


def known(value: Any) -> Any:
    """Return a value as the document says it."""
    return UNKNOWN if value is None else value


def duration(seconds: int | None) -> str:
    return UNKNOWN if seconds is None else units.duration_text(seconds)


def day(value: dt.date | None) -> str:
    return UNKNOWN if value is None else value.isoformat()
