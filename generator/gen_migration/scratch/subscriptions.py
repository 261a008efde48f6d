"""Subscriptions of a scratch database, which keep PostgreSQL from dropping it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.kinds import BY_WORD
from gen_migration.postgres import urls

if TYPE_CHECKING:
    from collections.abc import Callable

HELD = """
SELECT subname FROM pg_subscription AS s JOIN pg_database AS d ON d.oid = s.subdbid
WHERE d.datname = %s
"""


def drop(
    connection: Any, url: str, database: str, connect: Callable[[str], Any]
) -> None:
    """Drop the subscriptions of a database of a server, each without its slot.

    `connection` is to that server, `url` that of any database there. Raises psycopg's errors.
    """
    found = connection.execute(HELD, [database]).fetchall()
    if not found:
        return
    kind = BY_WORD["subscription"]
    with connect(urls.with_database(url, database)) as inside:
        for (name,) in found:
            for statement in (*kind.before_drop(name, None), kind.drop(name)):
                inside.execute(statement)
