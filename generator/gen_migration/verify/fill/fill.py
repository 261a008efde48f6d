"""Rows for the tables of a database, so that what a migration does to data shows.

    fill(connection, schema)  ->  the tables that stayed empty, each with the reason

The rows are the same for the same schema. A table gets them in one INSERT; only where that fails,
each row is tried for itself, with other values in turn. Row triggers of the database fire, as they
would for its users. Where a row cannot come in by any values, it is tried once more without
triggers and without checks of foreign keys (`session_replication_role`), if the user may do that:
it holds keys that are there all the same.
"""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.verify.fill.choices import choices
from gen_migration.verify.fill.database import (
    WITH_TRIGGERS,
    WITHOUT_TRIGGERS,
    Database,
    reason,
)
from gen_migration.verify.fill.order import order, root
from gen_migration.verify.fill.rows import Given, row, target
from gen_migration.verify.fill.types import samples

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gen_migration.model.schema import ForeignKey, Schema
    from gen_migration.postgres.names import Name
    from gen_migration.verify.fill.rows import Row, RowKind, Samples, Target

# The first rows of a table; further ones, for its partitions, are ordinary.
KINDS: tuple[RowKind, ...] = ("ordinary", "longest", "nulls")
MOST = 1_000  # rows of one table, when it has that many partitions
TURNS = 8  # rows for each partition where chance leads them: of 1,000, one stays empty
FAILURES = 8  # rows that are tried before a table is given up
SHIFTS = 6  # other values that are tried for a row


@dataclass(frozen=True, slots=True)
class Unfilled:
    """A table without rows, and why it has none."""

    table: Name
    why: str


def fill(
    connection: Any, schema: Schema, kinds: Sequence[RowKind] = KINDS
) -> tuple[Unfilled, ...]:
    """Put rows of these kinds into every table, and return those that stayed empty.

    `schema` is what the database of the connection holds (`reader.read`). What a database does
    not let in is no error. An idle connection commits table by table.
    """
    (home,) = connection.execute("SELECT current_schema()").fetchone()
    database = Database(connection, schema, order(schema), home)
    filling = Filling(database, tuple(kinds), samples(connection, schema))
    for group in database.order.groups():
        filling.group(group)
    filling.set_later()
    return tuple(
        Unfilled(name, filling.reason(name))
        for name in database.empty(list(schema.tables))
    )


