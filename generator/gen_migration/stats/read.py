"""A live database to the sizes of its tables and indexes; no row of anybody is read.

Sizes are those of the server that is asked, which may be a replica. What is counted of reads and
writes is the primary's: a replica has counters of its own, of nothing that a migration meets.
Source: the PostgreSQL manual, chapters 27.2 (The Cumulative Statistics System) and 9.28.7
(Database Object Management Functions), versions 14 to 18.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Error
from gen_migration.base.own_files import own_text
from gen_migration.catalog.reader import OLDEST, connection_to, words
from gen_migration.postgres import urls

if TYPE_CHECKING:
    from collections.abc import Mapping

OF_SIZES = ("server", "relations", "indexes")
OF_USE = ("server", "use_of_tables", "use_of_indexes")
# A size is asked under the weakest lock, which waits for the strongest; nobody is to wait behind.
LIMITS = {"lock_timeout": "3s", "statement_timeout": "60s", "jit": "off"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a server said of sizes, and what the primary said of use; None without a primary."""

    sizes: Mapping[str, list[Any]]
    use: Mapping[str, list[Any]] | None

    @property
    def server(self) -> Any:
        """The row of the server that was asked of sizes."""
        return self.sizes["server"][0]

    @property
    def primary(self) -> Any:
        """The row of the primary; None without one."""
        return None if self.use is None else self.use["server"][0]


def read(url: str, primary: str | None = None) -> Answers:
    """Return what the database of a URL says of itself, and what the primary of it says of use.

    Raises Error where a database cannot be reached, is too old, or is no primary of the other.
    """
    sizes = asked(url, (*OF_SIZES, *OF_USE))
    if not sizes["server"][0].is_replica:
        return Answers(sizes=sizes, use=sizes)
    if primary is None:
        return Answers(sizes=sizes, use=None)
    use = asked(primary, OF_USE)
    if use["server"][0].is_replica:
        raise Error(
            f"{urls.masked(primary)} is a replica, too",
            hint="--primary is the server that takes the writes",
        )
    if use["identity"] != sizes["identity"]:
        raise Error(
            f"{urls.masked(url)} is no replica of {urls.masked(primary)}",
            hint="give the URL of the same database on the server that it follows",
        )
    return Answers(sizes=sizes, use=use)


def asked(url: str, names: tuple[str, ...]) -> dict[str, list[Any]]:
    """Return what a database answers to queries, and its `identity`. Raises Error."""
    with connection_to(url) as connection:
        from psycopg import errors
        from psycopg.rows import namedtuple_row

        if (version := connection.info.server_version // 10_000) < OLDEST:
            raise Error(
                f"the server is PostgreSQL {version}",
                hint=f"gen-migration reads {OLDEST} and later",
            )
        try:
            with connection.transaction(), connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
                for setting, value in LIMITS.items():
                    cursor.execute("SELECT set_config(%s, %s, true)", (setting, value))
                found = {"identity": identity(cursor)}
                cursor.row_factory = namedtuple_row
                for name in dict.fromkeys(names):
                    found[name] = cursor.execute(query(name)).fetchall()
        except (errors.LockNotAvailable, errors.QueryCanceled) as error:
            raise Error(
                f"{urls.masked(url)}: {words(error)}",
                hint="a table is locked, by a migration perhaps: try again later",
            ) from None
    return found


def identity(cursor: Any) -> list[Any]:
    """Return the database and its cluster, as far as the role may know that."""
    allowed = "SELECT has_function_privilege('pg_control_system()', 'EXECUTE')"
    known = "SELECT system_identifier FROM pg_control_system()"
    (may,) = cursor.execute(allowed).fetchone()
    (name,) = cursor.execute("SELECT current_database()").fetchone()
    return [name, *(cursor.execute(known).fetchone() if may else ())]


@cache
def query(name: str) -> str:
    """Return the text of a query."""
    return own_text("stats", f"queries/{name}.sql")
