"""Renames, and moves to another schema: what refers to a thing follows it (`renaming`)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from gen_migration import renaming
from gen_migration.data_class import dataclass
from gen_migration.operations import Operation, put
from gen_migration.renaming import rekeyed

if TYPE_CHECKING:
    from gen_migration.schema import Schema
    from gen_migration.sql import Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Rename(Operation):
    """Give an object of the schema another name."""

    noun: ClassVar[str]
    verb: ClassVar[str] = "rename"
    old: Any
    new: Any

    def inverse(self) -> Self:
        return replace(self, old=self.new, new=self.old)

    @property
    def summary(self) -> str:
        return f"{self.verb} {self.noun} {self.old}{self.holder} to {self.new}"

    @property
    def holder(self) -> str:
        """What the object is a part of, as the line says it."""
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameSchema(Rename):
    """Rename a schema, with all that it holds."""

    wire = "rename_schema"
    noun = "schema"
    old: str
    new: str

    def apply(self, schema: Schema) -> Schema:
        return renaming.namespace(schema, self.old, self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameTable(Rename):
    """Rename a table inside of its schema."""

    wire = "rename_table"
    noun = "table"
    old: Name
    new: Name

    def apply(self, schema: Schema) -> Schema:
        return renaming.table(schema, self.old, self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTableSchema(Rename):
    """Move a table to another schema; the sequences that its columns own go along."""

    wire = "set_table_schema"
    noun = "table"
    verb = "move"
    old: Name
    new: Name

    def apply(self, schema: Schema) -> Schema:
        owned = [
            name
            for name, value in schema.sequences.items()
            if value.owned_by is not None and value.owned_by[0] == self.old
        ]
        for name in owned:
            moved = name._replace(schema=self.new.schema)
            schema = renaming.sequence(schema, name, moved)
        return renaming.table(schema, self.old, self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameEnum(Rename):
    """Rename an enum type inside of its schema."""

    wire = "rename_enum"
    noun = "enum"
    old: Name
    new: Name

    def apply(self, schema: Schema) -> Schema:
        return renaming.enum(schema, self.old, self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetEnumSchema(Rename):
    """Move an enum type to another schema."""

    wire = "set_enum_schema"
    noun = "enum"
    verb = "move"
    old: Name
    new: Name

    def apply(self, schema: Schema) -> Schema:
        return renaming.enum(schema, self.old, self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameEnumValue(Rename):
    """Rename a value of an enum type; rows that hold it follow."""

    wire = "rename_enum_value"
    noun = "value"
    name: Name
    old: str
    new: str

    def apply(self, schema: Schema) -> Schema:
        return renaming.enum_value(schema, self.name, self.old, self.new)

    @property
    def holder(self) -> str:
        return f" of enum {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameSequence(Rename):
    """Rename a sequence inside of its schema."""

    wire = "rename_sequence"
    noun = "sequence"
    old: Name
    new: Name

    def apply(self, schema: Schema) -> Schema:
        return renaming.sequence(schema, self.old, self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSequenceSchema(Rename):
    """Move a sequence that no column owns to another schema."""

    wire = "set_sequence_schema"
    noun = "sequence"
    verb = "move"
    old: Name
    new: Name

    def apply(self, schema: Schema) -> Schema:
        return renaming.sequence(schema, self.old, self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameColumnSequence(Rename):
    """Rename the sequence behind a serial or identity column, which a spec never names."""

    wire = "rename_column_sequence"
    noun = "sequence"
    old: Name
    new: Name

    def apply(self, schema: Schema) -> Schema:
        return schema


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameColumn(Rename):
    """Rename a column of a table, and of its partitions."""

    wire = "rename_column"
    noun = "column"
    table: Name
    old: str
    new: str

    def apply(self, schema: Schema) -> Schema:
        return renaming.column(schema, self.table, self.old, self.new)

    @property
    def holder(self) -> str:
        return f" of table {self.table}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RenamePart(Rename):
    """Give a constraint or an index of a table another name."""

    mapping: ClassVar[str]
    table: Name
    old: str
    new: str

    def apply(self, schema: Schema) -> Schema:
        table = schema.tables[self.table]
        parts = rekeyed(getattr(table, self.mapping), self.old, self.new)
        changed: dict[str, Any] = {self.mapping: parts}
        tables = put(schema.tables, self.table, replace(table, **changed))
        return replace(schema, tables=tables)

    @property
    def holder(self) -> str:
        return f" of table {self.table}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameConstraint(RenamePart):
    """Rename a constraint."""

    wire = "rename_constraint"
    noun = "constraint"
    mapping = "constraints"


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameIndex(RenamePart):
    """Rename an index."""

    wire = "rename_index"
    noun = "index"
    mapping = "indexes"