@dataclass(slots=True)
class Filling:
    """Fills tables; `why` are the first refusals of rows."""

    database: Database
    kinds: tuple[RowKind, ...]
    samples: Samples
    why: dict[Name, str] = field(default_factory=dict)
    targets: dict[Name, Target] = field(default_factory=dict)

    def reason(self, name: Name) -> str:
        """Return why a table holds no rows."""
        where = root(self.database.schema, name)
        return self.why.get(name) or self.why.get(where) or "no row led into it"

    def group(self, names: tuple[Name, ...]) -> None:
        """Fill tables; at once, where one needs another that needs it."""
        own = [edge for edge in self.database.order.broken if edge.table in names]
        strong = [edge for edge in own if not edge.is_weak]
        if not strong:
            for name in names:
                self.table(name)
            return
        modes = ["SET CONSTRAINTS ALL DEFERRED", WITHOUT_TRIGGERS]
        for mode in modes if len(names) > 1 else ["", *modes]:
            if self.at_once(names, mode, [(edge.table, edge.key) for edge in strong]):
                return
        for name in names:
            self.table(name)

    def at_once(
        self, names: tuple[Name, ...], mode: str, keys: list[tuple[Name, ForeignKey]]
    ) -> bool:
        """Fill tables in one transaction; tell whether all of them are filled."""
        import psycopg

        try:
            with self.database.connection.transaction():
                if mode:
                    self.database.connection.execute(mode)
                for name in names:
                    self.table(name, at_once=True)
                for name, key in keys:
                    self.database.set_key(name, key, self.spared)
                self.database.connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
                if mode == WITHOUT_TRIGGERS:
                    self.database.connection.execute(WITH_TRIGGERS)
                if self.database.empty(list(names)):
                    raise psycopg.Rollback  # caught by the transaction
        except psycopg.Error as error:
            self.why[names[0]] = reason(error)
        for name in names:
            self.database.keys.pop(name, None)
        return not self.database.empty(list(names))

    def given(self, one: Target) -> Given:
        """Return what the rows of a table are made of."""
        keys = {
            key.referred_table: self.database.held(key.referred_table)
            for key in one.foreign_keys
        }
        given = Given(samples=self.samples, keys=keys)
        if not one.checks:
            return given
        return replace(given, choices=choices(self.database.connection, one, given))

    def table(self, name: Name, *, at_once: bool = False) -> None:
        """Put rows into a table."""
        import psycopg

        schema = self.database.schema
        one = target(schema, self.database.order, name)
        self.targets[name] = one
        if schema.tables[name].partition_by is not None and not one.leaves:
            self.why[name] = "it has no partitions"
            return
        if not one.columns:
            self.database.insert(one, [{}], at_once=at_once)
            return
        given = self.given(one)
        turns = TURNS if any(leaf.is_chance for leaf in one.leaves) else 1
        least = max((turns * len(one.leaves), *map(len, one.wanted.values())))
        count = max(len(self.kinds), min(least, MOST))
        rows = [row(one, self.kind(number), number, given) for number in range(count)]
        try:
            self.database.insert(one, rows, at_once=at_once)
        except psycopg.Error:
            failures = 0
            for number in range(count):
                came = self.with_care(one, number, given, at_once=at_once)
                failures = 0 if came else failures + 1
                if failures == FAILURES:
                    break

    @property
    def spared(self) -> int:
        """How many rows keep their NULLs."""
        return int("nulls" in self.kinds)

    def kind(self, number: int) -> RowKind:
        return self.kinds[number] if number < len(self.kinds) else "ordinary"

    def with_care(
        self, one: Target, number: int, given: Given, *, at_once: bool
    ) -> bool:
        """Put one row into a table, with such values as it takes; tell whether it came in."""
        import psycopg

        tried: list[Row] = []
        error: psycopg.Error | None = None
        for values in self.attempts(one, number, given):
            if values in tried:
                continue
            tried.append(values)
            try:
                self.database.insert(one, [values], at_once=at_once)
            except psycopg.Error as found:
                error = error or found
            else:
                return True
        if error is None or at_once or one.name in self.why:
            return False
        self.why[one.name] = self.missing(one, given) or reason(error)
        if isinstance(error, psycopg.errors.ForeignKeyViolation):
            return False
        for values in tried[:2]:
            try:
                with self.database.connection.transaction():
                    self.database.connection.execute(WITHOUT_TRIGGERS)
                    self.database.insert(one, [values], at_once=True)
                    self.database.connection.execute(WITH_TRIGGERS)
            except psycopg.Error:
                continue
            else:
                return True
        return False

    def attempts(self, one: Target, number: int, given: Given) -> Iterator[Row]:
        """Yield rows for a place, from what is wanted there to what may go in."""
        yield row(one, self.kind(number), number, given)
        for shift in range(SHIFTS):
            moved = number + shift * len(self.kinds)
            yield row(one, "ordinary", moved, given)
            yield row(one, "nulls", moved, given)
            yield row(one, "ordinary", moved, given.with_explicit)
            yield row(one, "nulls", moved, given.with_explicit)

    def missing(self, one: Target, given: Given) -> str:
        """Return which table a row would need a row of."""
        for key in one.foreign_keys:
            nullable = any(one.columns[name].nullable for name in key.columns)
            if not nullable and not given.referred(key):
                return f"it refers to {key.referred_table}, which has no rows"
        return ""

    def set_later(self) -> None:
        """Let keys that were left NULL point at what is there now, but for the row of NULLs."""
        import psycopg

        for edge in self.database.order.broken:
            if edge.is_weak:
                try:
                    self.database.set_key(edge.table, edge.key, self.spared)
                except psycopg.Error:
                    continue
