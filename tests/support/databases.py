"""Databases for tests: one that a test has left is emptied for the next, and proven to be empty.

Making a database, and planning the queries of the catalog on a new connection, take longer than
most tests do with it.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from environment import as_superuser
from gen_migration.postgres import urls
from gen_migration.postgres.driver import driver
from gen_migration.scratch import databases, roles

if TYPE_CHECKING:
    from collections.abc import Iterator

USES = 100  # of one database: what is dropped makes its catalog longer
# Builds a query: of each table of the catalog its rows, and those that are new since. What is a
# session's own, temporary, leaves an empty schema.
COUNTS = """
SELECT string_agg(format(
    'SELECT %L, count(*), count(*) FILTER (WHERE age(xmin) < age(''%s''::xid)) FROM %I %s',
    relname, pg_current_xact_id()::xid, relname,
    CASE WHEN relname = 'pg_namespace' THEN 'WHERE nspname !~ ''^pg_(toast_)?temp_''' END
), ' UNION ALL ')
FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'pg_catalog'::regnamespace AND NOT relisshared
"""
# What the catalog of all databases says of this one and of its role.
SHARED = """
SELECT datacl, datconnlimit, shobj_description(d.oid, 'pg_database'), r::text,
    (SELECT count(*) FROM pg_auth_members WHERE r.oid IN (member, roleid)),
    (SELECT array_agg(s::text ORDER BY s::text) FROM pg_db_role_setting AS s
     WHERE setdatabase = d.oid OR setrole = r.oid)
FROM pg_database AS d JOIN pg_roles AS r ON r.oid = datdba WHERE datname = current_database()
"""
EMPTY = """
DROP OWNED BY {name} CASCADE;
GRANT SET ON PARAMETER session_replication_role TO {name};
"""


@dataclass(slots=True, kw_only=True)
class Kept:
    """A database that is there until `close`, with the connections that are used again.

    They are that of its own role, the administrator's, and one to the database of administration.
    """

    url: str
    connection: Any
    administrator: Any
    server: Any
    counts: str
    empty: list[Any]
    close: contextlib.ExitStack
    uses: int = 1

    def state(self) -> list[Any]:
        """Return what tells whether it is empty."""
        found = self.administrator.execute(self.counts).fetchall()
        return [*found, self.administrator.execute(SHARED).fetchone()]

    def is_emptied(self) -> bool:
        """Drop all that its role has made, and tell whether it is as it was when it was new."""
        name = urls.parse(self.url).database
        with contextlib.suppress(driver().Error):
            # A lock of this kind is one of the database in which it is asked for.
            with self.server.transaction():
                self.server.execute(roles.ONE_AT_A_TIME)
                self.administrator.execute(EMPTY.format(name=name), prepare=False)
            return self.state() == self.empty
        return False


_free: dict[int, list[Kept]] = {}
_connections: dict[str, Any] = {}  # by their URLs, of what is lent


@contextlib.contextmanager
def database(version: int = 18) -> Iterator[str]:
    """Yield the URL of an empty database; after an error it is not used again."""
    kept = taken(version)
    own = {kept.url: kept.connection, as_superuser(kept.url): kept.administrator}
    _connections.update(own)
    try:
        yield kept.url
    except BaseException:
        kept.close.close()
        raise
    finally:
        for url in own:
            del _connections[url]
    _free.setdefault(version, []).append(kept)


def connection(url: str) -> Any:
    """Return the connection to a lent database on which queries of the catalog are planned.

    It is one of the user of the URL: the database's role, or the administrator.
    """
    return _connections[url]


def taken(version: int) -> Kept:
    """Return an empty database, a used one if possible."""
    free = _free.get(version, [])
    while free:
        kept = free.pop()
        kept.uses += 1
        if kept.uses <= USES and kept.is_emptied():
            return kept
        kept.close.close()
    return made(version)


def made(version: int) -> Kept:
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(databases.database(version))
        own, administrator, server = (
            stack.enter_context(databases.connect(one, prepare_threshold=0))
            for one in (url, as_superuser(url), databases.server(version).get_uri())
        )
        administrator.execute("SET lock_timeout = '5s'")
        (counts,) = administrator.execute(COUNTS).fetchone()
        kept = Kept(
            url=url,
            connection=own,
            administrator=administrator,
            server=server,
            counts=counts,
            empty=[],
            close=stack.pop_all(),
        )
    kept.empty = kept.state()
    return kept


def close() -> None:
    """Drop the databases that are kept."""
    for free in _free.values():
        for kept in free:
            kept.close.close()
    _free.clear()
