"""SQL of a test on a database."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from gen_migration.scratch import databases as scratch
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus

if TYPE_CHECKING:
    from collections.abc import Iterator


def execute(url: str, sql: str) -> None:
    with scratch.connect(url) as connection:
        connection.execute(sql)


def unnoticed(connection: Any, sql: str) -> None:
    """Run SQL that psycopg does not know of.

    After an ALTER, a DROP or a ROLLBACK it would forget all that the server has planned.
    """
    done = connection.pgconn.exec_(sql.encode())
    if done.status == ExecStatus.FATAL_ERROR:
        raise error_from_result(done)


@contextlib.contextmanager
def undone(connection: Any) -> Iterator[None]:
    """Roll back what is done meanwhile."""
    nested = connection.info.transaction_status != TransactionStatus.IDLE
    unnoticed(connection, "SAVEPOINT undone" if nested else "BEGIN")
    try:
        yield
    finally:
        unnoticed(
            connection, "ROLLBACK TO undone; RELEASE undone" if nested else "ROLLBACK"
        )
