"""Functions, procedures and aggregates that PostgreSQL itself has, by their names.

A name without a schema means PostgreSQL's own where the types of the arguments are the same: it
looks into `pg_catalog` first. Source: the PostgreSQL manual, chapter 5.10.3 (The Schema Search
Path); the names are those in `pg_proc` of PostgreSQL 16 and 18, and a test compares both.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from gen_migration.base.own_files import own_text
from gen_migration.postgres.names import PUBLIC

if TYPE_CHECKING:
    from gen_migration.postgres.names import Name

# Those that are immutable for no arguments, of what an expression over a row may call.
CHANGING = frozenset(
    """
    array_to_json array_to_string clock_timestamp concat concat_ws convert convert_from convert_to
    current_database current_query current_schema current_schemas current_setting currval
    enum_first enum_last enum_range format gen_random_uuid json_agg jsonb_agg lastval
    make_timestamptz nextval now pg_backend_pid random random_normal row_to_json
    session_user set_config setval statement_timestamp timeofday to_char to_date to_json to_jsonb
    to_number transaction_timestamp uuidv4 uuidv7 version
    """.split()
)


@cache
def names() -> frozenset[str]:
    """Return the names of PostgreSQL's own."""
    return frozenset(own_text("postgres", "functions.txt").split())


def with_schema(name: Name) -> Name:
    """Return what a statement calls a routine of a spec, so that it finds none of PostgreSQL's."""
    is_hidden = name.schema is None and name.name in names()
    return name._replace(schema=PUBLIC) if is_hidden else name


def without_schema(name: Name) -> Name:
    """Return a name that `with_schema` gave a schema, as it was; another one is itself."""
    was = name._replace(schema=None)
    return was if with_schema(was) == name else name
