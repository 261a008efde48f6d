"""Names of foreign keys that partitions have from their table, given after its own.

PostgreSQL renames with a table's foreign key none of its partitions; what they are called now, only
the catalog knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.postgres.do_bodies import Body

if TYPE_CHECKING:
    from gen_migration.postgres.names import Name

# What a key that refers to a partitioned table has for each partition of that is of the same table.
RENAME = Body("""
DECLARE one record;
BEGIN
    FOR one IN
        WITH RECURSIVE parts AS (
            SELECT oid, conrelid, conname FROM pg_constraint
            WHERE conrelid = {table}::regclass AND conname = {name}
            UNION ALL
            SELECT own.oid, own.conrelid, own.conname FROM parts
            JOIN pg_constraint AS own ON own.conparentid = parts.oid
            JOIN pg_inherits
                ON inhrelid = own.conrelid AND inhparent = parts.conrelid
        )
        SELECT conrelid::regclass AS part, conname AS held
        FROM parts WHERE conname <> {name}
    LOOP
        EXECUTE format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I',
            one.part, one.held, {name});
    END LOOP;
END
""")


def rename(table: Name, name: str) -> str:
    """Return the statement that calls a foreign key of partitions as that of their table."""
    return RENAME.statement(table=table, name=name)


def read(text: str) -> bool | None:
    """Tell whether a text is the body of such a DO block; None where it is not."""
    return True if RENAME.read(text) else None
