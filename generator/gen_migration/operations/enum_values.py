"""Changes of the values of enums."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass, replace
from gen_migration.operations import base, wording

if TYPE_CHECKING:
    from gen_migration.model import schema as model
    from gen_migration.postgres.names import Name


@dataclass(frozen=True, slots=True, kw_only=True)
class EnumValues(base.Alteration):
    """Give an enum other values."""

    what = "values of enum {0.name}"
    old: tuple[str, ...]
    new: tuple[str, ...]
    name: Name

    def apply(self, schema: model.Schema) -> model.Schema:
        value = replace(schema.enums[self.name], values=self.new)
        return schema.with_("enum", base.put(schema.enums, self.name, value))

    def said(self, value: tuple[str, ...]) -> str:
        return ", ".join(value)

    @property
    def value(self) -> str:
        """The one value that comes or goes."""
        (found,) = {*self.old} ^ {*self.new}
        return found


class SetEnumValues(EnumValues):
    """Remove values of an enum, or bring them into another order.

    A composite: the plan lets a new type take the place of the old one.
    """

    wire = "set_enum_values"


class AddEnumValue(EnumValues):
    """Add one value to an enum, in its place."""

    wire = "add_enum_value"

    @property
    def summary(self) -> str:
        return f"add value {wording.short(self.value)} to enum {self.name}"


class RemoveEnumValue(EnumValues):
    """Take one value out of an enum. A composite, as SetEnumValues."""

    wire = "remove_enum_value"

    @property
    def summary(self) -> str:
        return f"remove value {wording.short(self.value)} of enum {self.name}"


base.opposites(AddEnumValue, RemoveEnumValue)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepEnumValues(EnumValues, base.Refusal):
    """Say why an enum cannot lose the values that upgrade() added: a way back alone.

    `column` is a table and a column that keeps its type: of its partition key, or `through` which
    type it has the enum.
    """

    wire = "keep_enum_values"
    column: tuple[Name, str]
    through: Name | None = None

    @property
    def summary(self) -> str:
        return f"keep the values of enum {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseValues(base.Operation):
    """Stop, with their number, where rows of a column still hold values of an enum that go.

    The schema stays as it is. `undone` is the way back, which looks at nothing.
    """

    wire = "refuse_values"
    table: Name
    name: str
    array: bool
    values: tuple[str, ...]
    undone: bool = False

    def inverse(self) -> RefuseValues:
        return replace(self, undone=not self.undone)

    def apply(self, schema: model.Schema) -> model.Schema:
        return schema

    @property
    def summary(self) -> str:
        return f"refuse {', '.join(self.values)} in {self.table}.{self.name}"
