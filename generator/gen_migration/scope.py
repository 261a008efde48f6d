"""What of a schema belongs to a spec, and what to others in the same database. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from gen_migration.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.sql import Name

K = TypeVar("K")
V = TypeVar("V")


def owned(found: Schema, spec: Schema) -> Schema:
    """Return those objects of a schema that a spec has too."""

    def both(mine: Mapping[K, V], others: Mapping[K, V]) -> dict[K, V]:
        return {key: value for key, value in mine.items() if key in others}

    return Schema(
        schemas=both(found.schemas, spec.schemas),
        extensions=both(found.extensions, spec.extensions),
        enums=both(found.enums, spec.enums),
        sequences=both(found.sequences, spec.sequences),
        tables=both(found.tables, spec.tables),
    )


def at_home(schema: Schema, home: str) -> Schema:
    """Return a schema whose tables and enums are called as a catalog calls them."""

    def named(found: Mapping[Name, V]) -> dict[Name, V]:
        return {
            name._replace(schema=None) if name.schema == home else name: value
            for name, value in found.items()
        }

    return replace(schema, tables=named(schema.tables), enums=named(schema.enums))
