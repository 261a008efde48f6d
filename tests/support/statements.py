"""SQL of a test on a database."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from gen_migration.scratch import databases as scratch
from psycopg.pq import TransactionStatus

if TYPE_CHECKING:
    from collections.abc import Iterator


def execute(url: str, sql: str) -> None:
    with scratch.connect(url) as connection:
        connection.execute(sql)


@contextlib.contextmanager
def undone(connection: Any) -> Iterator[None]:
    """Roll back what is done meanwhile.

    Psycopg's own way would have it forget what the server has planned; these are no statements
    that it knows of.
    """
    nested = connection.info.transaction_status != TransactionStatus.IDLE
    connection.pgconn.exec_(b"SAVEPOINT undone" if nested else b"BEGIN")
    try:
        yield
    finally:
        connection.pgconn.exec_(
            b"ROLLBACK TO undone; RELEASE undone" if nested else b"ROLLBACK"
        )
