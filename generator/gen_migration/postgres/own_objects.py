"""Conversions, operator classes and operator families that PostgreSQL itself has, by their names.

A name without a schema means PostgreSQL's own, which come before all others: what is called so
stands with its schema. Source: the PostgreSQL manual, chapter 5.10.3 (The Schema Search Path); the
names are those in the catalogs of PostgreSQL 16 and 18, and a test compares both.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from gen_migration.base.own_files import own_text
from gen_migration.postgres.names import MethodName


@cache
def names() -> frozenset[tuple[str, ...]]:
    """Return the names of PostgreSQL's own: a kind, a name and, where it has one, a method."""
    lines = own_text("postgres", "objects.txt").splitlines()
    return frozenset(tuple(line.split()) for line in lines)


def is_called_so(word: str, name: Any) -> bool:
    """Tell whether an object of PostgreSQL's own has the name of another one, in some schema."""
    method = (name.method,) if isinstance(name, MethodName) else ()
    return (word.replace(" ", "_"), name.name, *method) in names()


def is_own(word: str, name: Any) -> bool:
    """Tell whether a name means one of PostgreSQL's own."""
    return name.schema is None and is_called_so(word, name)
