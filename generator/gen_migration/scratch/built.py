"""A spec as PostgreSQL sees it: built on a scratch database, and read back from its catalog.

Expressions that mean the same are printed alike only by a catalog, so a schema is compared with
a database in this form.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gen_migration.base import progress
from gen_migration.base.data_class import replace
from gen_migration.base.errors import Error
from gen_migration.catalog import reader
from gen_migration.history import migrate
from gen_migration.history.alembic_errors import StepError
from gen_migration.history.directory import OutputDirectory
from gen_migration.history.drafts import first_revision
from gen_migration.kinds.scope import at_home_name
from gen_migration.postgres.names import PUBLIC, quote_name, quote_names
from gen_migration.postgres.parser import created_schemas
from gen_migration.scratch import databases, needs, prerequisites, roles

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from gen_migration.catalog.values import Catalog
    from gen_migration.model.schema import Schema, Spec

UNDER_LIMITS = ("42501", "57014")  # SQLSTATE: rights, and time


def built(
    spec: Spec,
    *,
    like: Catalog | None = None,
    dev_url: str | None = None,
    before: str = "",
) -> Catalog:
    """Return the catalog of a database that a spec's first revision has built, and nothing else.

    The database is of the version of `like` (or the nearest that is there), and its home
    schema and the schemas of extensions are those of `like`, so that names stand alike. `before`
    is SQL that is run first. Raises Error where PostgreSQL refuses the spec.
    """
    version, needed = databases.NEWEST, needs.of_spec(spec) | needs.of_sql(before)
    if like is not None:
        version = like.version
        spec = replace(spec, schema=with_extension_schemas(spec.schema, like.schema))
    progress.tell(f"building {spec.name} on a scratch database")
    with databases.database(version, dev_url, needed) as url:
        search = like.search if like is not None else PUBLIC
        set_home(url, spec, search, created_schemas(before))
        # New connections see the new search path.
        begin(url, before)
        build(url, spec)
        home = None if like is None else like.home
        return without_given(reader.read_url(url, home=home), spec)


def with_extension_schemas(schema: Schema, found: Schema) -> Schema:
    """Return a schema whose extensions are where a database has them, if that is left open."""
    extensions = {
        name: replace(one, schema=found.of("extension")[name].schema)
        if one.schema is None and name in found.of("extension")
        else one
        for name, one in schema.of("extension").items()
    }
    return schema.with_("extension", extensions)


def set_home(url: str, spec: Spec, home: str, created: Collection[str] = ()) -> None:
    """Let names without a schema mean one of `home`, and types of extensions be found.

    The schema is made here, unless the spec makes it, or it is among those that are `created` yet.
    """
    places = [one.schema for one in spec.schema.of("extension").values()]
    # Alembic's own table is there before the spec's schemas are.
    path = tuple(dict.fromkeys([home, *(one for one in places if one), PUBLIC]))
    if path == (PUBLIC,):
        return
    with databases.connect(url) as connection:
        set_default(connection, "search_path", quote_names(path))
        if home not in spec.schema.of("schema") and home not in created:
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quote_name(home)}")


def set_default(connection: Any, setting: str, value: str) -> None:
    """Let new connections to a database begin with a setting; `value` is SQL."""
    name = connection.execute("SELECT current_database()").fetchone()[0]
    connection.execute(f"ALTER DATABASE {quote_name(name)} SET {setting} = {value}")


def build(url: str, *specs: Spec) -> None:
    """Build specs, one after the other, and first what they take for given, on an empty database.

    Raises Error in PostgreSQL's words where it refuses.
    """
    own = {name for spec in specs for name in spec.schema.tables}
    prepare(url, prerequisites.of_all(specs, own))
    with tempfile.TemporaryDirectory() as name:
        parents: tuple[str, ...] = ()
        for number, spec in enumerate(specs):
            draft = first_revision(spec, parents)
            parents = (draft.header.revision,)
            file = Path(name) / f"revision_{number}.py"
            file.write_text(draft.text(draft.header), encoding="utf-8")
        try:
            migrate.upgrade(url, OutputDirectory(Path(name)))
        except StepError as error:
            names = ", ".join(spec.name for spec in specs)
            raise Error(
                f"PostgreSQL refuses the schema of {names}: {error.words}",
                hint=error.hint
                if error.sqlstate in UNDER_LIMITS
                else "functions and types that it refers to are made by SQL that --before"
                " names",
            ) from None


def begin(url: str, before: str) -> None:
    """Run the SQL that a scratch database begins with. Raises Error in PostgreSQL's words."""
    import psycopg

    if not before:
        return
    try:
        with databases.connect(url) as connection:
            connection.execute(with_roles_there(connection, before))
    except psycopg.Error as error:
        position = error.diag.statement_position
        start = int(position) if position else failing(url, before)
        number = before.count("\n", 0, start) + 1
        words = (error.diag.message_primary or str(error)).strip()
        psql = before.splitlines()[number - 1].lstrip().startswith("\\")
        raise Error(
            f"the SQL of --before fails in line {number}: {words}",
            hint="commands of psql are no SQL; leave them out"
            if psql
            else "mend the file",
        ) from None


def with_roles_there(connection: Any, sql: str) -> str:
    """Return SQL that makes no role that another database of the same run has made with it."""
    from gen_migration.postgres.parser import created_roles

    for start, statement, name in reversed(created_roles(sql)):
        if roles.is_of_this_run(connection, name):
            lines = "\n" * statement.count("\n")  # those of errors stay
            end = start + len(statement)
            sql = f"{sql[:start]}{roles.make_sure(name)}{lines}{sql[end:]}"
    return sql


def failing(url: str, sql: str) -> int:
    """Return where the statement starts that fails, of which PostgreSQL has not told the place.

    They run one by one for it; what they all do together was undone before.
    """
    import psycopg

    from gen_migration.postgres.parser import statements

    with databases.connect(url) as connection:
        for start, statement in statements(sql):
            try:
                connection.execute(statement)
            except psycopg.Error:
                return start
    return 0


def prepare(url: str, statements: Iterable[str]) -> None:
    """Build what a spec takes for given. Raises Error in PostgreSQL's words where it refuses."""
    import psycopg

    statements = [*statements]
    if not statements:
        return
    with databases.connect(url) as connection:
        for statement in statements:
            try:
                connection.execute(statement)
            except psycopg.Error as error:
                raise Error(
                    f"what the spec takes for given cannot be built: {reader.words(error)}",
                    hint="see its external:, and what SQL --before names",
                ) from None


def without_given(found: Catalog, spec: Spec) -> Catalog:
    """Return a catalog without the tables that were there before the spec."""
    names = {at_home_name(name, found.home) for name in prerequisites.tables(spec)}
    tables = {k: v for k, v in found.schema.tables.items() if k not in names}
    return replace(found, schema=replace(found.schema, tables=tables))
