"""What a database says of its place in a history, and of what is half done. It is only read.

Source: the PostgreSQL manual, chapters 52 (System Catalogs) and 27.4 (Progress Reporting),
versions 14 to 18.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Error
from gen_migration.base.own_files import own_text
from gen_migration.catalog.reader import connection_to, words
from gen_migration.postgres import urls
from gen_migration.postgres.names import Name, quote_name
from gen_migration.status.steps import Found, Trace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gen_migration.status.steps import Step

# Whether a row is left may be a question to the whole table; nobody is to wait behind it.
LIMITS = {"lock_timeout": "3s", "statement_timeout": "5s", "jit": "off"}


@dataclass(frozen=True, slots=True, kw_only=True)
class InvalidIndex:
    """An index that is not valid; `pid` is the session that builds it just now."""

    table: Name
    name: str
    pid: int | None
    phase: str | None
    percent: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Rows of the version table, how far steps are, and what is not valid in the database.

    `constraints` are those not validated, by their tables and names. `backfills` run just now:
    the processes, with how far each is.
    """

    versions: tuple[str, ...]
    steps: tuple[tuple[Step, Found], ...]
    indexes: tuple[InvalidIndex, ...]
    constraints: tuple[tuple[Name, str], ...]
    backfills: tuple[tuple[int, str], ...] = ()

    @property
    def at_work(self) -> tuple[int, ...]:
        """The processes that run a backfill or build an index just now."""
        builders = (one.pid for one in self.indexes if one.pid is not None)
        return (*builders, *(pid for pid, _ in self.backfills))


def read(
    url: str,
    version_table: str | None,
    of: Callable[[tuple[str, ...]], Sequence[Step]],
) -> Answers:
    """Return what the database of a URL says; `of` are the steps to ask of, by the versions.

    `version_table` is the name of Alembic's table as SQL, left out `alembic_version` wherever it
    is. Raises Error where the database cannot be reached, or does not say.
    """
    with connection_to(url) as connection:
        import psycopg

        try:
            with connection.transaction(), connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
                for setting, value in LIMITS.items():
                    cursor.execute("SELECT set_config(%s, %s, true)", (setting, value))
                versions = versions_of(cursor, version_table)
                steps = of(versions)
                return Answers(
                    versions=versions,
                    steps=tuple(
                        zip(steps, found(connection, cursor, steps), strict=True)
                    ),
                    indexes=tuple(
                        InvalidIndex(
                            table=Name(*row[:2]),
                            name=row[2],
                            pid=row[3],
                            phase=row[4],
                            percent=row[5],
                        )
                        for row in cursor.execute(query("indexes"))
                    ),
                    constraints=tuple(
                        (Name(*row[:2]), row[2])
                        for row in cursor.execute(query("constraints"))
                    ),
                    backfills=tuple(cursor.execute(query("backfills"))),
                )
        except psycopg.Error as error:
            raise Error(
                f"{urls.masked(url)}: {words(error)}",
                hint="the user of the URL may have to read Alembic's table",
            ) from None


def versions_of(cursor: Any, table: str | None) -> tuple[str, ...]:
    """Return the rows of the version table; none where it is not there. Raises Error."""
    if table is None:
        there = cursor.execute(query("versions")).fetchall()
        if not there:
            return ()
        if there[1:] and not there[0][2]:
            listed = ", ".join(f"{schema}.{name}" for schema, name, _ in there)
            raise Error(
                f"several tables may be Alembic's: {listed}",
                hint="name it: --version-table SCHEMA.TABLE",
            )
        table = ".".join(map(quote_name, there[0][:2]))
    else:
        (known,) = cursor.execute("SELECT to_regclass(%s)::text", (table,)).fetchone()
        if known is None:
            return ()
        table = known
    rows = cursor.execute(f"SELECT version_num FROM {table}")  # noqa: S608 - quoted above
    return tuple(sorted(str(version) for (version,) in rows))


def found(connection: Any, cursor: Any, steps: Sequence[Step]) -> list[Found]:
    """Return how far steps are, in their order."""
    asked = [
        (
            # Rows of a column are left only where the column is there.
            (Trace.COLUMN if one.trace is Trace.ROWS else one.trace).value,
            one.table.sql,
            one.name,
        )
        for one in steps
    ]
    traces, tables, names = (
        map(list, zip(*asked, strict=True)) if asked else ([], [], [])
    )
    given = {"traces": traces, "tables": tables, "names": names}
    rows = cursor.execute(query("steps"), given).fetchall()
    return [
        left(connection, one)
        if one.trace is Trace.ROWS and word != Found.ABSENT.value
        else Found(word)
        for one, (word,) in zip(steps, rows, strict=True)
    ]


def left(connection: Any, step: Step) -> Found:
    """Return how far a backfill is, as far as can be said quickly.

    Where no row has a value, it has not come to any.
    """
    import psycopg

    column, table = quote_name(step.name), step.table.sql

    def has_row(condition: str) -> bool:
        text = f"SELECT EXISTS (SELECT FROM {table} WHERE {column} {condition})"  # noqa: S608
        with connection.transaction():
            (found,) = connection.execute(text).fetchone()
        return bool(found)

    try:
        if has_row("IS NULL"):
            return Found.HALF if has_row("IS NOT NULL") else Found.ABSENT
        return Found.DONE if has_row("IS NOT NULL") else Found.ABSENT
    except psycopg.Error:  # no right to read it, or too long
        return Found.UNKNOWN


@cache
def query(name: str) -> str:
    """Return the text of a query."""
    return own_text("status", f"queries/{name}.sql")
