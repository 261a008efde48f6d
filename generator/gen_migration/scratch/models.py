"""SQLAlchemy models as PostgreSQL sees them: created on a scratch database, and read back.

Imported with the user's own code, and only where `models:` asks for it.
"""

from __future__ import annotations

import contextlib
import importlib
import re
import sys
import sysconfig
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from gen_migration.base import progress
from gen_migration.base.errors import Error
from gen_migration.base.files import from_here
from gen_migration.catalog import reader
from gen_migration.catalog.reader import words
from gen_migration.history.alembic_errors import name_and_words, talk_to_stderr
from gen_migration.history.step_hints import HINTS, STATES
from gen_migration.postgres.names import quote_name
from gen_migration.scratch import databases, extensions, needs
from gen_migration.scratch.built import begin, build, set_default
from gen_migration.scratch.models_name import FORM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.catalog.values import Catalog, Selection
    from gen_migration.model.schema import Spec
    from gen_migration.scratch.models_name import Models

# What PostgreSQL misses where models use an extension: they have no way to say so themselves.
EXTENSIONS = {
    word: extension
    for extension, words in {
        "citext": "citext",
        "hstore": "hstore",
        "ltree": "ltree lquery",
        "pg_trgm": "gin_trgm_ops gist_trgm_ops",
        "pgcrypto": "gen_random_bytes crypt",
        "postgis": "geometry geography",
        "postgis_raster": "raster",
        "unaccent": "unaccent",
        "uuid-ossp": "uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4",
        "vector": "vector halfvec sparsevec vector_l2_ops vector_ip_ops vector_cosine_ops",
    }.items()
    for word in words.split()
}
MISSING = re.compile(
    r'(?:type|operator class|function) "?([\w.]+)"?[^\n]* does not exist'
)
# An integer or a uuid in a GiST index, which an exclusion constraint has beside a range.
NO_GIST = re.compile(r'no default operator class for access method "(gist|gin)"')
SCALAR = {"gist": "btree_gist", "gin": "btree_gin"}
# Where code stands that is not the user's: this package, Python's library, and packages.
OURS = Path(__file__).parent.parent
LIBRARY = Path(sysconfig.get_path("stdlib"))
PACKAGES = frozenset(("site-packages", "dist-packages"))
RUNNING = frozenset(("sqlalchemy", "psycopg"))


def read(
    models: Models,
    *,
    like: Catalog | None = None,
    selection: Selection | None = None,
    dev_url: str | None = None,
    before: str = "",
    given: Spec | None = None,
) -> Catalog:
    """Return the catalog of a database that has what models describe, and nothing else.

    The database is of the version of `like`, or the nearest that is there. `before` is
    SQL that is run first, and `given` has what the tables of the models are made of and they cannot
    create. Raises Error where the models cannot be imported, or PostgreSQL refuses them.
    """
    progress.tell(f"importing {models}")
    metadata = metadata_of(models)
    version = databases.NEWEST if like is None else like.version
    needed = needs.of_sql(before)
    if given is not None:
        needed |= needs.of_spec(given)

    def built(needed: needs.Needs) -> Catalog:
        with databases.database(version, dev_url, needed) as url:
            begin(url, before)
            if given is not None and given.schema.objects:
                # The body of a function may name tables, which come later.
                with databases.connect(url) as connection:
                    set_default(connection, "check_function_bodies", "off")
                build(url, given)
            create(url, metadata, models)
            return reader.read_url(url, selection)

    return extensions.where_it_is(needed, built)


def metadata_of(models: Models) -> Any:
    """Return the MetaData of models; their module is imported, the working directory's first.

    Raises Error with the line of the user's code that failed.
    """
    from sqlalchemy import MetaData

    with user_code(models, "the models cannot be imported"):
        found: Any = importlib.import_module(models.module)
        for word in models.path.split("."):
            try:
                found = getattr(found, word)
            except AttributeError:
                raise no_metadata(
                    models, f'the module {models.module} has no "{models.path}"'
                ) from None
        for one in (found, getattr(found, "metadata", None)):
            if isinstance(one, MetaData):
                return one
    raise no_metadata(
        models, f'"{models.path}" is no MetaData, but {type(found).__name__}'
    )


def is_searched(models: Models) -> bool:
    """Tell whether the search path decides in which schema a table of models is.

    Raises Error as `read` does.
    """
    tables = metadata_of(models).tables.values()
    return any(table.schema is None for table in tables)


def no_metadata(models: Models, message: str) -> Error:
    return Error(message, where=str(models), hint=f"write {FORM}")


