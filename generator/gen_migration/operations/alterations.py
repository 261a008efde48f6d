"""Changes of what is there already: tables, partitions, constraints, indexes, objects."""

from __future__ import annotations

from dataclasses import field, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from gen_migration.base.data_class import dataclass
from gen_migration.kinds import BY_WORD
from gen_migration.model import own_columns
from gen_migration.model.schema import Check, ForeignKey, Index
from gen_migration.operations import wording
from gen_migration.operations.base import Operation, put
from gen_migration.postgres.names import quote_text
from gen_migration.sql import ddl

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.kinds.kind import Kind
    from gen_migration.model.schema import (
        Constraint,
        Inherited,
        Parameters,
        PartitionOf,
        Schema,
        Table,
    )
    from gen_migration.postgres.names import Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Alteration(Operation):
    """Something had the value `old` and gets `new`."""

    old: Any
    new: Any

    def inverse(self) -> Self:
        return replace(self, old=self.new, new=self.old)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTable(Alteration):
    """Give one property of a table another value."""

    field: ClassVar[str]
    table: Name

    def apply(self, schema: Schema) -> Schema:
        changed: dict[str, Any] = {self.field: self.new}
        table = replace(schema.tables[self.table], **changed)
        return replace(schema, tables=put(schema.tables, self.table, table))

    @property
    def summary(self) -> str:
        what = f"{self.field.replace('_', ' ')} of table {self.table}"
        return wording.change(what, self.old, self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTableStorage(SetTable):
    """Set and reset storage parameters of a table."""

    wire = "set_table_storage"
    field = "storage_parameters"
    old: Parameters
    new: Parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTableUnlogged(SetTable):
    """Make a table unlogged, or logged; PostgreSQL writes it anew."""

    wire = "set_table_unlogged"
    field = "unlogged"
    old: bool
    new: bool

    @property
    def summary(self) -> str:
        return f"make table {self.table} {'unlogged' if self.new else 'logged'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTableTablespace(SetTable):
    """Move a table to another tablespace; None is the database's own."""

    wire = "set_table_tablespace"
    field = "tablespace"
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPartitionBound(SetTable):
    """Give a partition another bound.

    A composite: the plan detaches it and attaches it again.
    """

    wire = "set_partition_bound"
    field = "partition_of"
    old: PartitionOf
    new: PartitionOf

    @property
    def summary(self) -> str:
        return wording.change(f"bound of partition {self.table}", self.old, self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPartition(Alteration):
    """Replace a table that stands alone by a partition of its rows, or the other way round.

    `names` are what keys and indexes are to be called that the parent gave, by its own names;
    `not_null` the columns whose NOT NULL is called as the parent's while it is a partition.
    """

    table: Name
    old: Table
    new: Table
    names: Mapping[str, str] = field(default_factory=dict)
    not_null: tuple[str, ...] = ()

    def apply(self, schema: Schema) -> Schema:
        return replace(schema, tables=put(schema.tables, self.table, self.new))


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachPartition(SetPartition):
    """Make a table a partition."""

    wire = "attach_partition"

    def inverse(self) -> DetachPartition:  # type: ignore[override]
        return DetachPartition(
            table=self.table,
            old=self.new,
            new=self.old,
            names=self.names,
            not_null=self.not_null,
        )

    @property
    def summary(self) -> str:
        return f"attach partition {self.table} to {parent(self.new)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DetachPartition(SetPartition):
    """Make a partition a table of its own."""

    wire = "detach_partition"

    def inverse(self) -> AttachPartition:  # type: ignore[override]
        return AttachPartition(
            table=self.table,
            old=self.new,
            new=self.old,
            names=self.names,
            not_null=self.not_null,
        )

    @property
    def summary(self) -> str:
        return f"detach partition {self.table} from {parent(self.old)}"


def parent(partition: Table) -> Name | None:
    return None if partition.partition_of is None else partition.partition_of.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterConstraint(Alteration):
    """Validate a constraint, or put its check off: what PostgreSQL can do in its place.

    The way back from a validated constraint is a new one.
    """

    wire = "alter_constraint"
    table: Name
    name: str
    old: Constraint
    new: Constraint

    def apply(self, schema: Schema) -> Schema:
        table = schema.tables[self.table]
        table = replace(table, constraints=put(table.constraints, self.name, self.new))
        return replace(schema, tables=put(schema.tables, self.table, table))

    @property
    def summary(self) -> str:
        what = f"constraint {self.name} of table {self.table}"
        both = zip(state_of(self.old), state_of(self.new), strict=True)
        changed = [pair for pair in both if pair[0] != pair[1]]
        if not changed:
            return f"change {what}"
        old, new = (" ".join(pair[side] for pair in changed) for side in (0, 1))
        return wording.change(what, old, new)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceIndex(Alteration):
    """Give an index another definition, without a moment in which there is none.

    A composite: the plan builds the new one under a name of its own (`aside`), drops the old one,
    and renames.
    """

    wire = "replace_index"
    table: Name
    name: str
    old: Index
    new: Index

    def apply(self, schema: Schema) -> Schema:
        table = schema.tables[self.table]
        table = replace(table, indexes=put(table.indexes, self.name, self.new))
        return replace(schema, tables=put(schema.tables, self.table, table))

    @property
    def summary(self) -> str:
        return f"change index {self.name} of table {self.table}"


def state_of(value: Constraint) -> tuple[str, str]:
    """Return when a constraint is checked, and whether all rows are known to meet it."""
    when = "" if isinstance(value, Check) else ddl.deferral(value)
    valid = ddl.validity(value) if isinstance(value, ForeignKey | Check) else ""
    return when.strip() or "NOT DEFERRABLE", valid.strip() or "VALID"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetIndex(Alteration):
    """Give one property of an index another value."""

    field: ClassVar[str]
    table: Name
    name: str

    def apply(self, schema: Schema) -> Schema:
        table = schema.tables[self.table]
        changed: dict[str, Any] = {self.field: self.new}
        index = replace(table.indexes[self.name], **changed)
        table = replace(table, indexes=put(table.indexes, self.name, index))
        return replace(schema, tables=put(schema.tables, self.table, table))

    @property
    def summary(self) -> str:
        what = f"{self.field.replace('_', ' ')} of index {self.name}"
        return wording.change(what, self.old, self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetIndexStorage(SetIndex):
    """Set and reset storage parameters of an index."""

    wire = "set_index_storage"
    field = "storage_parameters"
    old: Parameters
    new: Parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class SetIndexTablespace(SetIndex):
    """Move an index to another tablespace; None is the database's own."""

    wire = "set_index_tablespace"
    field = "tablespace"
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetInherited(Alteration):
    """Set what a partition has otherwise of an index or a constraint of a table above it.

    `name` is what it is called at that table, `above`, where it is `of`; None is nothing.
    """

    wire = "set_inherited"
    table: Name
    name: str
    old: Inherited | None
    new: Inherited | None
    above: Name
    of: Constraint | Index

    def apply(self, schema: Schema) -> Schema:
        table = schema.tables[self.table]
        found = {k: one for k, one in table.inherited.items() if k != self.name}
        if self.new is not None:
            found[self.name] = self.new
        changed = replace(table, inherited=found)
        return replace(schema, tables=put(schema.tables, self.table, changed))

    @property
    def summary(self) -> str:
        noun = "index" if isinstance(self.of, Index) else "constraint"
        what = f"{noun} {self.name} of partition {self.table}"
        return wording.change(what, *map(wording.inherited, (self.old, self.new)))


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterObject(Alteration):
    """Alter an object of a kind by one step (`Kind.steps`); `old` and `new` are bare values.

    What has operations of its own, such as the comment, stays as it is.
    """

    kind: str
    name: Any

    @property
    def wire(self) -> str:
        return f"alter_{self.kind}"

    def apply(self, schema: Schema) -> Schema:
        objects = schema.of(self.kind)
        changed = {
            one.name: after
            for one in fields(self.new)
            if (after := getattr(self.new, one.name)) != getattr(self.old, one.name)
        }
        value = replace(objects[self.name], **changed)
        return schema.with_(self.kind, put(objects, self.name, value))

    @property
    def summary(self) -> str:
        of = BY_WORD[self.kind]
        line = of.line(self.name, self.old, self.new)
        if line is not None:
            return line
        what, old, new = next(of.changes(self.old, self.new))
        start = "" if what == "definition" else f"{what} of "
        return wording.change(f"{start}{self.kind} {self.name}", old, new)


def altered(kind: Kind, name: Any, old: Any, new: Any) -> Iterator[AlterObject]:
    """Yield the steps that alter an object."""
    before = kind.bare(old)
    for after in kind.steps(before, kind.bare(new)):
        yield AlterObject(kind=kind.word, name=name, old=before, new=after)
        before = after


@dataclass(frozen=True, slots=True, kw_only=True)
class SetEnumValues(Alteration):
    """Remove values of an enum, or bring them into another order.

    A composite: the plan lets a new type take the place of the old one.
    """

    wire = "set_enum_values"
    name: Name
    old: tuple[str, ...]
    new: tuple[str, ...]

    def apply(self, schema: Schema) -> Schema:
        return with_values(schema, self.name, self.new)

    @property
    def summary(self) -> str:
        old, new = (", ".join(values) for values in (self.old, self.new))
        return wording.change(f"values of enum {self.name}", old, new)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddEnumValue(Alteration):
    """Add one value to an enum, in its place."""

    wire = "add_enum_value"
    name: Name
    old: tuple[str, ...]
    new: tuple[str, ...]

    def inverse(self) -> RemoveEnumValue:  # type: ignore[override]
        return RemoveEnumValue(name=self.name, old=self.new, new=self.old)

    def apply(self, schema: Schema) -> Schema:
        return with_values(schema, self.name, self.new)

    @property
    def value(self) -> str:
        """The value that is new."""
        return next(value for value in self.new if value not in self.old)

    @property
    def summary(self) -> str:
        return f"add value {wording.short(self.value)} to enum {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveEnumValue(Alteration):
    """Take one value out of an enum. A composite, as SetEnumValues."""

    wire = "remove_enum_value"
    name: Name
    old: tuple[str, ...]
    new: tuple[str, ...]

    def inverse(self) -> AddEnumValue:  # type: ignore[override]
        return AddEnumValue(name=self.name, old=self.new, new=self.old)

    def apply(self, schema: Schema) -> Schema:
        return with_values(schema, self.name, self.new)

    @property
    def summary(self) -> str:
        value = next(value for value in self.old if value not in self.new)
        return f"remove value {wording.short(value)} of enum {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepEnumValues(Alteration):
    """Say why an enum cannot lose the values that upgrade() added: a way back alone.

    `column` is a table and a column of its partition key, which keeps its type.
    """

    wire = "keep_enum_values"
    name: Name
    column: tuple[Name, str]
    old: tuple[str, ...]
    new: tuple[str, ...]

    def apply(self, schema: Schema) -> Schema:
        return with_values(schema, self.name, self.new)

    @property
    def summary(self) -> str:
        return f"keep the values of enum {self.name}"


def with_values(schema: Schema, name: Name, values: tuple[str, ...]) -> Schema:
    """Return a schema in which an enum has these values."""
    value = replace(schema.enums[name], values=values)
    return schema.with_("enum", put(schema.enums, name, value))


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseValues(Operation):
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

    def apply(self, schema: Schema) -> Schema:
        return schema

    @property
    def summary(self) -> str:
        return f"refuse {', '.join(self.values)} in {self.table}.{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetComment(Alteration):
    """Set or drop the comment of an object.

    `kind` is table, column, constraint, index, or the word of a kind; `name` is its name as a
    Name or a string, or of a column, constraint or index that of its table, and `part` its own.
    """

    wire = "set_comment"
    kind: str
    name: Any
    part: str | None = None
    old: str | None
    new: str | None

    def apply(self, schema: Schema) -> Schema:
        if self.part is None:
            return self.of_object(schema)
        if self.kind == "column":
            values = {"comment": self.new}
            return own_columns.changed(schema, self.name, self.part, values, only=True)
        table = schema.tables[self.name]
        parts = getattr(table, PARTS[self.kind])
        changed: dict[str, Any] = {
            PARTS[self.kind]: put(parts, self.part, self.commented(parts[self.part]))
        }
        tables = put(schema.tables, self.name, replace(table, **changed))
        return replace(schema, tables=tables)

    def of_object(self, schema: Schema) -> Schema:
        objects, kind = schema.of(self.kind), BY_WORD.get(self.kind)
        if kind is None:
            value = self.commented(objects[self.name])
            return schema.with_(self.kind, put(objects, self.name, value))
        value = self.commented({**kind.given, **objects}[self.name])
        return schema.with_(self.kind, kind.put(objects, self.name, value))

    def commented(self, value: Any) -> Any:
        return replace(value, comment=self.new)

    @property
    def summary(self) -> str:
        what = f"{self.kind} {self.name}"
        if self.kind == "column":
            what = f"column {wording.column(self.name, str(self.part))}"
        elif self.part is not None:
            what = f"{self.kind} {self.part} of table {self.name}"
        old, new = (one and quote_text(one) for one in (self.old, self.new))
        return wording.change(f"comment of {what}", old, new)


PARTS = {"constraint": "constraints", "index": "indexes"}
