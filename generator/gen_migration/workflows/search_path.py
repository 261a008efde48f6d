"""Names whose table the search path of a database decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.postgres.names import PUBLIC
from gen_migration.scratch.models_name import Models

if TYPE_CHECKING:
    from gen_migration.catalog.values import Catalog
    from gen_migration.model.schema import Spec
    from gen_migration.workflows.sources import Source


def is_searched(source: Source, spec: Spec | None) -> bool:
    """Tell whether the search path decides in which schema an object of a source is."""
    if isinstance(source, Models):
        from gen_migration.scratch import models

        return models.is_searched(source)
    return spec is not None and has_plain_names(spec)


def has_plain_names(spec: Spec) -> bool:
    """Tell whether an object of a spec is called without its schema."""
    schema = spec.schema
    names = (*schema.names, *spec.external)
    return any(name.schema is None for name in names)


def searched_note(
    read: list[Catalog], found: list[Spec | None], names: tuple[str, str]
) -> str:
    """Return what to say where the search path of a database decides what a spec means."""
    for side, spec in enumerate(found):
        home = read[1 - side].home
        if spec is not None and home != PUBLIC and has_plain_names(spec):
            return (
                f'names without a schema are those of "{home}", to which the search path of'
                f" {names[1 - side]} leads\n  hint: schema: {home} in the spec makes them so"
                " on every server"
            )
    return ""
