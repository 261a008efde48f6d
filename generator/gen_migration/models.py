"""SQLAlchemy models as PostgreSQL sees them: created on a scratch database, and read back.

Imported with the user's own code, and only where `models:` asks for it.
"""

from __future__ import annotations

import contextlib
import importlib
import re
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gen_migration import catalog, scratch
from gen_migration.built import begin
from gen_migration.errors import Error
from gen_migration.sources import FORM
from gen_migration.sql import quote_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.catalog import Catalog, Selection
    from gen_migration.sources import Models

# What PostgreSQL misses where models use an extension: they have no way to say so themselves.
EXTENSIONS = {
    "citext": "citext",
    "hstore": "hstore",
    "ltree": "ltree",
    "lquery": "ltree",
    "vector": "vector",
    "halfvec": "vector",
    "sparsevec": "vector",
    "vector_l2_ops": "vector",
    "vector_ip_ops": "vector",
    "vector_cosine_ops": "vector",
    "geometry": "postgis",
    "geography": "postgis",
    "raster": "postgis_raster",
    "gin_trgm_ops": "pg_trgm",
    "gist_trgm_ops": "pg_trgm",
    "uuid_generate_v1": "uuid-ossp",
    "uuid_generate_v1mc": "uuid-ossp",
    "uuid_generate_v4": "uuid-ossp",
    "gen_random_bytes": "pgcrypto",
    "crypt": "pgcrypto",
    "unaccent": "unaccent",
}
MISSING = re.compile(
    r'(?:type|operator class|function) "?([\w.]+)"?[^\n]* does not exist'
)
# An integer or a uuid in a GiST index, which an exclusion constraint has beside a range.
NO_GIST = re.compile(r'no default operator class for access method "(gist|gin)"')
SCALAR = {"gist": "btree_gist", "gin": "btree_gin"}


def read(
    models: Models,
    *,
    like: Catalog | None = None,
    selection: Selection | None = None,
    dev_url: str | None = None,
    before: str = "",
) -> Catalog:
    """Return the catalog of a database that has what models describe, and nothing else.

    The database is of the version of `like`, or the nearest that is embedded. `before` is
    SQL that is run first. Raises Error where the models cannot be imported, or PostgreSQL refuses
    them.
    """
    metadata = metadata_of(models)
    version = scratch.VERSIONS[-1] if like is None else scratch.nearest(like.version)
    with scratch.database(version, dev_url) as url:
        begin(url, before)
        create(url, metadata, models)
        return catalog.read_url(url, selection)


def metadata_of(models: Models) -> Any:
    """Return the MetaData of models; their module is imported, the working directory's first.

    Raises Error with the line of the user's code that failed.
    """
    from sqlalchemy import MetaData

    with first_on_path(Path.cwd()), printing_to_stderr():
        try:
            found = importlib.import_module(models.module)
        except Exception as error:  # noqa: BLE001 - the user's code may raise anything
            raise not_imported(models, error) from None
    for word in models.path.split("."):
        try:
            found = getattr(found, word)
        except AttributeError:
            raise Error(
                f'the module {models.module} has no "{models.path}"',
                where=str(models),
                hint=f"write {FORM}",
            ) from None
    if isinstance(found, MetaData):
        return found
    metadata = getattr(found, "metadata", None)
    if isinstance(metadata, MetaData):
        return metadata
    raise Error(
        f'"{models.path}" is no MetaData, but {type(found).__name__}',
        where=str(models),
        hint=f"write {FORM}",
    )


@contextlib.contextmanager
def first_on_path(directory: Path) -> Iterator[None]:
    sys.path.insert(0, str(directory))
    try:
        yield
    finally:
        with contextlib.suppress(ValueError):
            sys.path.remove(str(directory))


@contextlib.contextmanager
def printing_to_stderr() -> Iterator[None]:
    """What models print when they are imported is no product of ours."""
    with contextlib.redirect_stdout(sys.stderr):
        yield


def not_imported(models: Models, error: Exception) -> Error:
    frames = traceback.extract_tb(error.__traceback__)
    own = [one for one in frames if "importlib" not in one.filename]
    last = own[-1] if own[1:] else None  # the first frame is this module's
    missing = isinstance(error, ModuleNotFoundError)
    return Error(
        f"the models cannot be imported: {type(error).__name__}: {error}",
        where=f"{last.filename}:{last.lineno}" if last else str(models),
        hint="run where the application's packages are installed, in the directory that"
        " holds its package"
        if missing
        else "see that the module can be imported on its own",
    )


def create(url: str, metadata: Any, models: Models) -> None:
    """Create the tables of a MetaData, with the schemas and the extensions that they need.

    Raises Error in PostgreSQL's words where it refuses.
    """
    from sqlalchemy import create_engine, pool
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError

    engine = create_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1),
        poolclass=pool.NullPool,
    )
    done: set[str] = set()
    while True:
        try:
            with engine.begin() as connection:
                for schema in sorted(schemas(metadata)):
                    connection.exec_driver_sql(
                        f"CREATE SCHEMA IF NOT EXISTS {quote_name(schema)}"
                    )
                for extension in sorted(done):
                    connection.exec_driver_sql(
                        f"CREATE EXTENSION IF NOT EXISTS {quote_name(extension)}"
                    )
                metadata.create_all(connection)
        except DBAPIError as error:
            missing = missing_extension(str(error.orig))
            if missing is None or missing in done:
                raise refused(models, str(error.orig).strip()) from None
            done.add(missing)
        except SQLAlchemyError as error:
            raise refused(models, str(error)) from None
        else:
            return


def schemas(metadata: Any) -> set[str]:
    found = {table.schema for table in metadata.tables.values()}
    return {schema for schema in (*found, metadata.schema) if schema}


def missing_extension(said: str) -> str | None:
    """Return the extension that brings what PostgreSQL misses, as far as that is known."""
    if found := NO_GIST.search(said):
        return SCALAR[found[1]]
    found = MISSING.search(said)
    return None if found is None else EXTENSIONS.get(found[1].rpartition(".")[2])


def refused(models: Models, said: str) -> Error:
    return Error(
        f"PostgreSQL refuses the models: {said}",
        where=str(models),
        hint="a scratch server that has what they need is named with --dev-url",
    )
