"""Rows in and out of the tables of a database: the SQL of `fill`."""

from __future__ import annotations

from dataclasses import field
from itertools import chain
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.model.given import columns_of, heirs
from gen_migration.postgres.names import Name, quote_name, quote_names
from gen_migration.verify.fill.choices import apart, is_alone, literal

if TYPE_CHECKING:
    from gen_migration.model.schema import ForeignKey, Schema
    from gen_migration.verify.fill.keys import Edge, Order
    from gen_migration.verify.fill.rows import Row

BATCH = 200  # tables that one query asks for
KEYS = 12  # rows of a table that others refer to
CHECKED = "SET CONSTRAINTS ALL IMMEDIATE"
BOUNDS = """
SELECT nspname, relname, pg_get_partition_constraintdef(pg_class.oid)
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relispartition AND relkind = 'r'
"""
# A table refers to each row of another once, as far as there are enough.
SET_KEY = """
WITH places AS (
    SELECT tableoid, ctid, count(*) OVER () AS many,
        row_number() OVER (ORDER BY tableoid, ctid) - 1 AS place
    FROM {table}
), found AS (
    SELECT {columns} FROM {referred} WHERE ({columns}) IS NOT NULL
    ORDER BY tableoid, ctid LIMIT {most}
), options AS (
    SELECT {columns}, count(*) OVER () AS many, row_number() OVER () - 1 AS place FROM found
)
UPDATE {table} AS filled SET {values} FROM places, options
WHERE (filled.tableoid, filled.ctid) = (places.tableoid, places.ctid)
    AND places.place < places.many - {spared}
    AND options.place = (places.place + {start}) % options.many
"""


@dataclass(slots=True, kw_only=True)
class Database:
    """The tables of a schema in a database; `home` is the schema of names without one.

    `keys` are what was read of tables that others refer to.
    """

    connection: Any
    schema: Schema
    home: str | None
    order: Order
    keys: dict[Name, tuple[Row, ...]] = field(default_factory=dict)

    def full(self, name: Name) -> Name:
        return Name(name.schema or self.home, name.name)

    def insert(self, name: Name, rows: list[Row], *, deferred: bool) -> None:
        """Put rows into a table. Raises psycopg's errors."""
        columns = columns_of(self.schema, name)
        names = tuple(key for key in columns if any(key in each for each in rows))
        lines = ", ".join(
            f"({', '.join(literal(one[n]) if n in one else 'DEFAULT' for n in names)})"
            for one in rows
        )
        identity = any(columns[key].identity is not None for key in names)
        overriding = " OVERRIDING SYSTEM VALUE" if identity else ""
        values = f"({quote_names(names)}){overriding} VALUES {lines}"
        query = (
            f"INSERT INTO {self.full(name).sql} {values if names else 'DEFAULT VALUES'}"
        )
        is_checked = deferred or is_alone(self.connection)
        with apart(self.connection):
            self.connection.execute(query, prepare=False)
            if not is_checked:
                self.connection.execute(CHECKED)

    def referred(self, key: ForeignKey) -> tuple[Row, ...]:
        """Return what a foreign key may be, by its own columns: a few rows that are there."""
        name = key.referred_table
        if name not in self.keys:
            edges = [one for one in self.order.edges if one.key.referred_table == name]
            known = [column for one in edges for column in one.key.referred_columns]
            columns = tuple(dict.fromkeys(known))
            listed = ", ".join(f"{quote_name(column)}::text" for column in columns)
            query = (
                f"SELECT {listed} FROM {self.full(name).sql}"  # noqa: S608 - all is quoted
                f" ORDER BY tableoid, ctid LIMIT {KEYS}"
            )
            rows = self.connection.execute(query, prepare=False).fetchall()
            self.keys[name] = tuple(dict(zip(columns, r, strict=True)) for r in rows)
        pairs = list(zip(key.columns, key.referred_columns, strict=True))
        named = [{own: one[other] for own, other in pairs} for one in self.keys[name]]
        return tuple(one for one in named if None not in one.values())

    def set_key(self, edge: Edge, spared: int) -> None:
        """Let a foreign key of a table's first rows point at rows that are there.

        So many at the end are spared, and a row of the table itself is not its own parent.
        """
        key, name = edge.key, self.full(edge.table).sql
        others = quote_names(key.referred_columns)
        start = int(key.referred_table == edge.table)
        pairs = zip(key.columns, key.referred_columns, strict=True)
        values = ", ".join(
            f"{quote_name(a)} = options.{quote_name(b)}" for a, b in pairs
        )
        query = SET_KEY.format(
            table=name,
            referred=self.full(key.referred_table).sql,
            columns=others,
            values=values,
            most=KEYS,
            spared=spared,
            start=start,
        )
        self.connection.execute(query, prepare=False)

    def empty(self, names: list[Name]) -> list[Name]:
        """Return those tables that hold no row, and whose partitions and children hold none.

        Those that are foreign are no tables of a schema: nothing is asked of their servers.
        """
        families = {name: (name, *heirs(self.schema, name)) for name in names}
        tables, every = self.schema.tables, dict.fromkeys(chain(*families.values()))
        plain = [name for name in every if tables[name].partition_by is None]
        filled: set[Name] = set()
        for start in range(0, len(plain), BATCH):
            some = plain[start : start + BATCH]
            query = " UNION ALL ".join(
                f"SELECT {place} WHERE EXISTS (SELECT FROM ONLY {self.full(name).sql})"  # noqa: S608 - quoted
                for place, name in enumerate(some)
            )
            rows = self.connection.execute(query, prepare=False).fetchall()
            filled |= {some[place] for (place,) in rows}
        return [name for name in names if filled.isdisjoint(families[name])]

    def bounds(self) -> dict[Name, str]:
        """Return the conditions that lead to partitions, by their full names."""
        found = self.connection.execute(BOUNDS).fetchall()
        return {Name(*names): bound or "" for *names, bound in found}
