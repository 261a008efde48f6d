"""The steps from one schema to another: small frozen values.

An operation holds whole values, so that its inverse is one line. It does not know how it is
printed (`render`, and a template where its `wire` names one), nor when it runs (`plan`). A class
that adds no field to its base is no data class of its own. The order of fields is that of ids.
"""

from __future__ import annotations

from dataclasses import field, fields
from functools import cache, lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from gen_migration.base.data_class import dataclass, replace
from gen_migration.model import kept_names
from gen_migration.model.given import Same
from gen_migration.operations import wording
from gen_migration.postgres.names import Member

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

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


def exchanged(mapping: Mapping[K, V], key: K, value: V | None) -> dict[K, V]:
    """Return a mapping with another value of an entry; None takes it away."""
    return without(mapping, key) if value is None else put(mapping, key, value)


def with_table(schema: Schema, name: Name, **changed: Any) -> Schema:
    """Return a schema in which a table has other values, by their fields."""
    table = replace(schema.tables[name], **changed)
    return replace(schema, tables=put(schema.tables, name, table))


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One step.

    No abstract class: whether something is a step of a kind is asked fifty times for each step.
    """

    # What it does, in a line: a format of the operation itself.
    line: ClassVar[str]

    def inverse(self) -> Operation:
        """Return the step back: what is `new` here is `old` there."""
        kind: Any = type(self)  # a class, which type checkers take for unhashable
        held = {there: getattr(self, here) for there, here in swapped(kind)}
        made: type[Operation] = OPPOSITES.get(kind, kind)
        return made(**held)

    def apply(self, schema: Schema) -> Schema:
        """Return the schema after this step; KeyError when it does not fit the schema."""
        raise NotImplementedError

    @property
    def summary(self) -> str:
        """What it does, in a line."""
        return self.line.format(self)

    @property
    def wire(self) -> str:
        """Its name outside of this code: in ids of revisions, of templates and of golden cases."""
        raise NotImplementedError


SWAPPED = {"old": "new", "new": "old"}
OPPOSITES: dict[type[Operation], type[Operation]] = {}


@cache
def swapped(of: Any) -> list[tuple[str, str]]:
    """Return the fields of an operation's inverse, each with its own that is held there."""
    found = (one.name for one in fields(of) if one.init)
    return [(SWAPPED.get(name, name), name) for name in found]


def opposites(there: type[Operation], back: type[Operation]) -> None:
    """Make the inverse of each of two operations one of the other; all others are of one class."""
    OPPOSITES.update({there: back, back: there})


class Refusal(Operation):
    """Say why PostgreSQL has no way back, and stop: what stands in a downgrade alone."""


class Alteration(Operation):
    """Something had the value `old` and gets `new`."""

    # What it is that changes: a format of the operation itself.
    what: ClassVar[str]
    old: Any
    new: Any

    def said(self, value: Any) -> Any:
        """Return the old or the new value as a line says it."""
        return value

    @property
    def summary(self) -> str:
        values = self.said(self.old), self.said(self.new)
        return wording.change(self.what.format(self), *values)


def wire_of(word: str) -> str:
    """Return the word of a kind as names on the wire have it."""
    return word.replace(" ", "_")


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeObject(Operation):
    """Create or drop an object of a kind, whose word `kind` is: it is `new`, or `old`."""

    kind: str
    name: Any
    old: Any = None
    new: Any = None

    @property
    def table(self) -> Name | None:
        """The relation that the object stands on, or is of."""
        return relation_of(self.name, self.new or self.old)

    def apply(self, schema: Schema) -> Schema:
        objects = exchanged(schema.of(self.kind), self.name, self.new)
        if self.new is None:
            schema = without_members(schema, {self.name})
        return schema.with_(self.kind, objects)


class CreateObject(WholeObject):
    """Create an object of a kind."""

    line = "create {0.kind} {0.name}"

    @property
    def wire(self) -> str:
        return f"create_{wire_of(self.kind)}"


class DropObject(WholeObject):
    """Drop an object of a kind."""

    line = "drop {0.kind} {0.name}"

    @property
    def wire(self) -> str:
        return f"drop_{wire_of(self.kind)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTable(CreateObject):
    """Create a table or a partition, with the constraints that can stand inside of it."""

    kind: str = field(default="table", init=False)
    name: Name
    new: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class DropTable(DropObject):
    """Drop a table."""

    kind: str = field(default="table", init=False)
    name: Name
    old: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSequenceOwner(Alteration):
    """Make a sequence belong to a column, or to none."""

    wire = "set_sequence_owner"
    what = "owner of sequence {0.name}"
    name: Name
    old: tuple[Name, str] | None
    new: tuple[Name, str] | None

    def apply(self, schema: Schema) -> Schema:
        sequence = replace(schema.sequences[self.name], owned_by=self.new)
        return schema.with_("sequence", put(schema.sequences, self.name, sequence))

    def said(self, value: tuple[Name, str] | None) -> str | None:
        return value and wording.column(*value)


