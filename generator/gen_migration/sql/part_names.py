"""Names of a partition's parts of indexes and keys, as statements and back.

PostgreSQL chooses them when a part is made, and keeps them when the table or a column is renamed;
so what a part is called now, only the catalog knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.model.automatic_names import AUTOMATIC, label
from gen_migration.postgres.do_bodies import Body
from gen_migration.postgres.names import object_name, relation_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.model.schema import Constraint, Index
    from gen_migration.postgres.names import Name

BODY = """
DECLARE
    held regclass;
    called name;
    wanted name;<declared>
BEGIN
    SELECT relid, relname INTO held, called
    FROM pg_partition_tree({whole})
    JOIN pg_index ON indexrelid = relid
    JOIN pg_class ON pg_class.oid = relid
    WHERE indrelid = {table}::regclass;
<choose>
    IF called <> wanted THEN<before>
        EXECUTE format('ALTER INDEX %s RENAME TO %I', held, wanted);<after>
    END IF;
END
"""
GIVEN = "    wanted := {name};"
CHOSEN = """\
    SELECT free INTO wanted
    FROM unnest(ARRAY[{names}]) AS free
    WHERE free = called OR NOT EXISTS (
        SELECT FROM pg_class AS a
        JOIN pg_class AS b ON b.relnamespace = a.relnamespace
        WHERE b.oid = held AND a.relname = free
    ) LIMIT 1;"""
# Another part may have the name by PostgreSQL's choice: the two change places.
SWAP = {
    "<declared>": """
    other regclass;""",
    "<before>": """
        SELECT a.oid INTO other FROM pg_class AS a
        JOIN pg_class AS b ON b.relnamespace = a.relnamespace
        WHERE b.oid = held AND a.relname = wanted
            AND a.relispartition AND a.relkind IN ('i', 'I');
        IF other IS NOT NULL THEN
            EXECUTE format('ALTER INDEX %s RENAME TO %I', other, 'gm_' || held::oid);
        END IF;""",
    "<after>": """
        IF other IS NOT NULL THEN
            EXECUTE format('ALTER INDEX %s RENAME TO %I', other, called);
        END IF;""",
}
NUMBERS = 5  # of names that are tried before the part keeps the one it has


def body(choose: str, swap: Mapping[str, str]) -> Body:
    """Return the body that chooses a name so."""
    text = BODY.replace("<choose>", choose)
    for mark, more in swap.items():
        text = text.replace(mark, more)
    return Body(text)


NAMED = body(GIVEN, dict.fromkeys(SWAP, ""))
SWAPPED = body(GIVEN, SWAP)
FREE = body(CHOSEN, dict.fromkeys(SWAP, ""))


def rename(table: Name, whole: Name, name: str) -> str:
    """Return the statement that gives a partition's part of an index, or of a key, a name."""
    return of_name(name).statement(table=table, whole=whole, name=name)


def of_name(name: str) -> Body:
    """Return the body that gives a part this name."""
    return SWAPPED if AUTOMATIC.search(name) else NAMED


def rename_back(table: Name, whole: Name, of: Constraint | Index) -> str:
    """Return the statement that gives a part the name that PostgreSQL would choose."""
    return FREE.statement(table=table, whole=whole, names=automatic(table, of))


def automatic(table: Name, of: Constraint | Index) -> tuple[str, ...]:
    """Return the names that PostgreSQL tries for a part, one after the other."""
    middle, end = label(of)
    return tuple(
        object_name(table.name, middle, f"{end}{number or ''}")
        for number in range(NUMBERS)
    )


def read(text: str) -> tuple[Name, Name, str | None] | None:
    """Return table, whole and name of the body of a DO block; None where it is none of these.

    The name is None where it is the one that PostgreSQL would choose.
    """
    for body in (NAMED, SWAPPED, FREE):
        found = body.read(text)
        if found is None:
            continue
        (table,), (whole,) = found["table"], found["whole"]
        name = found["name"][0] if "name" in found else None
        if name is None or of_name(name) is body:
            return relation_of(table), relation_of(whole), name
    return None
