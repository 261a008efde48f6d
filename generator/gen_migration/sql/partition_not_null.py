"""Names of NOT NULL of a table that is attached, or has been detached (PostgreSQL 18).

While a table is a partition, PostgreSQL renames none that it shares with its parent; so they are
called as the parent's before it is attached, and as a table's own once it is detached. Before 18,
there are no such names, and nothing happens.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from gen_migration.model.not_null_names import LITERAL, default_name, plain
from gen_migration.postgres.names import Name, dollar_quoted, quote_text, split_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

START = """
DECLARE one record;
BEGIN
    FOR one IN
        SELECT own.conname AS held, """
LOOP = """
    LOOP
        BEGIN
            EXECUTE format(
                'ALTER TABLE %s RENAME CONSTRAINT %I TO %I',
                {table}::regclass, one.held, one.wanted
            );
        EXCEPTION WHEN undefined_object THEN
            RAISE WARNING 'NOT NULL of % keeps its name: a partition calls it otherwise',
                {table};
        END;
    END LOOP;
END
"""
AS_PARENT = """above.conname AS wanted
        FROM pg_attribute AS a
        JOIN pg_constraint AS own
            ON own.conrelid = a.attrelid AND own.conkey[1] = a.attnum
        JOIN pg_attribute AS b ON b.attname = a.attname
        JOIN pg_constraint AS above
            ON above.conrelid = b.attrelid AND above.conkey[1] = b.attnum
        WHERE own.conrelid = {table}::regclass AND own.contype = 'n'
            AND above.conrelid = {parent}::regclass AND above.contype = 'n'
            AND own.conname <> above.conname
            AND a.attname IN ({columns})"""
AS_OWN = """wanted
        FROM (VALUES
{pairs}
        ) AS names (name, wanted)
        JOIN pg_attribute AS a ON a.attname = name
        JOIN pg_constraint AS own
            ON own.conrelid = a.attrelid AND own.conkey[1] = a.attnum
        WHERE own.conrelid = {table}::regclass AND own.contype = 'n'
            AND NOT EXISTS (
                SELECT FROM pg_constraint
                WHERE conrelid = {table}::regclass AND conname = wanted
            )"""
NEXT = """
            AND own.conislocal"""


class Naming(NamedTuple):
    """Columns of a table whose NOT NULL gets a name: its parent's, or one of its own."""

    table: Name
    columns: tuple[str, ...]
    way: Literal["parent", "own", "detached"]


def as_parent(table: Name, parent: Name, columns: Iterable[str]) -> str:
    """Return the statement that calls each NOT NULL of columns as the parent's."""
    return f"DO {dollar_quoted(as_parent_body(table, parent, columns))}"


def as_parent_body(table: Name, parent: Name, columns: Iterable[str]) -> str:
    names = ", ".join(map(quote_text, columns))
    given = {"table": quote_text(table.sql), "parent": quote_text(parent.sql)}
    return (START + AS_PARENT + LOOP).format(**given, columns=names)


def as_own(table: Name, columns: Iterable[str], *, is_next: bool) -> str:
    """Return the statement that calls each NOT NULL of columns as PostgreSQL would.

    `is_next` tells a table that is attached next from one that has just been detached.
    """
    return f"DO {dollar_quoted(as_own_body(table, columns, is_next=is_next))}"


def as_own_body(table: Name, columns: Iterable[str], *, is_next: bool) -> str:
    pairs = ",\n".join(
        f"            ({quote_text(one)}, {quote_text(default_name(table.name, one))})"
        for one in columns
    )
    body = START + AS_OWN + (NEXT if is_next else "") + LOOP
    return body.format(table=quote_text(table.sql), pairs=pairs)


TABLE = re.compile(rf"WHERE\s+own\.conrelid\s+=\s+({LITERAL})::regclass")
PARENT = re.compile(rf"AND\s+above\.conrelid\s+=\s+({LITERAL})::regclass")
PAIRS = re.compile(r"\(VALUES\s+")
PAIR = re.compile(rf"\(({LITERAL}),\s+{LITERAL}\),?\s+")
COLUMNS = re.compile(r"AND\s+a\.attname\s+IN\s+\(")
COLUMN = re.compile(rf"({LITERAL})(?:,\s+)?")


def read(text: str) -> Naming | None:
    """Return what the body of a DO block names; None where it is none of these."""
    table, parent = TABLE.search(text), PARENT.search(text)
    start = (PAIRS if parent is None else COLUMNS).search(text)
    if table is None or start is None:
        return None
    name, words = name_of(plain(table[1])), text.split()
    columns = tuple(listed(text, start.end(), PAIR if parent is None else COLUMN))
    if parent is not None:
        body = as_parent_body(name, name_of(plain(parent[1])), columns)
        return Naming(name, columns, "parent") if words == body.split() else None
    if words == as_own_body(name, columns, is_next=True).split():
        return Naming(name, columns, "own")
    same = words == as_own_body(name, columns, is_next=False).split()
    return Naming(name, columns, "detached") if same else None


def listed(text: str, position: int, pattern: re.Pattern[str]) -> Iterator[str]:
    """Yield the literals that begin the items of a list."""
    while match := pattern.match(text, position):
        yield plain(match[1])
        position = match.end()


def name_of(text: str) -> Name:
    first, *rest = split_name(text)
    return Name(first, rest[0]) if rest else Name(None, first)
