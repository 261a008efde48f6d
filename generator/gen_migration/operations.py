"""The steps from one schema to another: small frozen values.

An operation holds whole values, so that its inverse is one line. It does not know how it is
printed (`views`, and a template that its `wire` names), nor when it runs (`plan`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from gen_migration import wording
from gen_migration.data_class import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gen_migration.schema import (
        Constraint,
        Enum,
        Extension,
        Index,
        Namespace,
        Schema,
        Sequence,
        Table,
    )
    from gen_migration.sql import Name

K = TypeVar("K")
V = TypeVar("V")


def put(mapping: Mapping[K, V], key: K, value: V) -> dict[K, V]:
    """Return a mapping with one more entry."""
    return {**mapping, key: value}


def without(mapping: Mapping[K, V], key: K) -> dict[K, V]:
    """Return a mapping with one entry less; KeyError when it is not there."""
    result = dict(mapping)
    del result[key]
    return result


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(ABC):
    """One step."""

    @abstractmethod
    def inverse(self) -> Operation:
        """Return the step back."""

    @abstractmethod
    def apply(self, schema: Schema) -> Schema:
        """Return the schema after this step; KeyError when it does not fit the schema."""

    @property
    @abstractmethod
    def summary(self) -> str:
        """What it does, in a line."""

    @property
    @abstractmethod
    def wire(self) -> str:
        """Its name outside of this code: in ids of revisions, of a template, of golden cases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Create(Operation):
    """Put an object into the mapping of the schema that holds its kind."""

    noun: ClassVar[str]
    mapping: ClassVar[str]
    name: Any
    new: Any

    def apply(self, schema: Schema) -> Schema:
        objects = put(getattr(schema, self.mapping), self.name, self.new)
        return replace(schema, **{self.mapping: objects})

    @property
    def summary(self) -> str:
        return f"create {self.noun} {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop(Operation):
    """Take an object out of the mapping of the schema that holds its kind."""

    noun: ClassVar[str]
    mapping: ClassVar[str]
    name: Any
    old: Any

    def apply(self, schema: Schema) -> Schema:
        objects = without(getattr(schema, self.mapping), self.name)
        return replace(schema, **{self.mapping: objects})

    @property
    def summary(self) -> str:
        return f"drop {self.noun} {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateSchema(Create):
    """Create a schema."""

    wire = "create_schema"
    noun = "schema"
    mapping = "schemas"
    name: str
    new: Namespace

    def inverse(self) -> DropSchema:
        return DropSchema(name=self.name, old=self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class DropSchema(Drop):
    """Drop an empty schema."""

    wire = "drop_schema"
    noun = "schema"
    mapping = "schemas"
    name: str
    old: Namespace

    def inverse(self) -> CreateSchema:
        return CreateSchema(name=self.name, new=self.old)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateExtension(Create):
    """Create an extension."""

    wire = "create_extension"
    noun = "extension"
    mapping = "extensions"
    name: str
    new: Extension

    def inverse(self) -> DropExtension:
        return DropExtension(name=self.name, old=self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class DropExtension(Drop):
    """Drop an extension."""

    wire = "drop_extension"
    noun = "extension"
    mapping = "extensions"
    name: str
    old: Extension

    def inverse(self) -> CreateExtension:
        return CreateExtension(name=self.name, new=self.old)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateEnum(Create):
    """Create an enum type."""

    wire = "create_enum"
    noun = "enum"
    mapping = "enums"
    name: Name
    new: Enum

    def inverse(self) -> DropEnum:
        return DropEnum(name=self.name, old=self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class DropEnum(Drop):
    """Drop an enum type."""

    wire = "drop_enum"
    noun = "enum"
    mapping = "enums"
    name: Name
    old: Enum

    def inverse(self) -> CreateEnum:
        return CreateEnum(name=self.name, new=self.old)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateSequence(Create):
    """Create a sequence that no column owns yet."""

    wire = "create_sequence"
    noun = "sequence"
    mapping = "sequences"
    name: Name
    new: Sequence

    def inverse(self) -> DropSequence:
        return DropSequence(name=self.name, old=self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class DropSequence(Drop):
    """Drop a sequence that no column owns."""

    wire = "drop_sequence"
    noun = "sequence"
    mapping = "sequences"
    name: Name
    old: Sequence

    def inverse(self) -> CreateSequence:
        return CreateSequence(name=self.name, new=self.old)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTable(Create):
    """Create a table or a partition, with the constraints that can stand inside of it."""

    wire = "create_table"
    noun = "table"
    mapping = "tables"
    name: Name
    new: Table

    def inverse(self) -> DropTable:
        return DropTable(name=self.name, old=self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class DropTable(Drop):
    """Drop a table."""

    wire = "drop_table"
    noun = "table"
    mapping = "tables"
    name: Name
    old: Table

    def inverse(self) -> CreateTable:
        return CreateTable(name=self.name, new=self.old)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSequenceOwner(Operation):
    """Make a sequence belong to a column, or to none."""

    wire = "set_sequence_owner"
    name: Name
    old: tuple[Name, str] | None
    new: tuple[Name, str] | None

    def inverse(self) -> SetSequenceOwner:
        return SetSequenceOwner(name=self.name, old=self.new, new=self.old)

    def apply(self, schema: Schema) -> Schema:
        sequence = replace(schema.sequences[self.name], owned_by=self.new)
        return replace(schema, sequences=put(schema.sequences, self.name, sequence))

    @property
    def summary(self) -> str:
        old, new = (one and wording.column(*one) for one in (self.old, self.new))
        return wording.change(f"owner of sequence {self.name}", old, new)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePart(Operation):
    """Put a constraint or an index into its table."""

    noun: ClassVar[str]
    mapping: ClassVar[str]
    table: Name
    name: str
    new: Any

    def apply(self, schema: Schema) -> Schema:
        table = schema.tables[self.table]
        parts = put(getattr(table, self.mapping), self.name, self.new)
        changed: dict[str, Any] = {self.mapping: parts}
        table = replace(table, **changed)
        return replace(schema, tables=put(schema.tables, self.table, table))

    @property
    def summary(self) -> str:
        return f"create {self.noun} {self.name} on table {self.table}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DropPart(Operation):
    """Take a constraint or an index out of its table."""

    noun: ClassVar[str]
    mapping: ClassVar[str]
    table: Name
    name: str
    old: Any

    def apply(self, schema: Schema) -> Schema:
        table = schema.tables[self.table]
        parts = without(getattr(table, self.mapping), self.name)
        changed: dict[str, Any] = {self.mapping: parts}
        table = replace(table, **changed)
        return replace(schema, tables=put(schema.tables, self.table, table))

    @property
    def summary(self) -> str:
        return f"drop {self.noun} {self.name} of table {self.table}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateConstraint(CreatePart):
    """Create a constraint on a table that is there."""

    wire = "create_constraint"
    noun = "constraint"
    mapping = "constraints"
    new: Constraint

    def inverse(self) -> DropConstraint:
        return DropConstraint(table=self.table, name=self.name, old=self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class DropConstraint(DropPart):
    """Drop a constraint."""

    wire = "drop_constraint"
    noun = "constraint"
    mapping = "constraints"
    old: Constraint

    def inverse(self) -> CreateConstraint:
        return CreateConstraint(table=self.table, name=self.name, new=self.old)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateIndex(CreatePart):
    """Create an index on a table that is there."""

    wire = "create_index"
    noun = "index"
    mapping = "indexes"
    new: Index

    def inverse(self) -> DropIndex:
        return DropIndex(table=self.table, name=self.name, old=self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class DropIndex(DropPart):
    """Drop an index."""

    wire = "drop_index"
    noun = "index"
    mapping = "indexes"
    old: Index

    def inverse(self) -> CreateIndex:
        return CreateIndex(table=self.table, name=self.name, new=self.old)


def apply(schema: Schema, operations: Iterable[Operation]) -> Schema:
    """Return the schema after all operations.

    What comes and goes in a row in one mapping is put there at once: a copy of the mapping for
    each would make the time grow with the square of their number.
    """
    for mapping, run in groupby(operations, mapping_of):
        if mapping is None:
            for operation in run:
                schema = operation.apply(schema)
        else:
            objects = dict(getattr(schema, mapping))
            for operation in run:
                if isinstance(operation, Create):
                    objects[operation.name] = operation.new
                elif isinstance(operation, Drop):
                    del objects[operation.name]
            schema = replace(schema, **{mapping: objects})
    return schema


def mapping_of(operation: Operation) -> str | None:
    """Return the mapping of the schema that an operation adds one entry to, or takes it out of."""
    return operation.mapping if isinstance(operation, Create | Drop) else None


def inverse(operations: Iterable[Operation]) -> tuple[Operation, ...]:
    """Return the way back: the inverses in reverse order."""
    return tuple(operation.inverse() for operation in reversed(tuple(operations)))
