"""Names of inherited constraints and indexes, given before a partition is a table of its own.

PostgreSQL chooses them when the partition is made, and keeps them when the table or a column is
renamed; so what they are now, only the catalog knows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gen_migration.model.not_null_names import LITERAL, plain
from gen_migration.postgres.names import Name, dollar_quoted, quote_text, split_name

if TYPE_CHECKING:
    from collections.abc import Mapping

# Names may change places: all are given up before any is taken.
START = """
DECLARE one record;
BEGIN
    FOR pass IN 1..2 LOOP
        FOR one IN
            SELECT inhrelid AS id, wanted
            FROM (VALUES
"""
END = """
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
"""


def rename(table: Name, parent: Name, names: Mapping[str, str]) -> str:
    """Return the statement that names a partition's keys and indexes by those of its parent."""
    return f"DO {dollar_quoted(body(table, parent, names))}"


def body(table: Name, parent: Name, names: Mapping[str, str]) -> str:
    pairs = (
        f"                ({quote_text(Name(parent.schema, above).sql)},"
        f" {quote_text(own)})"
        for above, own in names.items()
    )
    return START + ",\n".join(pairs) + END.format(table=quote_text(table.sql))


# What was otherwise before, without blanks.
FORMER = (
    ("FOR pass IN 1..2 LOOP", ""),
    ("inhrelid AS id", "inhrelid::regclass AS held"),
    ("one.id::regclass,", "one.held,"),
    ("CASE pass WHEN 1 THEN 'gm_' || one.id ELSE one.wanted END", "one.wanted"),
    ("END LOOP; END LOOP;", "END LOOP;"),
)


def former(words: list[str]) -> list[str]:
    """Return the words of a body as they were before names could change places."""
    text = " ".join(words)
    for new, old in FORMER:
        text = text.replace(new, old)
    return text.split()


TABLE = re.compile(
    rf"WHERE\s+indrelid\s+=\s+({LITERAL})::regclass\s+AND\s+relname\s+<>\s+wanted"
)
FIRST = re.compile(r"\(VALUES\s+")
PAIR = re.compile(rf"\(({LITERAL}),\s+({LITERAL})\),?\s+")


def renamed(text: str) -> tuple[Name, dict[str, str]] | None:
    """Return table and names of the body of a DO block; None where it is no `rename`."""
    place = TABLE.search(text)
    first = FIRST.search(text)
    if place is None or first is None:
        return None
    names: dict[str, str] = {}
    position, parent = first.end(), Name(None, "")
    while pair := PAIR.match(text, position):
        parent = name_of(plain(pair[1]))
        names[parent.name] = plain(pair[2])
        position = pair.end()
    table = name_of(plain(place[1]))
    again = body(table, parent, names).split()
    return (table, names) if text.split() in (again, former(again)) else None


def name_of(text: str) -> Name:
    first, *rest = split_name(text)
    return Name(first, rest[0]) if rest else Name(None, first)
