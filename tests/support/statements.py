"""SQL of a test on a database."""

from __future__ import annotations

from gen_migration.scratch import databases as scratch


def execute(url: str, sql: str) -> None:
    with scratch.connect(url) as connection:
        connection.execute(sql)
