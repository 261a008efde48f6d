"""Throw-away databases, on the embedded PostgreSQL or on the server of `--dev-url`.

A database lives as long as the connection that made it, which has the database's name as its
`application_name`; a copy of it (`templates`) lives as long as that. So one of a run that was
killed is known by that no such connection is there, and the next run drops it; on the server of
`--dev-url` only where the comment on it says that we have made it, and as the same user.

On the embedded server a database belongs to a role of its own (`scratch.roles`), which is a
superuser where the user has said so (SUPERUSER).
"""

from __future__ import annotations

import contextlib
import os
import secrets
from functools import partial
from typing import TYPE_CHECKING, Any

from gen_migration.base import signals
from gen_migration.base.configuration import SUPERUSER
from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Error
from gen_migration.catalog.reader import OLDEST, words
from gen_migration.history import step_hints
from gen_migration.postgres import urls
from gen_migration.postgres.driver import driver
from gen_migration.scratch import extensions, programs, roles, subscriptions
from gen_migration.scratch import server as embedded
from gen_migration.scratch.choice import Choice, choose, who_lacks
from gen_migration.scratch.location import ELSEWHERE
from gen_migration.scratch.needs import Needs

if TYPE_CHECKING:
    from collections.abc import Iterator

NEWEST, VERSIONS, program = programs.NEWEST, programs.VERSIONS, programs.program
NOTHING = Needs()
LEFT_OVER = r"""
SELECT datname FROM pg_database
WHERE datname ~ '^gm_\d+_[0-9a-f]+(_\d+)?$' AND NOT EXISTS (
    SELECT FROM pg_stat_activity AS other
    WHERE pg_database.datname = other.datname
        OR substring(pg_database.datname FROM '^gm_\d+_[0-9a-f]+') = other.application_name
)
"""
COMMENT = "gen-migration: a scratch database, which the next run drops"
OWN = f"""{LEFT_OVER}
AND shobj_description(oid, 'pg_database') = %s
AND datdba = (SELECT oid FROM pg_roles WHERE rolname = current_user)
"""  # noqa: S608 - both are ours
# Where a CREATE DATABASE was interrupted, it may run still, and a DROP would find nothing yet.
END_OF_MAKER = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE application_name = %s AND pid <> pg_backend_pid()
"""
SECONDS = 10  # for a server to answer
WITH_STRATEGY = 15  # the version since which CREATE DATABASE has one


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server on which databases are made: its URL, and how messages call it.

    `major` is the version of an embedded one, None of another.
    """

    url: str
    words: str
    major: int | None = None
    is_superuser: bool = False

    @property
    def is_embedded(self) -> bool:
        return self.major is not None

    def hint(self, given: str) -> str:
        """Return how to mend what a revision may not do: as this very user, it cannot."""
        if given not in step_hints.OF_NO_SUPERUSER or (
            self.is_embedded and not self.is_superuser
        ):
            return given
        of_ours = step_hints.OF_SUPERUSER
        return of_ours if self.is_embedded else step_hints.OF_DEV_URL

    def error(self, what: str, reason: BaseException, hint: str = "") -> Error:
        """Return what to say where the server fails."""
        why = words(reason) or "no answer"
        if not hint and self.is_embedded:
            hint = f"run again, or {ELSEWHERE}"
        elif not hint:
            hint = "see that the server runs, and that the URL of --dev-url is right"
        return Error(f"{what} {self.words}: {why}", hint=hint)


def chosen(version: int = NEWEST, needs: Needs = NOTHING) -> Choice:
    """Return which server of this machine is for needs, like one of a major version.

    Raises Error where there is none, or the extra `[postgres]` is not installed.
    """
    return choose(version, needs, programs.builds())


def unusual(needs: Needs, dev_url: str | None, version: int = NEWEST) -> str:
    """Return why needs have another server than a version has; empty otherwise.

    Raises Error as `chosen` does.
    """
    if dev_url not in (None, SUPERUSER):
        return ""
    usual, found = chosen(version).build, chosen(version, needs).build
    why = who_lacks(sorted(needs.all & found.has), [usual])
    return f"scratch databases are on {found.words}: {why}" if why else ""


