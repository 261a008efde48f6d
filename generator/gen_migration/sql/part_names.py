"""Names of a partition's parts of indexes and keys, as statements and back.

PostgreSQL chooses them when a part is made, and keeps them when the table or a column is renamed;
so what a part is called now, only the catalog knows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gen_migration.model.automatic_names import AUTOMATIC, label, object_name
from gen_migration.model.not_null_names import LITERAL, plain
from gen_migration.postgres.names import Name, dollar_quoted, quote_text, split_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.model.schema import Constraint, Index

BODY = """
DECLARE
    held regclass;
    called name;
    wanted name;{declared}
BEGIN
    SELECT relid, relname INTO held, called
    FROM pg_partition_tree({whole})
    JOIN pg_index ON indexrelid = relid
    JOIN pg_class ON pg_class.oid = relid
    WHERE indrelid = {table}::regclass;
{choose}
    IF called <> wanted THEN{before}
        EXECUTE format('ALTER INDEX %s RENAME TO %I', held, wanted);{after}
    END IF;
END
"""
# Another part may have the name by PostgreSQL's choice: the two change places.
SWAP = {
    "declared": """
    other regclass;""",
    "before": """
        SELECT a.oid INTO other FROM pg_class AS a
        JOIN pg_class AS b ON b.relnamespace = a.relnamespace
        WHERE b.oid = held AND a.relname = wanted
            AND a.relispartition AND a.relkind IN ('i', 'I');
        IF other IS NOT NULL THEN
            EXECUTE format('ALTER INDEX %s RENAME TO %I', other, 'gm_' || held::oid);
        END IF;""",
    "after": """
        IF other IS NOT NULL THEN
            EXECUTE format('ALTER INDEX %s RENAME TO %I', other, called);
        END IF;""",
}
GIVEN = "    wanted := {name};"
CHOSEN = """\
    SELECT free INTO wanted
    FROM unnest(ARRAY[{names}]) AS free
    WHERE free = called OR NOT EXISTS (
        SELECT FROM pg_class AS a
        JOIN pg_class AS b ON b.relnamespace = a.relnamespace
        WHERE b.oid = held AND a.relname = free
    ) LIMIT 1;"""
NUMBERS = 5  # of names that are tried before the part keeps the one it has


def rename(table: Name, whole: Name, name: str) -> str:
    """Return the statement that gives a partition's part of an index, or of a key, a name."""
    return f"DO {dollar_quoted(named_body(table, whole, name))}"


def rename_back(table: Name, whole: Name, of: Constraint | Index) -> str:
    """Return the statement that gives a part the name that PostgreSQL would choose."""
    return f"DO {dollar_quoted(chosen_body(table, whole, automatic(table, of)))}"


def automatic(table: Name, of: Constraint | Index) -> tuple[str, ...]:
    """Return the names that PostgreSQL tries for a part, one after the other."""
    middle, end = label(of)
    return tuple(
        object_name(table.name, middle, f"{end}{number or ''}")
        for number in range(NUMBERS)
    )


def named_body(table: Name, whole: Name, name: str) -> str:
    choose = GIVEN.format(name=quote_text(name))
    return body(table, whole, choose, swap=AUTOMATIC.search(name) is not None)


def chosen_body(table: Name, whole: Name, names: Iterable[str]) -> str:
    choose = CHOSEN.format(names=", ".join(map(quote_text, names)))
    return body(table, whole, choose, swap=False)


def body(table: Name, whole: Name, choose: str, *, swap: bool) -> str:
    given = {"table": quote_text(table.sql), "whole": quote_text(whole.sql)}
    more = SWAP if swap else dict.fromkeys(SWAP, "")
    return BODY.format(**given, **more, choose=choose)


WHOLE = re.compile(rf"pg_partition_tree\(({LITERAL})\)")
TABLE = re.compile(rf"WHERE\s+indrelid\s+=\s+({LITERAL})::regclass;")
NAME = re.compile(rf"\s+wanted\s+:=\s+({LITERAL});")
NAMES = re.compile(r"FROM\s+unnest\(ARRAY\[")
ONE = re.compile(rf"({LITERAL})(?:,\s+)?")


def read(text: str) -> tuple[Name, Name, str | None] | None:
    """Return table, whole and name of the body of a DO block; None where it is none of these.

    The name is None where it is the one that PostgreSQL would choose.
    """
    whole, table = WHOLE.search(text), TABLE.search(text)
    if whole is None or table is None:
        return None
    found = name_of(plain(table[1])), name_of(plain(whole[1]))
    given = NAME.match(text, table.end())
    if given is not None:
        name = plain(given[1])
        return (*found, name) if same(text, named_body(*found, name)) else None
    names = NAMES.search(text)
    if names is None:
        return None
    listed, position = [], names.end()
    while one := ONE.match(text, position):
        listed.append(plain(one[1]))
        position = one.end()
    return (*found, None) if same(text, chosen_body(*found, listed)) else None


def same(text: str, other: str) -> bool:
    return text.split() == other.split()


def name_of(text: str) -> Name:
    first, *rest = split_name(text)
    return Name(first, rest[0]) if rest else Name(None, first)
