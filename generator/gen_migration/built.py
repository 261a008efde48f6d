"""A spec as PostgreSQL sees it: built on a scratch database, and read back from its catalog."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gen_migration import catalog, run_history, scratch
from gen_migration.alembic_errors import StepError
from gen_migration.errors import Error
from gen_migration.generate import first_revision
from gen_migration.history import OutputDirectory
from gen_migration.sql import quote_name

if TYPE_CHECKING:
    from gen_migration.catalog import Catalog
    from gen_migration.schema import Spec


def built(
    spec: Spec, *, like: Catalog | None = None, dev_url: str | None = None
) -> Catalog:
    """Return the catalog of a database that a spec's first revision has built, and nothing else.

    Raises Error where PostgreSQL refuses the spec.
    """
    version = scratch.nearest(like.version) if like else scratch.VERSIONS[-1]
    draft = first_revision(spec)
    with (
        scratch.database(version, dev_url) as url,
        tempfile.TemporaryDirectory() as name,
    ):
        with scratch.connect(url) as connection:
            for table, columns in spec.external.items():
                parts = [
                    f"{quote_name(column)} {kind.sql} UNIQUE"
                    for column, kind in columns.items()
                ]
                connection.execute(f"CREATE TABLE {table.sql} ({', '.join(parts)})")
        (Path(name) / "revision.py").write_text(draft.text(draft.header), "utf-8")
        try:
            run_history.upgrade(url, OutputDirectory(Path(name)))
        except StepError as error:
            raise Error(
                f"PostgreSQL refuses the schema of {spec.name}: {error.words}"
            ) from None
        found = catalog.read_url(url)
    tables = {k: v for k, v in found.schema.tables.items() if k in spec.schema.tables}
    return replace(found, schema=replace(found.schema, tables=tables))
