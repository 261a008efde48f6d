"""Renames, and moves to another schema: what refers to a thing follows it (`model.renaming`)."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from gen_migration.base.data_class import dataclass
from gen_migration.kinds import BY_WORD
from gen_migration.model import renaming
from gen_migration.model.own_columns import partitions
from gen_migration.model.partitions import origin_of
from gen_migration.model.renaming import rekeyed
from gen_migration.operations.base import Operation, put

if TYPE_CHECKING:
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Rename(Operation):
    """Give an object of the schema another name."""

    verb: ClassVar[str] = "rename"
    old: Any
    new: Any

    @property
    @abstractmethod
    def noun(self) -> str:
        """What it is that gets another name."""

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
class RenameObject(Rename):
    """Rename an object of a kind, inside of its schema where it is in one."""

    kind: str

    @property
    def wire(self) -> str:
        return f"rename_{self.kind}"

    @property
    def noun(self) -> str:
        return self.kind

    def apply(self, schema: Schema) -> Schema:
        if self.old not in schema.of(self.kind):
            raise KeyError(self.old)
        return BY_WORD[self.kind].renamed(schema, self.old, self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveObject(RenameObject):
    """Move an object of a kind to another schema."""

    verb = "move"

    @property
    def wire(self) -> str:
        return f"set_{self.kind}_schema"


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameTable(RenameObject):
    """Rename a table inside of its schema."""

    kind: str = field(default="table", init=False)
    old: Name
    new: Name

    def apply(self, schema: Schema) -> Schema:
        return renaming.table(schema, self.old, self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveTable(MoveObject):
    """Move a table to another schema; the sequences that its columns own go along."""

    kind: str = field(default="table", init=False)
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
        for part in partitions(schema, self.table):
            below = schema.tables[part]
            origin = origin_of(schema, part, self.old)
            if self.old in below.inherited and origin and origin[0] == self.table:
                found = rekeyed(below.inherited, self.old, self.new)
                tables[part] = replace(below, inherited=found)
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
