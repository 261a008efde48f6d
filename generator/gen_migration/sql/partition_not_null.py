"""Names of NOT NULL of a table that is attached, or has been detached (PostgreSQL 18).

While a table is a partition, PostgreSQL renames none that it shares with its parent; so they are
called as the parent's before it is attached, and as a table's own once it is detached. Before 18,
there are no such names, and nothing happens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from gen_migration.model.not_null_names import default_name
from gen_migration.postgres.do_bodies import Body
from gen_migration.postgres.names import relation_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.postgres.names import Name

Way = Literal["parent", "own", "detached"]
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


BODIES: dict[Way, Body] = {
    "parent": Body(START + AS_PARENT + LOOP),
    "own": Body(START + AS_OWN + NEXT + LOOP),
    "detached": Body(START + AS_OWN + LOOP),
}


class Naming(NamedTuple):
    """Columns of a table whose NOT NULL gets a name: its parent's, or one of its own."""

    table: Name
    columns: tuple[str, ...]
    way: Way


def as_parent(table: Name, parent: Name, columns: Iterable[str]) -> str:
    """Return the statement that calls each NOT NULL of columns as the parent's."""
    return BODIES["parent"].statement(table=table, parent=parent, columns=columns)


def as_own(table: Name, columns: Iterable[str], *, is_next: bool) -> str:
    """Return the statement that calls each NOT NULL of columns as PostgreSQL would.

    `is_next` tells a table that is attached next from one that has just been detached.
    """
    pairs = own_names(table, columns)
    return BODIES["own" if is_next else "detached"].statement(table=table, pairs=pairs)


def own_names(table: Name, columns: Iterable[str]) -> dict[str, str]:
    """Return the names that PostgreSQL would choose, by their columns."""
    return {column: default_name(table.name, column) for column in columns}


def read(text: str) -> Naming | None:
    """Return what the body of a DO block names; None where it is none of these."""
    for way, body in BODIES.items():
        found = body.read(text)
        if found is None:
            continue
        table = relation_of(found["table"][0])
        if "columns" in found:
            return Naming(table, found["columns"], way)
        listed = found["pairs"]
        pairs = dict(zip(listed[::2], listed[1::2], strict=True))
        return (
            Naming(table, (*pairs,), way) if pairs == own_names(table, pairs) else None
        )
    return None