def server(version: int = NEWEST, needs: Needs = NOTHING) -> embedded.Server:
    """Return the running server of this machine for needs, without databases of dead runs.

    It stops with the last process that uses it. Raises Error as `chosen` does, and where the server
    does not start.
    """
    build = chosen(version, needs).build
    found = embedded.running(build)
    if found is None:
        found = embedded.started(build)
        drop_left_over(found.get_uri())
    return found


def drop_left_over(url: str) -> None:
    """Drop the databases of runs that were killed, and their roles, as the administrator.

    Those are databases that nobody is connected to or made.
    """
    failure = driver().Error
    with contextlib.suppress(failure), connect(url) as connection:
        drop_all(connection, url, LEFT_OVER)
        for name in roles.left_over(connection):
            with contextlib.suppress(failure):
                roles.drop(connection, name)


def drop_all(connection: Any, url: str, query: str, *parameters: str) -> None:
    """Drop the databases of a server that a query names, as far as that goes."""
    failure = driver().Error
    with contextlib.suppress(failure):
        for (name,) in connection.execute(query, parameters or None).fetchall():
            with contextlib.suppress(failure):
                subscriptions.drop(connection, url, name, connect)
                connection.execute(f"DROP DATABASE IF EXISTS {name}")


def connect(url: str, **parameters: Any) -> Any:
    """Return a connection of psycopg that commits each statement.

    `url` may be of any form that `urls.for_libpq` reads. Raises Error when psycopg is not
    installed, and psycopg's errors.
    """
    return driver().connect(urls.for_libpq(url), autocommit=True, **parameters)


@contextlib.contextmanager
def database(
    version: int = NEWEST, dev_url: str | None = None, needs: Needs = NOTHING
) -> Iterator[str]:
    """Yield the URL of a new empty database, dropped at the end, however that comes.

    It is made on the server of this machine that has what is needed and is most like one of a major
    version, and who connects is a role of its own there (a superuser, where `dev_url` is
    SUPERUSER), or else on the server of `dev_url`, as the user of that URL.
    Raises Error when it cannot be made or dropped, when the server lacks what is needed, or when a
    connection is lost meanwhile.
    """
    place = place_of(version, dev_url, needs)
    # Nobody else has this name: it holds 128 random bits.
    name = f"gm_{os.getpid()}_{secrets.token_hex(16)}"
    with maker_of(name, place) as maker, contextlib.ExitStack() as stack:
        if not place.is_embedded:
            extensions.require(maker, needs.extensions)
        stack.push(partial(drop_at_end, name, maker, place))
        with refused_as_error(stack, maker, place):
            make(name, maker, place)
        why = unusual(needs, dev_url, version)
        note = f"note: {why}" if why else ""
        with (
            lost_as_error(place),
            hints_of(place),
            extensions.told(is_embedded=place.is_embedded, note=note),
        ):
            yield urls.with_database(
                place.url, name, user=name if place.is_embedded else None
            )


@contextlib.contextmanager
def hints_of(place: Server) -> Iterator[None]:
    """Let an error say what mends it on a server."""
    try:
        yield
    except Error as error:
        error.hint = place.hint(error.hint)
        raise


def make(name: str, maker: Any, place: Server) -> None:
    """Make a database, and on the embedded server the role that it belongs to."""
    more = ""
    if place.major is not None:
        roles.make(maker, name, place.major, is_superuser=place.is_superuser)
        more = f" OWNER {name}"
        if place.major >= WITH_STRATEGY:
            more += " STRATEGY file_copy"
    else:
        drop_all(maker, place.url, OWN, COMMENT)  # others use that server as well
    maker.execute(f"CREATE DATABASE {name} TEMPLATE template0{more}")
    if place.major is not None:
        with connect(urls.with_database(place.url, name)) as administrator:
            administrator.execute(roles.maker(place.major))
    comment(maker, name, place)