@contextlib.contextmanager
def first_on_path(directory: Path) -> Iterator[None]:
    sys.path.insert(0, str(directory))
    try:
        yield
    finally:
        with contextlib.suppress(ValueError):
            sys.path.remove(str(directory))


@contextlib.contextmanager
def user_code(models: Models, what: str) -> Iterator[None]:
    """Run code of the models: whatever it raises becomes an Error with its file and line.

    `what` says what is not possible then. What the code prints is no product of ours.
    """
    try:
        with first_on_path(Path.cwd()), talk_to_stderr():
            yield
    except (Error, KeyboardInterrupt):
        raise
    except BaseException as error:  # noqa: BLE001 - it may raise anything, SystemExit too
        raise Error(
            f"{what}: {name_and_words(error)}",
            where=culprit(error) or str(models),
            hint=hint_of(error),
        ) from None


def hint_of(error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError):
        return (
            "run where the application's packages are installed, in the directory that"
            " holds its package"
        )
    if isinstance(error, SQLAlchemyError):
        return "mend the models"
    return "see that the module can be imported on its own"


def culprit(error: BaseException) -> str:
    """Return file and line of the user's code that an error comes from; nothing without such.

    That is the innermost line outside of Python's library and of installed packages; of models
    that are installed themselves, outside of what runs them.
    """
    file = error.filename if isinstance(error, SyntaxError) else None
    if isinstance(error, SyntaxError) and file and not file.startswith("<"):
        return f"{from_here(Path(file))}:{error.lineno}"
    frames = [
        (Path(frame.filename), frame.lineno)
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith("<")
    ]
    frames = [one for one in frames if not one[0].is_relative_to(OURS)]
    own = [one for one in frames if not is_installed(one[0])]
    installed = [
        one
        for one in frames
        if not PACKAGES.isdisjoint(one[0].parts) and RUNNING.isdisjoint(one[0].parts)
    ]
    for path, line in reversed(own or installed):
        return f"{from_here(path)}:{line}"
    return ""


def is_installed(path: Path) -> bool:
    return path.is_relative_to(LIBRARY) or not PACKAGES.isdisjoint(path.parts)


def create(url: str, metadata: Any, models: Models) -> None:
    """Create the tables of a MetaData, with the schemas and the extensions that they need.

    Raises Error where PostgreSQL or SQLAlchemy refuses, in its words, or the user's code fails.
    """
    from sqlalchemy import create_engine, pool

    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1),
        poolclass=pool.NullPool,
    )
    done: set[str] = set()
    while (missing := create_with(engine, metadata, models, done)) is not None:
        with databases.connect(url) as connection:
            if extensions.lacking(connection, [missing]):
                raise Error(
                    f'the models need an extension: extension "{missing}" is not available',
                    where=str(models),
                    hint=HINTS["extension"],
                )
        done.add(missing)


def create_with(
    engine: Any, metadata: Any, models: Models, made: set[str]
) -> str | None:
    """Create the tables of a MetaData, and extensions before them.

    Return one that is missing yet. Raises Error.
    """
    with user_code(models, "the models cannot be created"):
        try:
            with engine.begin() as connection:
                for schema in sorted(schemas(metadata)):
                    connection.exec_driver_sql(
                        f"CREATE SCHEMA IF NOT EXISTS {quote_name(schema)}"
                    )
                for extension in sorted(made):
                    connection.exec_driver_sql(
                        f"CREATE EXTENSION IF NOT EXISTS {quote_name(extension)}"
                    )
                metadata.create_all(connection)
        except DBAPIError as error:
            missing = missing_extension(str(error.orig))
            if missing is None or missing in made:
                raise refused(models, error) from None
            return missing
    return None


def schemas(metadata: Any) -> set[str]:
    tables = metadata.tables.values()
    found = {table.schema for table in tables}
    found |= {getattr(one.type, "schema", None) for each in tables for one in each.c}
    return {schema for schema in (*found, metadata.schema) if schema}


def missing_extension(said: str) -> str | None:
    """Return the extension that brings what PostgreSQL misses, as far as that is known."""
    if found := NO_GIST.search(said):
        return SCALAR[found[1]]
    found = MISSING.search(said)
    return None if found is None else EXTENSIONS.get(found[1].rpartition(".")[2])


def refused(models: Models, error: DBAPIError) -> Error:
    state = getattr(error.orig, "sqlstate", None) or ""
    return Error(
        f"PostgreSQL refuses the models: {words(error.orig)}",
        where=culprit(error) or str(models),
        hint="a scratch server that has what they need is named with --dev-url"
        if state in STATES
        else "mend the models",
    )
