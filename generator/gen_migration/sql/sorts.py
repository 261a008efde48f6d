"""What is known of the type of a query's column."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type


class Sort(NamedTuple):
    """A type, and the collation that values have which is not that of the type."""

    type: Type
    collation: Name | None = None
