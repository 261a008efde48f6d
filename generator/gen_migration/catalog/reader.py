"""Queries of PostgreSQL's catalogs, a handful for a whole database.

The queries are the files in `queries/`; what they give becomes values in `tables` and its
neighbours. Source: the PostgreSQL manual, chapter 52 (System Catalogs), versions 14 to 18.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from gen_migration.base import progress
from gen_migration.base.errors import Error
from gen_migration.base.own_files import own_text
from gen_migration.catalog.values import Catalog, Rows, Selection
from gen_migration.postgres.names import PUBLIC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future


OLDEST = 14
READING = "reading the catalog of a database"
QUERIES = """
schemas extensions enums base_types shell_types
composite_types attributes
range_types
collations collation_names
sequences domains
functions procedures aggregates
operators operator_families operator_classes
casts conversions languages transforms access_methods
text_search_parsers text_search_templates text_search_dictionaries text_search_configurations
foreign_data_wrappers foreign_servers foreign_tables
views materialized_views
tables policies triggers rules opclasses
statistics
event_triggers
publications subscriptions statements
columns types constraints
indexes owners grants other_grants default_privileges unheld
""".split()
# What is younger than PostgreSQL 14, since which version, and what an older server would say.
YOUNGER = {
    "i.indnullsnotdistinct": (15, "false"),
    "c.confdelsetcols": (15, "NULL::smallint[]"),
    "c.conperiod": (18, "false"),
    "c.conenforced": (18, "true"),
    # Where the locale of ICU was before it was that of each provider but libc.
    "l.colllocale": (17, "l.colliculocale"),
    "l.colliculocale": (15, "CASE WHEN l.collprovider = 'i' THEN l.collcollate END"),
    "l.collicurules": (16, "NULL::text"),
    "r.prattrs": (15, "NULL::smallint[]"),
    "r.prqual": (15, "NULL::pg_node_tree"),
    "pg_publication_namespace": (
        15,
        "(SELECT NULL::oid AS pnpubid, NULL::oid AS pnnspid WHERE false)",
    ),
    "s.subtwophasestate": (15, "'d'"),
    "s.subdisableonerr": (15, "false"),
    "s.subpasswordrequired": (16, "true"),
    "s.subrunasowner": (16, "false"),
    "s.suborigin": (16, "'any'"),
    "s.subfailover": (17, "false"),
    "p.pubgencols": (18, "'n'"),
}
# What decides how values and expressions are printed (manual, chapter 19.11).
SETTINGS = {
    "datestyle": "ISO, YMD",
    "intervalstyle": "postgres",
    "timezone": "UTC",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "quote_all_identifiers": "off",
    "standard_conforming_strings": "on",
    # Compiling a query of the catalogs takes longer than running it.
    "jit": "off",
    # So does starting workers for it.
    "max_parallel_workers_per_gather": "0",
}


def read_url(
    url: str, selection: Selection | None = None, home: str | None = None
) -> Catalog:
    """Return what the database of a URL holds, as `read` does.

    Raises Error when it cannot be reached, is too old, or hides one of the schemas.
    """
    progress.tell(READING)
    with connection_to(url) as connection:
        return read(connection, selection, home)


@contextlib.contextmanager
def readings(url: str) -> Iterator[Callable[[], Catalog]]:
    """Yield what reads the database of a URL as `read_url` does, again and again.

    One connection does, on which the server knows its catalogs already, as long as a new one would
    begin with the same settings. Raises Error as `read_url` does.
    """
    with connection_to(url) as connection:
        first = defaults(connection)

        def again() -> Catalog:
            if defaults(connection) != first:
                return read_url(url)
            progress.tell(READING)
            return read(connection)

        yield again


def defaults(connection: Any) -> Any:
    """Return the settings that connections to databases of a server begin with."""
    query = "SELECT array_agg(s::text ORDER BY s::text) FROM pg_db_role_setting AS s"
    with connection.transaction():
        return connection.execute(query).fetchone()


def words(error: BaseException | None) -> str:
    """Return what PostgreSQL or its driver says, as a message shows it: without tabs."""
    return str(error).replace("\n\t", "\n").replace("\t", " ").strip()


@contextlib.contextmanager
def connection_to(url: str) -> Iterator[Any]:
    """Yield a connection of psycopg. Raises Error, without the password, when there is none."""
    from gen_migration.postgres import urls
    from gen_migration.postgres.driver import driver

    psycopg = driver()
    try:
        connection = psycopg.connect(urls.for_libpq(url), connect_timeout=10)
    except psycopg.Error as error:
        raise unreachable(url, error) from None
    with connection:
        yield connection


def unreachable(url: str, error: BaseException | None) -> Error:
    """Return what to say where there is no connection."""
    from gen_migration.postgres import urls

    return Error(
        f"cannot connect to {urls.masked(url)}: {words(error)}",
        hint="see that the server runs, and that the URL is right",
    )


def read(
    connection: Any, selection: Selection | None = None, home: str | None = None
) -> Catalog:
    """Return what the database of a connection holds; it is only read.

    Names of the schema `home` stand without it, by themselves and in expressions: `public` makes
    all names what they are on any other server, None is the schema to which the search path of
    the database, the role or the URL leads. Raises Error as `read_url` does.
    """
    from gen_migration.catalog.schema import catalog

    with rows(connection, home) as found:
        return catalog(found, selection or Selection())


@contextlib.contextmanager
def rows(connection: Any, home: str | None = None) -> Iterator[Rows]:
    """Yield what all queries give, seen at one moment.

    A thread of its own asks one after the other, so that what is there already becomes values
    while the server is still at work on the rest.
    """
    from concurrent.futures import Future
    from threading import Thread

    from psycopg.pq import TransactionStatus
    from psycopg.rows import namedtuple_row

    is_outermost = connection.info.transaction_status == TransactionStatus.IDLE
    with (
        # Settings go with the transaction, or back to the savepoint. After a rollback the driver
        # forgets what the server has planned, for the next time.
        connection.transaction(force_rollback=not is_outermost),
        connection.cursor(row_factory=namedtuple_row) as cursor,
    ):
        version = connection.info.server_version // 10_000
        if version < OLDEST:
            raise Error(
                f"the server is PostgreSQL {version}",
                hint=f"gen-migration reads {OLDEST} and later",
            )
        if is_outermost:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        search = cursor.execute("SELECT current_schema() AS found").fetchone().found
        search = search or PUBLIC
        home = home or search
        # Names of the home schema are printed without it; all others, also of extensions, with it.
        settings = {**SETTINGS, "search_path": quoted(home)}
        cursor.execute(
            "SELECT set_config(name, value, true)"
            " FROM unnest(%s::text[], %s::text[]) AS setting (name, value)",
            (list(settings), list(settings.values())),
        )
        answers: dict[str, Future[list[Any]]] = {name: Future() for name in QUERIES}
        thread = Thread(target=ask, args=(cursor, version, answers))
        thread.start()
        try:
            yield Rows(found=Found(answers), version=version, home=home, search=search)
        finally:
            thread.join()


def ask(cursor: Any, version: int, answers: Mapping[str, Future[list[Any]]]) -> None:
    """Ask all queries in their order; after the first that fails, the others fail as it did.

    What `present.sql` says that nothing is there of is not asked.
    """
    try:
        present = cursor.execute(query("present", version)).fetchone()._asdict()
        for name, answer in answers.items():
            if not present.get(name, True):
                answer.set_result([])
                continue
            given = types_of(answers["columns"].result()) if name == "types" else None
            answer.set_result(cursor.execute(query(name, version), given).fetchall())
    except BaseException as error:  # noqa: BLE001 - it is raised where an answer is looked at
        for answer in answers.values():
            if not answer.done():
                answer.set_exception(error)


def types_of(columns: list[Any]) -> tuple[list[int], list[int]]:
    """Return the types of columns and their modifiers, for `types.sql`."""
    kinds = {(row.type_oid, row.modifier) for row in columns}
    return [oid for oid, _ in kinds], [modifier for _, modifier in kinds]


class Found(Mapping[str, Any]):
    """The answers of all queries, by their names; to look at one is to wait for it."""

    def __init__(self, answers: Mapping[str, Future[list[Any]]]) -> None:
        self.answers = answers

    def __getitem__(self, name: str) -> list[Any]:
        return self.answers[name].result()

    def __iter__(self) -> Iterator[str]:
        return iter(self.answers)

    def __len__(self) -> int:
        return len(self.answers)


@cache
def query(name: str, version: int) -> str:
    """Return a query as a server of a major version understands it."""
    text = own_text("catalog", f"queries/{name}.sql")
    for column, (since, before) in YOUNGER.items():
        if version < since:
            text = text.replace(column, before)
    return text


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
