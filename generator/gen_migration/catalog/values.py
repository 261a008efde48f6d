"""What is asked of a live database, and what it holds, as values."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.postgres.names import PUBLIC

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What of a database is wanted: schemas, and tables as a spec names them; empty for all.

    Of these, the tables in `without` are not. With `only_usable`, a schema that the role may not
    look into is named as one that is not held; else it is an error.
    """

    schemas: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    only_usable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheld:
    """An object that a spec cannot hold: what it is, its name, and the table that it is part of.

    `reason` says why, where there are others of its kind that a spec holds.
    """

    kind: str
    name: str
    table: Name | None = None
    reason: str = ""

    def __str__(self) -> str:
        named = f"{self.kind} {self.name}"
        return f"{named}: {self.reason}" if self.reason else named


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """What a database holds.

    Names of its `home` schema stand without a schema. `external` are the columns that foreign
    keys point at in tables outside of the selection. `version` is the server's major version,
    `search` the schema to which the search path leads (`current_schema()`).
    """

    schema: Schema
    external: Mapping[Name, Mapping[str, Type]] = field(default_factory=dict)
    unheld: tuple[Unheld, ...] = ()
    version: int = 18
    home: str = PUBLIC
    search: str = PUBLIC


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What the queries gave, by the name of their file; each row has its columns as attributes."""

    found: Mapping[str, list[Any]]
    version: int
    home: str
    search: str
