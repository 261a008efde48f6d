"""Tables, views and indexes that PostgreSQL itself has, by their names.

A name without a schema means PostgreSQL's own: it looks into `pg_catalog` first. So what has such a
name is always called with its schema. Source: the PostgreSQL manual, chapter 5.10.3 (The Schema
Search Path) and CREATE TABLE (each table has a type of its rows); the names are those in `pg_class`
of PostgreSQL 16 and 18, and a test compares both.
"""

from __future__ import annotations

from functools import cache

from gen_migration.base.own_files import own_text

START = "pg_"


@cache
def names() -> frozenset[str]:
    """Return the names of PostgreSQL's own."""
    return frozenset(own_text("postgres", "relations.txt").split())


def is_own(name: str) -> bool:
    """Tell whether PostgreSQL has a relation of this name."""
    return name.startswith(START) and name in names()
