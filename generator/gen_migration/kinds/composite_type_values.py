"""Composite types as values. Pure."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.model.access import Granted
from gen_migration.model.mapped import hold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """An attribute of a composite type; None is the collation of its type."""

    type: Type
    collation: Name | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompositeType(Granted):
    """`CREATE TYPE … AS (…)`."""

    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    comment: str | None = None


hold(CompositeType, attributes=(Attribute,))
