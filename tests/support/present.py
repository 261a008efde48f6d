"""What a database has at all of what queries of its catalog look for.

A database of a test has objects of a few kinds. Queries of all kinds would take most of the time:
each to plan, which a session does anew after many a change, and to send and to answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Lower ids are of what initdb makes (manual, "OID Assignment"); most of the time went into those.
FIRST_ID = 16384


class Query(NamedTuple):
    """A query of the catalog, and its source, as after FROM: where that has no row, it has none."""

    source: str
    sql: str


def present(connection: Any, queries: Iterable[Mapping[str, Query]]) -> set[str]:
    """Return the words of the queries that can find something."""
    asked = ", ".join(
        f"CASE WHEN EXISTS (SELECT FROM {query.source}) THEN '{word}' END"
        for each in queries
        for word, query in each.items()
    )
    (found,) = connection.execute(f"SELECT ARRAY[{asked}]").fetchone()
    return {one for one in found if one is not None}


def made(catalog: str) -> str:
    """Return the source of all of a catalog that initdb has not made."""
    return f"{catalog} WHERE oid >= {FIRST_ID}"
