"""Names of inherited constraints and indexes, given before a partition is a table of its own.

PostgreSQL chooses them when the partition is made, and keeps them when the table or a column is
renamed; so what they are now, only the catalog knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.postgres.do_bodies import Body
from gen_migration.postgres.names import Name, relation_of

if TYPE_CHECKING:
    from collections.abc import Mapping

# Names may change places: all are given up before any is taken.
RENAME = Body("""
DECLARE one record;
BEGIN
    FOR pass IN 1..2 LOOP
        FOR one IN
            SELECT inhrelid AS id, wanted
            FROM (VALUES
                {pairs}
            ) AS names (parent, wanted)
            JOIN pg_inherits ON inhparent = to_regclass(parent)
            JOIN pg_index ON indexrelid = inhrelid
            JOIN pg_class ON pg_class.oid = inhrelid
            WHERE indrelid = {table}::regclass AND relname <> wanted
        LOOP
            EXECUTE format('ALTER INDEX %s RENAME TO %I', one.id::regclass,
                CASE pass WHEN 1 THEN 'gm_' || one.id ELSE one.wanted END);
        END LOOP;
    END LOOP;
END
""")


def rename(table: Name, parent: Name, names: Mapping[str, str]) -> str:
    """Return the statement that names a partition's keys and indexes by those of its parent."""
    return RENAME.statement(table=table, pairs=pairs(parent, names))


def pairs(parent: Name, names: Mapping[str, str]) -> dict[str, str]:
    """Return names by those of the parent's, as SQL."""
    return {Name(parent.schema, above).sql: own for above, own in names.items()}


def renamed(text: str) -> tuple[Name, dict[str, str]] | None:
    """Return table and names of the body of a DO block; None where it is no `rename`."""
    found = RENAME.read(text)
    if found is None:
        return None
    (table,), listed = found["table"], found["pairs"]
    above = (relation_of(one).name for one in listed[::2])
    return relation_of(table), dict(zip(above, listed[1::2], strict=True))
