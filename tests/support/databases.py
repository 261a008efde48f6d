"""Databases for tests: what a test leaves is emptied for the next, and proven to be empty.

Making a database, and planning the queries of the catalog on a new connection, take longer than
most tests do with it. So where the package makes scratch databases and connects to them in the
process of the tests, it gets these as well (`share`).
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy
from environment import as_superuser
from gen_migration.catalog import reader
from gen_migration.history import migrate
from gen_migration.postgres import urls
from gen_migration.postgres.driver import driver
from gen_migration.scratch import built, databases, models, roles
from gen_migration.verify import same_history, verify
from gen_migration.workflows import adopt
from psycopg.pq import TransactionStatus
from statements import unnoticed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.scratch.needs import Needs
    from sqlalchemy import Engine

USES = 100  # of one database: what is dropped makes its catalog longer
# Builds a query: of each table of the catalog its rows, and those that are new since. What is a
# session's own, temporary, leaves an empty schema. What is done to `public` is seen in SHARED.
COUNTS = """
SELECT string_agg(format(
    'SELECT %L, count(*), count(*) FILTER (WHERE age(xmin) < age(''%s''::xid)) FROM %I %s',
    relname, pg_current_xact_id()::xid, relname,
    CASE WHEN relname = 'pg_namespace'
        THEN 'WHERE nspname !~ ''^pg_(toast_)?temp_'' AND nspname <> ''public''' END
), ' UNION ALL ')
FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'pg_catalog'::regnamespace AND NOT relisshared
"""
# What the catalog of all databases says of this one and of its role, and what `public` is.
SHARED = """
SELECT datacl, datconnlimit, shobj_description(d.oid, 'pg_database'), r::text,
    (SELECT count(*) FROM pg_auth_members WHERE r.oid IN (member, roleid)),
    (SELECT count(*) FROM pg_subscription WHERE subdbid = d.oid),
    (SELECT array_agg(s::text ORDER BY s::text) FROM pg_db_role_setting AS s
     WHERE setdatabase = d.oid OR setrole = r.oid),
    (SELECT n::text FROM pg_namespace AS n WHERE nspname = 'public')
FROM pg_database AS d JOIN pg_roles AS r ON r.oid = datdba WHERE datname = current_database()
"""
EMPTY = """
DROP OWNED BY {name} CASCADE;
DO $$
DECLARE held oid; called name;
BEGIN
    -- Subscriptions are a superuser's; their slots are on no server.
    FOR called IN SELECT subname FROM pg_subscription AS s JOIN pg_database AS d ON d.oid = subdbid
        WHERE datname = current_database()
    LOOP
        EXECUTE format('ALTER SUBSCRIPTION %I DISABLE', called);
        EXECUTE format('ALTER SUBSCRIPTION %I SET (slot_name = NONE)', called);
        EXECUTE format('DROP SUBSCRIPTION %I', called);
    END LOOP;
    -- Roles that it has made, or shares with other databases: the last one drops them.
    FOR held IN SELECT DISTINCT roleid FROM pg_auth_members WHERE member = '{name}'::regrole LOOP
        EXECUTE format('DROP OWNED BY %s CASCADE', held::regrole);
        EXECUTE format('REVOKE %s FROM {name}', held::regrole);
        IF NOT EXISTS (SELECT FROM pg_auth_members WHERE roleid = held) THEN
            EXECUTE format('DROP ROLE %s', held::regrole);
        END IF;
    END LOOP;
    -- To change it where nothing was granted would have all sessions plan their queries anew.
    IF has_schema_privilege('public', 'public', 'CREATE') THEN
        REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    END IF;
END
$$;
ALTER DATABASE {name} RESET ALL;
GRANT SET ON PARAMETER session_replication_role TO {name};
"""


# What a session has, and the next user of its connection must not have.
CLEAN = """
RESET SESSION AUTHORIZATION; RESET ALL; DISCARD TEMP; SELECT pg_advisory_unlock_all();
"""
# What a connection that is made now would have, and one that is there perhaps has not.
SETTINGS = """
SELECT array_agg(s::text ORDER BY s::text) FROM pg_db_role_setting AS s
WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
    OR setrole = (SELECT oid FROM pg_roles WHERE rolname = current_user)
