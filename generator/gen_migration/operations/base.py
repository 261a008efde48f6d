"""The steps from one schema to another: small frozen values.

An operation holds whole values, so that its inverse is one line. It does not know how it is
printed (`views`, and a template that its `wire` names), nor when it runs (`plan`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from gen_migration.base.data_class import dataclass
from gen_migration.operations import wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gen_migration.model.schema import Constraint, Index, Schema, Table
    from gen_migration.postgres.names import Name

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
class CreateObject(Operation):
    """Create an object of a kind; `kind` is its word."""

    kind: str
    name: Any
    new: Any

    @property
    def wire(self) -> str:
        return f"create_{self.kind}"

    def inverse(self) -> DropObject:
        return DropObject(kind=self.kind, name=self.name, old=self.new)

    def apply(self, schema: Schema) -> Schema:
        objects = put(schema.of(self.kind), self.name, self.new)
        return schema.with_(self.kind, objects)

    @property
    def summary(self) -> str:
        return f"create {self.kind} {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DropObject(Operation):
    """Drop an object of a kind."""

    kind: str
    name: Any
    old: Any

    @property
    def wire(self) -> str:
        return f"drop_{self.kind}"

    def inverse(self) -> CreateObject:
        return CreateObject(kind=self.kind, name=self.name, new=self.old)

    def apply(self, schema: Schema) -> Schema:
        objects = without(schema.of(self.kind), self.name)
        return schema.with_(self.kind, objects)

    @property
    def summary(self) -> str:
        return f"drop {self.kind} {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTable(CreateObject):
    """Create a table or a partition, with the constraints that can stand inside of it."""

    kind: str = field(default="table", init=False)
    name: Name
    new: Table

    def inverse(self) -> DropTable:
        return DropTable(name=self.name, old=self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class DropTable(DropObject):
    """Drop a table."""

    kind: str = field(default="table", init=False)
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
        return schema.with_("sequence", put(schema.sequences, self.name, sequence))

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
    for kind, run in groupby(operations, kind_of):
        if kind is None:
            for operation in run:
                schema = operation.apply(schema)
        else:
            objects = dict(schema.of(kind))
            for operation in run:
                if isinstance(operation, CreateObject):
                    objects[operation.name] = operation.new
                elif isinstance(operation, DropObject):
                    del objects[operation.name]
            schema = schema.with_(kind, objects)
    return schema


def kind_of(operation: Operation) -> str | None:
    """Return the kind of what an operation creates or drops as a whole."""
    return operation.kind if isinstance(operation, CreateObject | DropObject) else None


def inverse(operations: Iterable[Operation]) -> tuple[Operation, ...]:
    """Return the way back: the inverses in reverse order."""
    return tuple(operation.inverse() for operation in reversed(tuple(operations)))
