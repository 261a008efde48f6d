"""Rows for the tables of a database, so that what a migration does to data shows.

    fill(connection, schema)  ->  the tables that stayed empty, each with the reason

The rows are the same for the same schema. A table gets them in one INSERT; only where that fails,
each row is tried for itself, with other values in turn. Row triggers of the database fire, as they
would for its users. Where a row cannot come in by any values, it is tried once more without
triggers and without checks of foreign keys (`session_replication_role`), if the user may do that:
it holds keys that are there all the same. Policies do not stand in the way: the owner is subject to
those of a table with `row_security: forced` alone, and not meanwhile (`forced`).
"""

from __future__ import annotations

import contextlib
from dataclasses import field
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.model.given import columns_of
from gen_migration.model.own_columns import children
from gen_migration.model.partitions import is_partitioned, root
from gen_migration.verify import forced
from gen_migration.verify.fill.choices import choices
from gen_migration.verify.fill.database import CHECKED, Database
from gen_migration.verify.fill.keys import order
from gen_migration.verify.fill.rows import Given, followers_of, row, target
from gen_migration.verify.fill.types import samples

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gen_migration.model.schema import ForeignKey, Schema
    from gen_migration.postgres.names import Name
    from gen_migration.verify.fill.rows import Row, RowKind, Samples, Target

# The first rows of a table; further ones, for its partitions, are ordinary.
KINDS: tuple[RowKind, ...] = ("ordinary", "longest", "nulls")
MOST = 1_000  # rows of one table, when it has that many partitions
FAILURES = 8  # rows that are tried before a table is given up
SHIFTS = 6  # other values that are tried for a row

DEFERRED = "SET CONSTRAINTS ALL DEFERRED"
WITHOUT_TRIGGERS = "SET LOCAL session_replication_role = replica"
WITH_TRIGGERS = "SET LOCAL session_replication_role = origin"


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
    database = Database(
        connection=connection, schema=schema, home=home, order=order(schema)
    )
    values = samples(connection, schema)
    filling = Filling(
        database, tuple(kinds), values, database.bounds(), followers_of(schema)
    )
    with forced.off(connection, schema):
        return filling.all()