"""


@dataclass(slots=True, kw_only=True)
class Kept:
    """A database that is there until `close`, with the connections that are used again.

    They are three of its own role (one of them SQLAlchemy's, one for `beside`), the
    administrator's, and one to the database of administration.
    """

    url: str
    connection: Any
    beside: Any
    engine: Engine
    administrator: Any
    server: Any
    settings: list[str]
    counts: str
    empty: list[Any]
    close: contextlib.ExitStack
    uses: int = 0

    def state(self) -> list[Any]:
        """Return what tells whether it is empty."""
        found = self.administrator.execute(self.counts).fetchall()
        return [*found, self.administrator.execute(SHARED).fetchone()]

    def is_as_new(self) -> bool:
        """Tell whether a new connection would have no other settings than these."""
        (found,) = self.connection.execute(SETTINGS).fetchone()
        return bool(found == self.settings)

    def is_emptied(self) -> bool:
        """Drop all that its role has made, and tell whether it is as it was when it was new."""
        name = urls.parse(self.url).database
        with contextlib.suppress(driver().Error):
            # A lock of this kind is one of the database in which it is asked for.
            with self.server.transaction():
                self.server.execute(roles.ONE_AT_A_TIME)
                unnoticed(self.administrator, EMPTY.format(name=name))
            return self.state() == self.empty
        return False


_free: dict[str, list[Kept]] = {}  # by the keys of servers
_lent: dict[str, Kept] = {}  # by their URLs


@contextlib.contextmanager
def database(
    version: int = 18,
    *,
    is_superuser: bool = False,
    needs: Needs = databases.NOTHING,
) -> Iterator[str]:
    """Yield the URL of an empty database; after an error it is not used again.

    Its role may be a superuser meanwhile: what the administrator makes, nobody can drop at once,
    and so the database would not be used again.
    """
    free = _free.setdefault(databases.chosen(version, needs).build.key, [])
    kept = free.pop() if free else made(version, needs)
    kept.uses += 1
    _lent[kept.url] = kept
    try:
        with superuser(kept) if is_superuser else contextlib.nullcontext():
            yield kept.url
    except BaseException:
        kept.close.close()
        raise
    finally:
        del _lent[kept.url]
    # At once, since the roles that it has are the whole server's.
    if kept.uses < USES and kept.is_emptied():
        free.append(kept)
    else:
        kept.close.close()


@contextlib.contextmanager
def superuser(kept: Kept) -> Iterator[None]:
    """Let the role of a database be a superuser meanwhile."""
    name = urls.parse(kept.url).database
    unnoticed(kept.administrator, f"ALTER ROLE {name} SUPERUSER")
    yield
    unnoticed(kept.administrator, f"ALTER ROLE {name} NOSUPERUSER")


def connection(url: str) -> Any:
    """Return the connection to a lent database on which queries of the catalog are planned.

    It is one of the user of the URL: the database's role, or the administrator.
    """
    if url in _lent:
        return _lent[url].connection
    return next(
        one for one in _lent.values() if as_superuser(one.url) == url
    ).administrator


def beside(connection: Any) -> Any:
    """Return the connection for what is done and undone beside a lent one, if that may be.

    To make a schema, even to take it back, has a session plan all of its queries anew.
    """
    if connection.info.transaction_status != TransactionStatus.IDLE:
        return connection
    found = (one.beside for one in _lent.values() if one.connection is connection)
    return next(found, connection)


def made(version: int, needs: Needs) -> Kept:
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(databases.database(version, needs=needs))
        own, beside, administrator, server = (
            stack.enter_context(databases.connect(one, prepare_threshold=0))
            for one in (
                *(url, url),
                as_superuser(url),
                databases.server(version, needs).get_uri(),
            )
        )
        for one in (own, beside, administrator, server):
            one.prepared_max = None  # what is planned stays planned
        administrator.execute("SET lock_timeout = '5s'")
        (counts,) = administrator.execute(COUNTS).fetchone()
        (settings,) = own.execute(SETTINGS).fetchone()
        engine = engine_of(url)
        stack.callback(engine.dispose)
        kept = Kept(
            url=url,
            connection=own,
            beside=beside,
            engine=engine,
            administrator=administrator,
            server=server,
            settings=settings,
            counts=counts,
            empty=[],
            close=stack.pop_all(),
        )
    kept.empty = kept.state()
    return kept


def engine_of(url: str) -> Engine:
    """Return an engine with one connection, which is as good as new each time."""
    engine = sqlalchemy.create_engine(
        migrate.with_driver(url),
        pool_size=1,
        pool_pre_ping=True,
        pool_reset_on_return=None,
    )

    @sqlalchemy.event.listens_for(engine, "reset")
    def clean(connection: Any, *_: Any) -> None:
        connection.rollback()
        connection.autocommit = True
        connection.execute(CLEAN, prepare=False)
        connection.autocommit = False

    return engine


def share() -> None:
    """Let the package use what is kept, where it makes databases and connects to them."""
    connect, new_engine = reader.connection_to, migrate.engine_of

    @contextlib.contextmanager
    def connection_to(url: str) -> Iterator[Any]:
        kept = _lent.get(url)
        if kept is None or not kept.is_as_new():
            with connect(url) as new:
                yield new
        else:
            yield kept.connection

    def engine_of(url: str) -> Engine:
        kept = _lent.get(url)
        if kept is None or not kept.is_as_new():
            return new_engine(url)
        return kept.engine

    for module, name, ours in (
        (reader, "connection_to", connection_to),
        (migrate, "engine_of", engine_of),
        (built, "databases", Shared()),
        (models, "databases", Shared()),
        (same_history, "databases", Shared()),
        (verify, "databases", Shared()),
        (adopt, "databases", Shared()),
    ):
        setattr(module, name, ours)


class Shared:
    """`scratch.databases`, but for databases that are kept; of `version` unless one is named."""

    def __init__(self, version: int = 18) -> None:
        self.version = version

    def __getattr__(self, name: str) -> Any:
        return getattr(databases, name)

    @contextlib.contextmanager
    def database(
        self,
        version: int | None = None,
        dev_url: str | None = None,
        needs: Needs = databases.NOTHING,
    ) -> Iterator[str]:
        wanted = version or self.version
        if dev_url is None:
            own = database(wanted, needs=needs)
        else:
            own = databases.database(wanted, dev_url, needs)
        with own as url:
            yield url


def close() -> None:
    """Drop the databases that are kept."""
    for free in _free.values():
        for kept in free:
            kept.close.close()
    _free.clear()
