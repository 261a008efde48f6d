"""A catalog as a spec: what its text can say, and what is left out of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.base.errors import Error, Errors, quoted
from gen_migration.base.files import YAML
from gen_migration.model.convention import CONVENTIONS
from gen_migration.model.naming import conventional
from gen_migration.model.schema import Spec
from gen_migration.scratch.models_name import Models
from gen_migration.spec.load import load
from gen_migration.spec.write.spec import document, text_of

if TYPE_CHECKING:
    from pathlib import Path

    from gen_migration.catalog.values import Catalog, Selection, Unheld
    from gen_migration.model.convention import Convention
    from gen_migration.model.schema import Schema
    from gen_migration.workflows.sources import Source

# The versions that brought something a spec can say; the oldest that is enough is written down.
VERSIONS = (14, 15, 17, 18)


def default_name(source: Source) -> str:
    """Return the name of a spec after its database, or after the module of its models."""
    if isinstance(source, Models):
        text = source.module.rpartition(".")[2]
    else:
        text = str(source).partition("?")[0].rpartition("/")[2]
    return re.sub(r"[^A-Za-z0-9_-]+", "_", text).strip("_-") or "schema"


def check_name(name: str) -> None:
    """See that a spec can be called so. Raises Error."""
    try:
        load(text_of({"name": name}), "the name")
    except Errors:
        raise Error(
            f"a spec cannot be called {quoted(name)}",
            hint="give --name as letters without accents, digits, _ and -, at most 80 of"
            " them, and no - at the beginning",
        ) from None


def check_output(output: Path) -> None:
    """See that a path is one of a YAML file, or of a directory. Raises Error."""
    if output.suffix and output.suffix not in YAML and not output.is_dir():
        raise Error(
            f"a spec is no {quoted(output.suffix)} file",
            where=str(output),
            hint=f"give {output.with_suffix('.yaml')}, or a directory that is there already",
        )


def spec_of(
    found: Catalog, name: str, selection: Selection
) -> tuple[Spec, tuple[Unheld, ...]]:
    """Return the spec of a catalog, and all that it does not hold of it.

    Of a single schema that was asked for, or to which the search path leads, names stand alone.
    Raises Error where the spec is refused as a whole, since it is too long.
    """
    home = default_schema(found, selection)
    naming = convention_of(found.schema)
    for version in VERSIONS:
        if version > max(found.version, VERSIONS[0]):
            break
        spec = Spec(
            name=name,
            schema=found.schema,
            external=found.external,
            default_schema=home,
            naming=naming,
            postgresql=version,
        )
        try:
            load(text_of(document(spec)), SPEC)
        except Errors as refused:
            if not any(" needs PostgreSQL " in one.message for one in refused.errors):
                break
        except Error as error:
            raise too_long(error) from None
        else:
            return spec, found.unheld
    kept, left_out = without_refused(spec)
    if (naming := convention_of(kept.schema)) != spec.naming:
        kept, left_out = without_refused(replace(spec, naming=naming))
    return kept, (*found.unheld, *left_out)


def without_refused(spec: Spec) -> tuple[Spec, tuple[Unheld, ...]]:
    """Return a spec with what of it can be read back, and what cannot. Raises Error."""
    from gen_migration.spec.write.writer import Writer
    from gen_migration.workflows.import_refusals import held

    keys = {Writer(spec).name(table): table for table in spec.schema.tables}
    values, left_out = held(document(spec), keys)
    try:
        return load(text_of(values), SPEC), tuple(left_out)
    except Errors as refused:
        raise too_long(refused.errors[0]) from None


def convention_of(schema: Schema) -> Convention:
    """Return the naming convention by which most names can be left out."""

    def count(naming: Convention) -> int:
        return sum(
            name == conventional(naming, table.name, value)
            for table, held in schema.tables.items()
            for name, value in held.constraints.items()
        )

    return max(CONVENTIONS.values(), key=count)


SPEC = "the spec of the database"


def too_long(error: Error) -> Error:
    return Error(
        f"the database is no spec: {error.message}",
        hint="leave a part of it out: --schema, --table and --exclude-table",
    )


def said(found: Catalog, *, owners: bool, grants: bool, versions: bool) -> Catalog:
    """Return a catalog that says owners, all grants and versions of extensions, or does not."""
    if not owners:
        found = without_owners(found)
    if grants:
        from gen_migration.catalog import access

        found = replace(found, schema=access.told(found.schema))
    return found if versions else replace(found, schema=without_versions(found.schema))


def without_versions(schema: Schema) -> Schema:
    """Return a schema whose extensions have whatever version a server installs."""
    extensions = {
        name: replace(one, version=None) for name, one in schema.of("extension").items()
    }
    return schema.with_("extension", extensions)


def without_owners(found: Catalog) -> Catalog:
    """Return a catalog whose objects belong to whoever creates them."""
    from gen_migration.catalog import access

    schema, unheld = access.without_owners(found.schema)
    return replace(found, schema=schema, unheld=(*found.unheld, *unheld))


def default_schema(found: Catalog, selection: Selection) -> str | None:
    """Return the schema whose names stand alone, and that the spec names.

    It is the one that was asked for, or else that of the database's search path. None where names
    of `public` stand alone.
    """
    asked = selection.schemas or (found.search,)
    if len(asked) != 1 or asked[0] == found.home:
        return None
    schema = found.schema
    names = (*schema.names, *found.external)
    if any(name.schema is None for name in names):
        return None
    # A search path may lead to where nothing is.
    is_used = selection.schemas or any(name.schema == asked[0] for name in names)
    return asked[0] if is_used else None
