"""Row level security that is forced upon the owner of a table, off while rows are put in or read.

Who verifies owns all tables of the scratch database, and is no superuser: what policies hide from
the owner, it would not see either.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from gen_migration.postgres.names import Name
from gen_migration.sql import row_security

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Schema


@contextlib.contextmanager
def off(connection: Any, schema: Schema) -> Iterator[None]:
    """Let the owner of the tables of a schema see all of their rows."""
    forced = [
        name for name, one in schema.tables.items() if one.row_security == "forced"
    ]
    if not forced:
        yield
        return
    (home,) = connection.execute("SELECT current_schema()").fetchone()
    tables = [Name(name.schema or home, name.name).sql for name in forced]
    switch(connection, tables, row_security.actions("forced", "enabled"))
    yield
    # A check that waits for the end of the transaction would be in the way.
    connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    switch(connection, tables, row_security.actions("enabled", "forced"))


def switch(connection: Any, tables: list[str], actions: list[str]) -> None:
    """Alter tables, as far as they are the user's."""
    import psycopg

    for table in tables:
        with (
            contextlib.suppress(psycopg.errors.InsufficientPrivilege),
            connection.transaction(),
        ):
            connection.execute(f"ALTER TABLE {table} {', '.join(actions)}")