@dataclass(slots=True)
class Filling:
    """Fills tables; `bounds` lead to partitions, `why` are the first refusals of rows.

    `followers` are the columns of each table that a trigger fills.
    """

    database: Database
    kinds: tuple[RowKind, ...]
    samples: Samples
    bounds: dict[Name, str]
    followers: dict[Name, frozenset[str]]
    why: dict[Name, str] = field(default_factory=dict)

    def all(self) -> tuple[Unfilled, ...]:
        """Fill all tables, and return those that stay empty."""
        order, schema = self.database.order, self.database.schema
        for name in order.first:
            self.table(name)
        if order.together:
            self.together(order.together)
        for name in order.last:
            self.table(name)
        self.set_later()
        return tuple(
            Unfilled(name, self.why.get(name) or self.why.get(above) or NO_WAY)
            for name in self.database.empty(list(schema.tables))
            for above in [root(schema, name)]
        )

    def table(self, name: Name, *, deferred: bool = False) -> None:
        """Put rows into a table; with `deferred`, constraints may be checked later."""
        import psycopg

        if not columns_of(self.database.schema, name):
            self.database.insert(name, [{}], deferred=deferred)
            return
        targets = [self.target(leaf) for leaf in leaves(self.database.schema, name)]
        why = self.missing(targets[0]) if targets else "it has no partitions"
        if why:
            self.why[name] = why
            return
        given = [(one, self.given(one)) for one in targets]
        wanted = tuple(self.wanted(name))
        led = [
            (one, replace(its, parts=(*its.parts, *wanted)))
            for one, its in given
            if one.led <= its.columns
        ]
        if not led:
            return
        count = min(max(len(self.kinds), len(led), *map(len, wanted)), MOST)
        places = [(number, *led[number % len(led)]) for number in range(count)]
        rows = [row(one, self.kind(number), number, its) for number, one, its in places]
        try:
            self.database.insert(name, rows, deferred=deferred)
        except psycopg.Error:
            failures = 0
            for number, one, its in places:
                came = self.with_care(one, number, its, deferred=deferred)
                failures = 0 if came else failures + 1
                if failures == FAILURES:
                    break

    def target(self, leaf: Name) -> Target:
        """Return what has to be known of a table, or of a partition that holds rows."""
        found = self.database
        bound = self.bounds.get(found.full(leaf), "")
        return target(found.schema, found.order, leaf, bound, self.followers)

    def kind(self, number: int) -> RowKind:
        return self.kinds[number] if number < len(self.kinds) else "ordinary"

    def given(self, one: Target) -> Given:
        """Return what the rows of a table are made of."""
        referred = tuple(filter(None, (self.options(one, key) for key in one.keys)))
        found = choices(self.database.connection, one, self.samples, referred)
        return Given(self.samples, (*found, *referred))

    def wanted(self, table: Name) -> Iterator[tuple[Row, ...]]:
        """Yield what columns may be so that each partition that refers to them gets rows."""
        schema = self.database.schema
        for edge in self.database.order.edges:
            if edge.referred != table or not is_partitioned(schema, edge.table):
                continue
            columns = dict(
                zip(edge.key.columns, edge.key.referred_columns, strict=True)
            )
            found = [
                {
                    columns[name]: text
                    for name, text in part[0].items()
                    if name in columns
                }
                for leaf in map(self.target, leaves(schema, edge.table))
                for part in choices(self.database.connection, leaf, self.samples, ())
                if leaf.led & columns.keys()
            ]
            if options := [row for row in found if row]:
                yield tuple(options)

    def options(self, one: Target, key: ForeignKey) -> tuple[Row, ...]:
        """Return what the columns of a foreign key may be."""
        nullable = [name for name in key.columns if one.columns[name].nullable]
        rows = self.database.referred(key)
        if key.match_full and nullable != list(key.columns):
            return rows
        every: Row = dict.fromkeys(nullable)
        alone: list[Row] = [] if key.match_full else [{name: None} for name in nullable]
        return (*rows, *([every, *alone] if nullable else []))

    def missing(self, one: Target) -> str:
        """Return which table a row would need a row of."""
        for key in one.keys:
            if not self.options(one, key):
                return f"it refers to {key.referred_table}, which has no rows"
        return ""

    def with_care(
        self, one: Target, number: int, given: Given, *, deferred: bool
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
                self.database.insert(one.table, [values], deferred=deferred)
            except psycopg.Error as found:
                error = error or found
            else:
                return True
        if error is None or deferred or one.table in self.why:
            return False
        self.why[one.table] = reason(error)
        if isinstance(error, psycopg.errors.ForeignKeyViolation):
            return False
        for values in tried[:2]:
            try:
                with self.database.connection.transaction():
                    self.database.connection.execute(WITHOUT_TRIGGERS)
                    self.database.insert(one.table, [values], deferred=True)
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
            for explicit in (False, True):
                yield row(one, "ordinary", moved, given, explicit=explicit)
                yield row(one, "nulls", moved, given, explicit=explicit)

    def together(self, names: tuple[Name, ...]) -> None:
        """Fill tables in one transaction, whose keys are set once they have rows."""
        import psycopg

        later = [one for one in self.database.order.later if not one.is_weak]
        connection = self.database.connection
        for mode in (DEFERRED, WITHOUT_TRIGGERS):
            try:
                with connection.transaction():
                    connection.execute(mode)
                    for name in names:
                        self.table(name, deferred=True)
                    for one in later:
                        if one.table != one.referred:
                            self.database.set_key(one, 0)
                    connection.execute(CHECKED)
                    if mode == WITHOUT_TRIGGERS:
                        connection.execute(WITH_TRIGGERS)
                    if self.database.empty(list(names)):
                        raise psycopg.Rollback  # caught by the transaction
            except psycopg.Error as error:
                self.why |= dict.fromkeys(names, reason(error))
            if not self.database.empty(list(names)):
                return
            for name in names:
                self.database.keys.pop(name, None)

    def set_later(self) -> None:
        """Let keys that were left NULL point at what is there now, but for the row of NULLs."""
        import psycopg

        for edge in self.database.order.later:
            if edge.is_weak:
                with contextlib.suppress(psycopg.Error):
                    self.database.set_key(edge, int("nulls" in self.kinds))


NO_WAY = "no row led into it"


def leaves(schema: Schema, name: Name) -> list[Name]:
    """Return the partitions of a table that hold rows; itself where it has none."""
    if schema.tables[name].partition_by is None:
        return [name]
    return [leaf for part in children(schema, name) for leaf in leaves(schema, part)]


def reason(error: Any) -> str:
    """Return PostgreSQL's words, on one line."""
    text = error.diag.message_primary or str(error)
    return " ".join(text.split())