def comment(maker: Any, name: str, place: Server) -> None:
    """Say on a server that others use as well whose a database is.

    One without it stays, should this run be killed.
    """
    if not place.is_embedded:
        with contextlib.suppress(driver().Error):
            maker.execute(f"COMMENT ON DATABASE {name} IS '{COMMENT}'")


def place_of(version: int, dev_url: str | None, needs: Needs = NOTHING) -> Server:
    """Return the server to use, running. Raises Error."""
    if dev_url in (None, SUPERUSER):
        found = server(version, needs)
        return Server(
            url=found.get_uri(),
            words=f"the embedded PostgreSQL {found.build.major}",
            major=found.build.major,
            is_superuser=dev_url == SUPERUSER,
        )
    words = f"the server of --dev-url ({urls.masked(dev_url)})"
    return Server(url=dev_url, words=words)


@contextlib.contextmanager
def maker_of(name: str, place: Server) -> Iterator[Any]:
    """Yield the connection that makes a database, and is its sign of life. Raises Error."""
    connection = reached(place, application_name=name)
    with contextlib.closing(connection):
        version = connection.info.server_version // 10_000
        if version < OLDEST:
            raise Error(
                f"{place.words} is PostgreSQL {version}",
                hint=f"gen-migration works with {OLDEST} and later",
            )
        yield connection


def reached(place: Server, **parameters: Any) -> Any:
    """Return a connection to a server. Raises Error."""
    psycopg = driver()
    try:
        return connect(place.url, connect_timeout=SECONDS, **parameters)
    except psycopg.Error as error:
        raise place.error("no connection to", error) from None


@contextlib.contextmanager
def refused_as_error(
    clean_up: contextlib.ExitStack, maker: Any, place: Server
) -> Iterator[None]:
    """Raise what PostgreSQL says of a CREATE DATABASE as Error.

    Where it refused, there is nothing to clean up: a database of that name is another's.
    """
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        if error.sqlstate is None:  # it was lost, perhaps after it made the database
            raise place.error("lost the connection to", error) from None
        clean_up.pop_all()
        hint = "" if place.is_embedded else "name one on which databases can be made"
        if isinstance(error, psycopg.errors.InsufficientPrivilege):
            role = maker.info.user.replace('"', '""')
            hint = f'let the user make databases: ALTER ROLE "{role}" CREATEDB'
        raise place.error("cannot make a database on", error, hint) from None


@contextlib.contextmanager
def lost_as_error(place: Server) -> Iterator[None]:
    """Raise Error where a connection breaks while a database is in use."""
    import psycopg

    try:
        yield
    except psycopg.OperationalError as error:
        # Class 08 are connections, 57P what an administrator or a crash does to them.
        if error.sqlstate is None or error.sqlstate.startswith(("08", "57P")):
            raise place.error(
                "a connection was lost while a database was in use on", error
            ) from error
        raise


def drop_at_end(
    name: str, maker: Any, place: Server, _: Any, error: BaseException | None, *__: Any
) -> None:
    """Drop a database after what was done with it, and after an error of that.

    Raises Error where it stays; after another error, a note of that error says so instead.
    """
    problem = drop(name, maker, place)
    if problem is not None:
        if error is None:
            raise problem
        error.add_note(str(problem))


def drop(name: str, maker: Any, place: Server) -> Error | None:
    """Drop a database, on a connection that no interrupt has touched; return what went wrong."""
    import psycopg

    try:
        with signals.held():
            maker.close()
            with connect(place.url, connect_timeout=SECONDS) as connection:
                connection.execute(END_OF_MAKER, [name])
                subscriptions.drop(connection, place.url, name, connect)
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
                if place.is_embedded:
                    roles.drop(connection, name)
    except psycopg.Error as error:
        if not place.is_embedded:  # a next run drops it there
            return place.error(
                f'the database "{name}" may be left on',
                error,
                hint=f"drop it: DROP DATABASE IF EXISTS {name} WITH (FORCE)",
            )
    return None
