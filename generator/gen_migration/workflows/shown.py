"""The schema that a picture or a dictionary shows, and the one that it is compared with."""

from __future__ import annotations

from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass, replace
from gen_migration.base.errors import Error
from gen_migration.model.schema import Schema
from gen_migration.postgres.names import PUBLIC
from gen_migration.scratch.models_name import Models
from gen_migration.spec.git import GitPath
from gen_migration.workflows import compare, sources
from gen_migration.workflows.configured import scratch_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gen_migration.base.configuration import Configuration
    from gen_migration.history.target import Target
    from gen_migration.model.schema import Spec
    from gen_migration.postgres.names import Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A schema, and the old one, if there is one, with their names.

    Names of the schema `home` stand alone. `groups` are those of tables, and `title` and
    `description` what a spec says of itself; `notes` are what is to be told.
    """

    schema: Schema
    name: str
    old: Schema | None = None
    old_name: str = ""
    home: str | None = None
    groups: Mapping[Name, str] = field(default_factory=dict)
    title: str = ""
    description: str = ""
    notes: tuple[str, ...] = ()


def shown(
    spec: str,
    old: str | None,
    target: Target,
    configuration: Configuration,
    scratch: tuple[str | None, Path | None],
) -> Shown:
    """Return what two sources hold, as their arguments name them.

    `scratch` are the server and the SQL that is run first, where something is built.
    Raises Error where one cannot be read, and for --dev-url and --before where nothing is built.
    """
    named = [sources.parse(each) for each in (spec, old) if each is not None]
    found, directory = sources.opened(named, target)
    names = [str(each) for each in found]
    one, other = found[0], found[-1]
    built = isinstance(one, Models) if old is None else compare.builds(other, one)
    dev_url, before = scratch
    if not built and scratch != (None, None):
        raise Error(
            "--dev-url and --before go with models:, or with a database beside a spec or the"
            " history: nothing else is built",
            hint="leave them out",
        )
    if built:
        dev_url, before = scratch_of(configuration, dev_url, before)
    document = None
    if isinstance(one, Path | GitPath):
        document = sources.document_at(one)
    read, _ = compare.specs(other, one, directory, document)
    new_spec, old_spec = read[::-1]
    made = of_spec(new_spec, names)
    if new_spec is not None and old_spec is not None:
        schemas = [new_spec.schema, old_spec.schema][: len(found)]
        return with_schemas(made, schemas, new_spec.default_schema)
    sql = sources.sql_of(before)
    if isinstance(one, Models) and old is None:
        from gen_migration.scratch import models

        schema = models.read(one, dev_url=dev_url, before=sql).schema
        return with_schemas(made, [schema], None)
    if old is None:
        return with_schemas(made, [sources.catalog_of(one).schema], None)
    from gen_migration.workflows import compared_catalogs

    catalogs = compared_catalogs.catalogs((other, one), read, dev_url, sql)
    everything = new_spec is None and old_spec is None
    pair, notes = compared_catalogs.counted(
        catalogs, read, (names[1], names[0]), everything=everything
    )
    return with_schemas(made, pair[::-1], None, notes)


def of_spec(spec: Spec | None, names: list[str]) -> Shown:
    """Return what a spec says beside its schema; `names` are those of the sources."""
    made = Shown(schema=Schema(), name=names[0], old_name=(*names, "")[1])
    if spec is None:
        return made
    # In a database, a table that is called without its schema is where the search path leads.
    groups = {
        key: group
        for name, group in spec.hints.groups.items()
        for key in (name, name._replace(schema=name.schema or PUBLIC))
    }
    return replace(
        made, groups=groups, title=spec.name, description=spec.description or ""
    )


def with_schemas(
    made: Shown,
    schemas: Sequence[Schema],
    home: str | None,
    notes: Iterable[str] = (),
) -> Shown:
    """Return what is shown of schemas: the new one, and the old one where there are two."""
    return replace(
        made,
        schema=schemas[0],
        old=schemas[1] if schemas[1:] else None,
        home=home,
        notes=tuple(note for note in notes if note),
    )
