"""What a server says of its tables and indexes to the value of it. Pure."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from gen_migration.postgres.names import PUBLIC, Name
from gen_migration.stats import units
from gen_migration.stats.values import IndexStats, Stats, TableStats

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable, Iterator

    from gen_migration.stats.read import Answers


def stats_of(
    answers: Answers, today: dt.date, wanted: Collection[Name] | None = None
) -> Stats:
    """Return the sizes that a server has told, of some tables or of all.

    What was not told, or what the role may not see, is unknown, never 0.
    """
    server, primary = answers.server, answers.primary
    schema = server.schema or PUBLIC
    tables = Tables(answers)
    found = {Name(one.schema, one.name): one for one in tables.every.values()}
    names = [*found]
    if wanted is not None:
        full = {Name(one.schema or schema, one.name) for one in wanted}
        names = [one for one in names if one in full]
    sees = primary is not None and primary.sees_all
    return Stats(
        taken=today,
        postgresql=server.version.split()[0],
        is_replica=server.is_replica,
        schema=schema,
        counted_since=None if primary is None else day(primary.counted_since),
        longest_transaction=seconds(primary.longest_transaction) if sees else None,
        replicas=None if primary is None else primary.replicas,
        replication_lag=lag(server, primary),
        settings=server.settings,
        tables={name: tables.table(found[name]) for name in names},
    )


def unseen(answers: Answers) -> list[str]:
    """Return what is not known, and what would have to be so that it were."""
    found = []
    if answers.primary is None:
        found.append(
            "this is a replica: scans, writes and the longest transaction are those of the"
            " primary, and unknown\n  hint: --primary URL reads them there"
        )
    elif not answers.primary.sees_all:
        role = answers.primary.role
        found.append(
            f'the role "{role}" may not see the sessions of others: the longest transaction and'
            f" the replicas' lag are unknown\n  hint: GRANT pg_monitor TO {role}"
        )
    return found


def lag(server: Any, primary: Any) -> int | None:
    """Return how far a replica is behind, or the last of those that follow a primary."""
    if server.is_replica:
        return seconds(server.replication_lag)
    if not primary.replicas:
        return 0
    return seconds(primary.replication_lag) if primary.sees_all else None


class Tables:
    """The rows of tables and indexes, by what they are parts of, and what is told of their use."""

    def __init__(self, answers: Answers) -> None:
        sizes, use = answers.sizes, answers.use
        self.every = {
            row.oid: row for row in sizes["relations"] if row.size is not None
        }
        # What has been dropped meanwhile has no size any more.
        self.parts = by(self.every.values(), "parent")
        indexes = [row for row in sizes["indexes"] if row.size is not None]
        self.parts_of_indexes = by(indexes, "parent")
        self.indexes = by(indexes, "table_oid")
        self.use: dict[Name, Any] = {}
        self.use_of_indexes: dict[Name, Any] = {}
        self.age = 1.0
        if use is not None:
            self.use = named(use["use_of_tables"])
            self.use_of_indexes = named(use["use_of_indexes"])
            primary = use["server"][0]
            if primary.counted_since is not None:
                self.age = (primary.now - primary.counted_since).total_seconds()
        self.is_counted = use is not None and use["server"][0].counted_since is not None

    def leaves(self, row: Any) -> Iterator[Any]:
        """Yield what holds the rows of a table: itself, or the partitions of it and of theirs."""
        if not row.partitioned:
            yield row
        for one in self.parts[row.oid]:
            yield from self.leaves(one)

    def table(self, row: Any) -> TableStats:
        """Return what is known of a table."""
        leaves = [*self.leaves(row)]
        use = [self.use.get(Name(one.schema, one.name)) for one in leaves]
        writes = total(None if one is None else one.writes for one in use)
        is_rated = writes is not None and self.is_counted
        return TableStats(
            rows=rounded(total(map(rows, leaves))),
            size=units.rounded(sum(one.size for one in leaves)),
            index_size=units.rounded(sum(one.index_size for one in leaves)),
            dead_rows=counted(use, "dead_rows"),
            seq_scans=counted(use, "seq_scans"),
            index_scans=counted(use, "index_scans"),
            writes_per_second=units.rate(writes or 0, self.age) if is_rated else None,
            partitions=len(leaves) if row.partitioned else 0,
            indexes={one.name: self.index(one) for one in self.indexes[row.oid]},
        )

    def index(self, row: Any) -> IndexStats:
        """Return what is known of an index; of that of a partitioned table, the sum."""
        leaves = [*self.leaves_of_index(row)]
        use = [self.use_of_indexes.get(Name(one.schema, one.name)) for one in leaves]
        size = units.rounded(sum(one.size for one in leaves))
        return IndexStats(size=size, scans=counted(use, "scans"))

    def leaves_of_index(self, row: Any) -> Iterator[Any]:
        """Yield what holds an index: itself, or the indexes of partitions that are its parts."""
        parts = self.parts_of_indexes[row.oid]
        if not parts:
            yield row
        for one in parts:
            yield from self.leaves_of_index(one)


def rows(leaf: Any) -> int | None:
    """Return the rows of a table; None where nobody has counted them, though there may be some."""
    if leaf.rows >= 0:
        return int(leaf.rows)
    return None if leaf.pages else 0


def by(found: Iterable[Any], key: str) -> defaultdict[int, list[Any]]:
    """Return rows by the OID that stands in a column."""
    result: defaultdict[int, list[Any]] = defaultdict(list)
    for row in found:
        if (oid := getattr(row, key)) is not None:
            result[oid].append(row)
    return result


def named(found: Iterable[Any]) -> dict[Name, Any]:
    return {Name(row.schema, row.name): row for row in found}


def total(found: Iterable[int | None]) -> int | None:
    """Return a sum; None where a part of it is unknown."""
    parts = [*found]
    known = [one for one in parts if one is not None]
    return sum(known) if len(known) == len(parts) else None


def counted(use: Iterable[Any], key: str) -> int | None:
    """Return the sum of a counter, in two digits."""
    return rounded(total(None if one is None else getattr(one, key) for one in use))


def rounded(count: int | None) -> int | None:
    return None if count is None else units.rounded(count)


def seconds(value: float | None) -> int | None:
    """Return a time in two digits; a replica that never replayed anything has none."""
    return None if value is None else units.rounded(value)


def day(value: dt.datetime | None) -> dt.date | None:
    return None if value is None else value.date()
