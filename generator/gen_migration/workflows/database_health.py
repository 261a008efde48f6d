"""What the user of a database may do of what revisions do, and where it is in the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.workflows.health import Found, Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gen_migration.history.target import Target

OLDEST = 14
RIGHTS = """
SELECT current_user, current_setting('server_version_num')::int / 10000,
    has_database_privilege(current_database(), 'CREATE'),
    (SELECT has_schema_privilege(oid, 'CREATE') FROM pg_namespace WHERE nspname = current_schema()),
    current_schema(), pg_has_role('pg_monitor', 'MEMBER'),
    current_setting('max_locks_per_transaction')::int, current_setting('lock_timeout')
"""
OWNERS = """
SELECT c.oid::regclass::text, pg_get_userbyid(relowner) FROM unnest(%s::text[]) AS name
JOIN pg_class AS c ON c.oid = to_regclass(name)
WHERE NOT pg_has_role(relowner, 'MEMBER') ORDER BY 1
"""


def database(url: str, tables: Iterable[str]) -> Iterator[Found]:
    """Yield what the user of a database may do of what revisions do. Raises Error."""
    from gen_migration.catalog.reader import connection_to
    from gen_migration.postgres import urls

    with connection_to(url) as connection:
        row = connection.execute(RIGHTS).fetchone()
        strange = connection.execute(OWNERS, [[*tables]]).fetchall()
    user, version, in_database, in_schema, schema, monitors, locks, timeout = row
    name = urls.masked(url)
    level: Level = "ok" if version >= OLDEST else "error"
    yield Found(
        level=level,
        text=f"{name}: PostgreSQL {version}, as {user}",
        hint="" if level == "ok" else f"{OLDEST} is the oldest that is held",
    )
    if not in_schema:
        yield Found(
            level="error",
            text=f"{user} may not create anything in the schema {schema}",
            hint=f"as its owner: GRANT CREATE ON SCHEMA {schema} TO {user}"
            if schema
            else "create a schema that is in search_path",
        )
    if not in_database:
        yield Found(
            level="note",
            text=f"{user} may not create schemas or extensions in this database",
            hint="where a spec has some: GRANT CREATE ON DATABASE",
        )
    for table, owner in strange:
        yield Found(
            level="error",
            text=f"the table {table} belongs to {owner}, and {user} is no member",
            hint=f"ALTER TABLE needs that: GRANT {owner} TO {user}",
        )
    if not monitors:
        yield Found(
            level="note",
            text=f"{user} does not see who others are that hold a lock",
            hint=f"GRANT pg_monitor TO {user}",
        )
    if locks < 64:
        yield Found(
            level="note",
            text=f"max_locks_per_transaction is {locks}: revisions of many tables need more",
        )
    if timeout not in {"0", "0s"}:
        yield Found(
            level="note",
            text=f"lock_timeout is {timeout} for {user}; revisions set their own",
        )


def positions(url: str, places: Iterable[Target]) -> Iterator[Found]:
    """Yield where a database is in each history; one at a revision that is gone is wrong."""
    from gen_migration.status.report import of_position
    from gen_migration.workflows.status import status

    for place in places:
        found = status(url, place.open()).position
        lines = [one.strip() for one in of_position(found)]
        hints = [
            one.removeprefix("hint: ") for one in lines if one.startswith("hint: ")
        ]
        said = [one for one in lines if not one.startswith("hint: ")]
        waits = bool(found.waiting)
        yield Found(
            level="error" if found.unknown else "note" if waits else "ok",
            text=": ".join(said[:2]) if found.unknown else said[0].removesuffix(":"),
            hint="; ".join(hints)
            or (
                "gen-migration status URL says what the next command does"
                if waits
                else ""
            ),
        )
