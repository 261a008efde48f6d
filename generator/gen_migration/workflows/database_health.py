"""What the user of a database may do of what revisions do, and where it is in the history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.postgres.names import quote_name
from gen_migration.workflows.health import Found

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gen_migration.history.target import Target
    from gen_migration.model.schema import Spec

OLDEST = 14
FEW_LOCKS = 64  # PostgreSQL's default
RIGHTS = """
SELECT current_user AS role, current_setting('server_version_num')::int / 10000 AS version,
    has_database_privilege(current_database(), 'CREATE') AS in_database,
    (SELECT has_schema_privilege(oid, 'CREATE') FROM pg_namespace
     WHERE nspname = current_schema()) AS in_schema,
    current_schema() AS schema, pg_has_role('pg_monitor', 'MEMBER') AS monitors,
    current_setting('max_locks_per_transaction')::int AS locks,
    current_setting('lock_timeout') AS timeout, pg_is_in_recovery() AS is_replica,
    current_setting('default_transaction_read_only') = 'on' AS only_reads,
    (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS is_superuser
"""
SCHEMAS = """
SELECT nspname FROM pg_namespace
WHERE nspname = ANY (%s) AND NOT has_schema_privilege(oid, 'CREATE') ORDER BY 1
"""
# Alembic's own table, where it is called so and in the search path.
VERSIONS = """
SELECT pg_get_userbyid(relowner) AS owner FROM pg_class
WHERE oid = to_regclass('alembic_version')
AND NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')
    AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE'))
"""
# Of extensions: those that are not there, and may not be had or created by who asks.
EXTENSIONS = """
SELECT name, bool_or(version IS NOT NULL) AS is_there,
    bool_or(trusted OR NOT superuser) AS is_trusted
FROM unnest(%s::text[]) AS name LEFT JOIN pg_available_extension_versions USING (name)
WHERE name NOT IN (SELECT extname FROM pg_extension)
GROUP BY name ORDER BY name
"""
OWNERS = """
SELECT c.oid::regclass::text AS name, pg_get_userbyid(relowner) AS owner
FROM unnest(%s::text[]) AS told JOIN pg_class AS c ON c.oid = to_regclass(told)
WHERE NOT pg_has_role(relowner, 'MEMBER') ORDER BY 1
"""


def database(url: str, specs: Iterable[Spec]) -> Iterator[Found]:
    """Yield what the user of a database may do of what revisions do. Raises Error."""
    from psycopg.rows import namedtuple_row

    from gen_migration.catalog.reader import connection_to

    specs = [*specs]
    tables = [name.sql for one in specs for name in one.schema.tables]
    schemas = {name.schema for one in specs for name in one.schema.names if name.schema}
    extensions = sorted({name for one in specs for name in one.schema.of("extension")})
    with (
        connection_to(url) as connection,
        connection.cursor(row_factory=namedtuple_row) as cursor,
    ):
        rights = cursor.execute(RIGHTS).fetchone()
        yield from of_server(
            url, rights, max([OLDEST, *(one.postgresql for one in specs)])
        )
        closed = cursor.execute(SCHEMAS, [sorted(schemas)]).fetchall()
        yield from of_schemas(rights, [one.nspname for one in closed])
        yield from of_tables(
            rights.role,
            cursor.execute(OWNERS, [tables]).fetchall(),
            cursor.execute(VERSIONS).fetchall(),
        )
        lacking = cursor.execute(EXTENSIONS, [extensions]).fetchall()
        yield from of_extensions(lacking, is_superuser=rights.is_superuser)
        yield from of_settings(rights)


def of_server(url: str, rights: Any, oldest: int) -> Iterator[Found]:
    """Yield whether a server is new enough, and takes what writes."""
    from gen_migration.postgres import urls

    user = rights.role
    found = f"{urls.masked(url)}: PostgreSQL {rights.version}, as {user}"
    if rights.version >= oldest:
        yield Found(level="ok", text=found)
    elif oldest == OLDEST:
        yield Found(
            level="error", text=found, hint=f"{OLDEST} is the oldest that is held"
        )
    else:
        hint = f"a spec is for {oldest} and later: lower its postgresql:"
        yield Found(level="error", text=found, hint=hint)
    if rights.is_replica:
        yield Found(
            level="error",
            text="this is a replica, which takes no revision",
            hint="name its primary",
        )
    elif rights.only_reads:
        yield Found(
            level="error",
            text=f"transactions of {user} only read",
            hint=f"ALTER ROLE {quote_name(user)} RESET default_transaction_read_only",
        )


def of_schemas(rights: Any, closed: Sequence[str]) -> Iterator[Found]:
    """Yield where nothing may be created: in the first schema, in those that specs name."""
    user, schema = rights.role, rights.schema
    if schema is None:
        yield Found(
            level="error",
            text=f"{user} may not create anything: no schema of search_path is there",
            hint="create a schema that is in search_path",
        )
    shut = [] if schema is None or rights.in_schema else [schema]
    for one in dict.fromkeys((*shut, *closed)):
        yield Found(
            level="error",
            text=f"{user} may not create anything in the schema {one}",
            hint=f"as its owner: GRANT CREATE ON SCHEMA {quote_name(one)} TO {quote_name(user)}",
        )
    if not rights.in_database:
        yield Found(
            level="note",
            text=f"{user} may not create schemas or extensions in this database",
            hint="where a spec has some: GRANT CREATE ON DATABASE",
        )


def of_tables(
    user: str, strange: Sequence[Any], versions: Sequence[Any]
) -> Iterator[Found]:
    """Yield which tables of specs are others', and whether alembic_version is closed."""
    for one in strange:
        yield Found(
            level="error",
            text=f"the table {one.name} belongs to {one.owner}, and {user} is no member",
            hint=f"ALTER TABLE needs that: GRANT {quote_name(one.owner)} TO {quote_name(user)}",
        )
    for one in versions:
        yield Found(
            level="error",
            text=f"{user} may not write to alembic_version, which belongs to {one.owner}",
            hint=f"as {one.owner}: GRANT ALL ON alembic_version TO {quote_name(user)}",
        )


def of_extensions(lacking: Sequence[Any], *, is_superuser: bool) -> Iterator[Found]:
    """Yield which extensions of specs can not be created."""
    for one in lacking:
        if not one.is_there:
            yield Found(
                level="error",
                text=f"this server has no extension {one.name}, which a spec creates",
                hint="install it there",
            )
        elif not (one.is_trusted or is_superuser):
            yield Found(
                level="error",
                text=f"only a superuser may create the extension {one.name}",
                hint=f"as one, before the revisions: CREATE EXTENSION {quote_name(one.name)}",
            )


def of_settings(rights: Any) -> Iterator[Found]:
    """Yield what is good to know of the settings of a user."""
    user = rights.role
    if not rights.monitors:
        yield Found(
            level="note",
            text=f"{user} does not see who others are that hold a lock",
            hint=f"GRANT pg_monitor TO {quote_name(user)}",
        )
    if rights.locks < FEW_LOCKS:
        yield Found(
            level="note",
            text=f"max_locks_per_transaction is {rights.locks}: revisions of many tables"
            " need more",
        )
    if rights.timeout not in {"0", "0s"}:
        yield Found(
            level="note",
            text=f"lock_timeout is {rights.timeout} for {user}; revisions set their own",
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
