"""Rows in and out of the tables of a database: the SQL of `fill`."""

from __future__ import annotations

from dataclasses import field
from itertools import islice
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.model.own_columns import columns_of
from gen_migration.postgres.names import Name, quote_name, quote_names, quote_text
from gen_migration.verify.fill.choices import apart, is_alone, literal
from gen_migration.verify.fill.rows import Given

if TYPE_CHECKING:
    from gen_migration.model.schema import ForeignKey, Schema
    from gen_migration.verify.fill.order import Order
    from gen_migration.verify.fill.rows import Row, Target

BATCH = 200  # tables that one query asks for
KEYS = 12  # rows of a table that others refer to


WITHOUT_TRIGGERS = "SET LOCAL session_replication_role = replica"
WITH_TRIGGERS = "SET LOCAL session_replication_role = origin"


@dataclass(slots=True)
class Database:
    """The tables of a schema in a database; `keys` are what was read of those referred to.

    `home` is the schema of names without one.
    """

    connection: Any
    schema: Schema
    order: Order
    home: str | None
    keys: dict[Name, tuple[Row, ...]] = field(default_factory=dict)

    def sql(self, name: Name) -> str:
        return Name(name.schema or self.home, name.name).sql

    def insert(self, one: Target, rows: list[Row], *, at_once: bool) -> None:
        """Put rows into a table. Raises psycopg's errors."""
        names = tuple(
            name for name in one.columns if any(name in values for values in rows)
        )
        lines = ", ".join(
            "("
            + ", ".join(literal(values[n]) if n in values else "DEFAULT" for n in names)
            + ")"
            for values in rows
        )
        identity = any(one.columns[name].identity is not None for name in names)
        overriding = " OVERRIDING SYSTEM VALUE" if identity else ""
        values = (
            f"({quote_names(names)}){overriding} VALUES {lines}"
            if names
            else "DEFAULT VALUES"
        )
        query = f"INSERT INTO {self.sql(one.name)} {values}"
        is_checked = at_once or is_alone(self.connection)
        with apart(self.connection):
            self.connection.execute(query, prepare=False)
            if not is_checked:
                self.connection.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def held(self, name: Name) -> tuple[Row, ...]:
        """Return the columns of a table that foreign keys refer to, of a few of its rows."""
        if name not in self.keys:
            columns = tuple(
                dict.fromkeys(
                    column
                    for edge in self.order.edges
                    if edge.key.referred_table == name
                    for column in edge.key.referred_columns
                )
            )
            listed = ", ".join(f"{quote_name(column)}::text" for column in columns)
            query = (
                f"SELECT {listed} FROM {self.sql(name)}"  # noqa: S608 - all is quoted
                f" ORDER BY tableoid, ctid LIMIT {KEYS}"
            )
            rows = self.connection.execute(query, prepare=False).fetchall()
            self.keys[name] = tuple(
                dict(zip(columns, one, strict=True)) for one in rows
            )
        return self.keys[name]

    def set_key(self, name: Name, key: ForeignKey, spared: int) -> None:
        """Let a foreign key of a table's first rows point at rows that are there.

        So many rows at the end are spared where it may be NULL.
        """
        is_weak = any(
            columns_of(self.schema, name)[one].nullable for one in key.columns
        )
        if key.referred_table == name and not is_weak:
            pairs = zip(key.columns, key.referred_columns, strict=True)
            values = ", ".join(
                f"{quote_name(own)} = {quote_name(other)}" for own, other in pairs
            )
            self.connection.execute(f"UPDATE {self.sql(name)} SET {values}")  # noqa: S608 - quoted
            return
        given = Given(
            samples={}, keys={key.referred_table: self.held(key.referred_table)}
        )
        options = given.referred(key)
        if not options:
            return
        query = f"SELECT tableoid::text, ctid::text FROM {self.sql(name)} ORDER BY tableoid, ctid"  # noqa: S608 - quoted
        places = self.connection.execute(query, prepare=False).fetchall()
        last = max(len(places) - spared, 0) if is_weak else len(places)
        # A row of the table itself is not its own parent.
        start = int(key.referred_table == name)
        with self.connection.transaction():
            for number, (table, place) in enumerate(islice(places, last), start):
                values = ", ".join(
                    f"{quote_name(column)} = {literal(text)}"
                    for column, text in options[number % len(options)].items()
                )
                self.connection.execute(
                    f"UPDATE {self.sql(name)} SET {values}"  # noqa: S608 - all is quoted
                    f" WHERE tableoid = {quote_text(table)} AND ctid = {quote_text(place)}",
                    prepare=False,
                )

    def empty(self, names: list[Name]) -> list[Name]:
        """Return those tables that hold no row."""
        found: list[Name] = []
        for start in range(0, len(names), BATCH):
            some = names[start : start + BATCH]
            query = " UNION ALL ".join(
                f"SELECT {place} WHERE NOT EXISTS (SELECT FROM {self.sql(name)})"  # noqa: S608 - quoted
                for place, name in enumerate(some)
            )
            rows = self.connection.execute(query, prepare=False).fetchall()
            found += [some[place] for (place,) in rows]
        return found


def reason(error: Any) -> str:
    """Return PostgreSQL's words, on one line."""
    text = error.diag.message_primary or str(error)
    return " ".join(text.split())