# Where a table holds what it has by name.
MAPPINGS = {"column": "columns", "constraint": "constraints", "index": "indexes"}


class OfPart(Operation):
    """A step that concerns a column, a constraint or an index of a table."""

    noun: ClassVar[str]
    table: Name
    name: str

    @property
    def mapping(self) -> str:
        """The field of a table that holds such parts."""
        return MAPPINGS[self.noun]

    def parts(self, schema: Schema) -> Mapping[str, Any]:
        """Return what the table has of such parts."""
        found: Mapping[str, Any] = getattr(schema.tables[self.table], self.mapping)
        return found

    def with_part(self, schema: Schema, value: Any) -> Schema:
        """Return a schema in which the part has this value; None takes it away."""
        parts = exchanged(self.parts(schema), self.name, value)
        return with_table(schema, self.table, **{self.mapping: parts})


@dataclass(frozen=True, slots=True, kw_only=True)
class WholePart(OfPart):
    """Create or drop a constraint or an index of a table that is there."""

    table: Name
    name: str
    old: Any = None
    new: Any = None

    def apply(self, schema: Schema) -> Schema:
        return self.with_part(schema, self.new)


class CreatePart(WholePart):
    """Put a constraint or an index into its table."""

    line = "create {0.noun} {0.name} on table {0.table}"


class DropPart(WholePart):
    """Take a constraint or an index out of its table."""

    line = "drop {0.noun} {0.name} of table {0.table}"


class CreateConstraint(CreatePart):
    """Create a constraint on a table that is there."""

    wire = "create_constraint"
    noun = "constraint"
    new: Constraint


class DropConstraint(DropPart):
    """Drop a constraint."""

    wire = "drop_constraint"
    noun = "constraint"
    old: Constraint


class CreateIndex(CreatePart):
    """Create an index on a table that is there."""

    wire = "create_index"
    noun = "index"
    new: Index


class DropIndex(DropPart):
    """Drop an index."""

    wire = "drop_index"
    noun = "index"
    old: Index


opposites(CreateObject, DropObject)
opposites(CreateTable, DropTable)
opposites(CreateConstraint, DropConstraint)
opposites(CreateIndex, DropIndex)


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
            gone = set()
            for operation in run:
                if isinstance(operation, CreateObject):
                    objects[operation.name] = operation.new
                elif isinstance(operation, DropObject):
                    del objects[operation.name]
                    gone.add(operation.name)
            schema = without_members(schema, gone).with_(kind, objects)
    return schema


def without_members(schema: Schema, relations: Collection[Any]) -> Schema:
    """Return a schema without what stands on relations that are dropped, or is of them."""
    schema = kept_names.without(schema, relations)
    for word, objects in schema.objects.items() if relations else ():
        if not relations_of(Same(objects)).isdisjoint(relations):
            held = {
                key: one
                for key, one in objects.items()
                if relation_of(key, one) not in relations
            }
            schema = schema.with_(word, held)
    return schema


@lru_cache(maxsize=64)
def relations_of(objects: Same) -> frozenset[Name | None]:
    """Return the relations that objects of a kind stand on, or are of."""
    name, value = next(iter(objects.value.items()))
    if not (isinstance(name, Member) or hasattr(value, "table")):
        return frozenset()
    return frozenset(relation_of(key, one) for key, one in objects.value.items())


def relation_of(name: Any, value: Any) -> Name | None:
    """Return the relation that an object stands on, or is of."""
    found: Name | None = getattr(name, "holder", None) or getattr(value, "table", None)
    return found


def kind_of(operation: Operation) -> str | None:
    """Return the kind of what an operation creates or drops as a whole."""
    return operation.kind if isinstance(operation, CreateObject | DropObject) else None


def only_builds(operations: Iterable[Operation]) -> bool:
    """Tell whether operations create tables with what is in them, and do nothing else.

    Those of a first revision do: of thousands, nobody has to ask what becomes of rows.
    """
    return BUILDING.issuperset(map(type, operations))


BUILDING = frozenset((CreateTable, CreateConstraint, CreateIndex))


def inverse(operations: Iterable[Operation]) -> tuple[Operation, ...]:
    """Return the way back: the inverses in reverse order."""
    return tuple(operation.inverse() for operation in reversed(tuple(operations)))
