"""Operations on the rows of a table, whose schema stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.operations import wording
from gen_migration.operations.columns import OfColumn

if TYPE_CHECKING:
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name


@dataclass(frozen=True, slots=True, kw_only=True)
class OfRows(OfColumn):
    """What is done to the values of a column: `new` is SQL, and `old` that of the way back."""

    table: Name
    name: str
    old: str | None = None
    new: str | None = None

    def apply(self, schema: Schema) -> Schema:
        return schema


class Backfill(OfRows):
    """Fill a column in the rows that hold NULL. The way back leaves the rows alone."""

    wire = "backfill"

    @property
    def summary(self) -> str:
        if self.new is None:
            return f"fill column {self.place} on the way back alone"
        return f"fill column {self.place} with {wording.short(self.new)}"


class CheckRows(OfRows):
    """Stop where rows would lose the values of a column. The way back asks nothing.

    `new` is the condition of rows that would.
    """

    wire = "check_rows"

    @property
    def summary(self) -> str:
        return f"compare column {self.place} with what takes its place"
