"""Rows of a database before a migration and after it, to be compared.

rows(connection, schema)      ->  Rows, all values as text
differences(before, after)    ->  lines such as `table orders, column total: 12.50 became 12`
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.catalog.reader import SETTINGS
from gen_migration.model.given import columns_of
from gen_migration.postgres.names import Name, quote_name
from gen_migration.verify import forced

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.model.schema import Schema

MOST = 4  # lines of one table
MAX_SHOWN = 40  # characters of a value
MAX_PAIRED = 200  # rows that are told apart one by one

Row = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class TableRows:
    """The rows of a table, sorted; their columns stand in the order of their names."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of each table; those of a partitioned table are its partitions'."""

    tables: Mapping[Name, TableRows]


def rows(connection: Any, schema: Schema) -> Rows:
    """Return what the tables of a schema hold, as text of settings that are always the same."""
    with connection.transaction(), forced.off(connection, schema):
        (home,) = connection.execute("SELECT current_schema()").fetchone()
        for setting in SETTINGS.items():
            connection.execute("SELECT set_config(%s, %s, true)", setting)
        return Rows(
            {
                name: table_rows(
                    connection, name, Name(name.schema or home, name.name), schema
                )
                for name, table in schema.tables.items()
                if table.partition_by is None
            }
        )


def table_rows(connection: Any, name: Name, full: Name, schema: Schema) -> TableRows:
    columns = tuple(sorted(columns_of(schema, name)))
    listed = ", ".join(f"{quote_name(column)}::text" for column in columns)
    # A plan that is kept would know the columns of before.
    found = connection.execute(
        f"SELECT {listed} FROM ONLY {full.sql}",  # noqa: S608 - all is quoted
        prepare=False,
    ).fetchall()
    return TableRows(columns, tuple(sorted(found, key=sortable)))


def sortable(row: Row) -> list[tuple[bool, str]]:
    return [(value is None, value or "") for value in row]


def differences(before: Rows, after: Rows) -> list[str]:
    """Return in words what became of rows; nothing where all are the same."""
    lines: list[str] = []
    for name in dict.fromkeys((*before.tables, *after.tables)):
        one, other = before.tables.get(name), after.tables.get(name)
        if one == other:
            continue
        if one is None or other is None:
            held = one or other
            count = counted(len(held.rows) if held else 0)
            lines.append(
                f"table {name}: {'is new' if one is None else 'is gone'}, {count}"
            )
            continue
        found = [f"table {name}{line}" for line in between(one, other)]
        lines += found[:MOST]
        if found[MOST:]:
            lines.append(f"table {name}: and {len(found) - MOST} more")
    return lines


def common(one: Rows, other: Rows) -> tuple[Rows, Rows]:
    """Return what two have of the tables and columns that are in both."""
    kept = {
        name: [
            column for column in table.columns if column in other.tables[name].columns
        ]
        for name, table in one.tables.items()
        if name in other.tables
    }
    return restricted(one, kept), restricted(other, kept)


def restricted(found: Rows, kept: Mapping[Name, list[str]]) -> Rows:
    """Return the rows of these columns alone."""
    return Rows(
        {
            name: TableRows(
                tuple(columns),
                tuple(sorted(narrowed(found.tables[name], columns), key=sortable)),
            )
            for name, columns in kept.items()
        }
    )


def counted(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"


def between(one: TableRows, other: TableRows) -> list[str]:
    """Return what is different between the rows of a table."""
    lines = [
        f", column {name}: is gone" for name in one.columns if name not in other.columns
    ]
    lines += [
        f", column {name}: is new" for name in other.columns if name not in one.columns
    ]
    if len(one.rows) != len(other.rows):
        lines.append(f": {counted(len(one.rows))} before, {len(other.rows):,} after")
    shared = [name for name in one.columns if name in other.columns]
    old, new = Counter(narrowed(one, shared)), Counter(narrowed(other, shared))
    gone, come = list((old - new).elements()), list((new - old).elements())
    changes = Counter(
        f", column {name}: {shown(value)} became {shown(later)}"
        for row, changed in pairs(gone[:MAX_PAIRED], come[:MAX_PAIRED])
        for name, value, later in zip(shared, row, changed, strict=True)
        if value != later
    )
    return lines + [
        line if times == 1 else f"{line} ({times} times)"
        for line, times in changes.items()
    ]


def narrowed(table: TableRows, columns: list[str]) -> list[Row]:
    places = [table.columns.index(name) for name in columns]
    return [tuple(row[place] for place in places) for row in table.rows]


def pairs(gone: list[Row], come: list[Row]) -> list[tuple[Row, Row]]:
    """Return each row that is gone with the row that it is most like now."""
    left, found = list(come), []
    for row in gone:
        if not left:
            break
        nearest = max(left, key=lambda other: likeness(row, other))
        left.remove(nearest)
        found.append((row, nearest))
    return found


def likeness(one: Row, other: Row) -> int:
    return sum(a == b for a, b in zip(one, other, strict=True))


def shown(value: str | None) -> str:
    if value is None:
        return "NULL"
    text = value or "''"
    if len(text) <= MAX_SHOWN:
        return text
    return f"{text[: MAX_SHOWN - 1]}… ({len(text):,} characters)"
