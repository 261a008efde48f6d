"""Changes of what is there already: constraints, indexes, objects, comments."""

from __future__ import annotations

from dataclasses import field, fields
from typing import TYPE_CHECKING, Any, ClassVar

from gen_migration.base.data_class import dataclass, replace
from gen_migration.kinds import BY_WORD
from gen_migration.model import own_columns
from gen_migration.model import schema as model
from gen_migration.operations import base, wording
from gen_migration.postgres.names import quote_text
from gen_migration.sql import ddl

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.kinds.kind import Kind
    from gen_migration.postgres.names import Name


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterPart(base.Alteration, base.OfPart):
    """Change a constraint or an index of a table."""

    what = "{0.noun} {0.name} of table {0.table}"
    old: Any
    new: Any
    table: Name
    name: str

    def apply(self, schema: model.Schema) -> model.Schema:
        return self.with_part(schema, self.new)


class AlterConstraint(AlterPart):
    """Validate a constraint, or put its check off: what PostgreSQL can do in its place.

    The way back from a validated constraint is a new one.
    """

    wire = "alter_constraint"
    noun = "constraint"
    old: model.Constraint
    new: model.Constraint

    @property
    def summary(self) -> str:
        what = self.what.format(self)
        both = zip(state_of(self.old), state_of(self.new), strict=True)
        changed = [pair for pair in both if pair[0] != pair[1]]
        if not changed:
            return f"change {what}"
        old, new = (" ".join(pair[side] for pair in changed) for side in (0, 1))
        return wording.change(what, old, new)


class ReplaceIndex(AlterPart):
    """Give an index another definition, without a moment in which there is none.

    A composite: the plan builds the new one under a name of its own (`aside`), drops the old one,
    and renames.
    """

    wire = "replace_index"
    noun = "index"
    old: model.Index
    new: model.Index

    @property
    def summary(self) -> str:
        return f"change {self.what.format(self)}"


def state_of(value: model.Constraint) -> tuple[str, str]:
    """Return when a constraint is checked, and whether all rows are known to meet it."""
    when = "" if isinstance(value, model.Check) else ddl.deferral(value)
    valid = (
        ddl.validity(value) if isinstance(value, model.ForeignKey | model.Check) else ""
    )
    return when.strip() or "NOT DEFERRABLE", valid.strip() or "VALID"


class SetIndex(AlterPart):
    """Give one property of an index another value; it may be that of a constraint."""

    field: ClassVar[str]
    noun = "index"

    def apply(self, schema: model.Schema) -> model.Schema:
        table = schema.tables[self.table]
        mapping = "indexes" if self.name in table.indexes else "constraints"
        parts = getattr(table, mapping)
        changed = replace(parts[self.name], **{self.field: self.new})
        parts = base.put(parts, self.name, changed)
        return base.with_table(schema, self.table, **{mapping: parts})


class SetIndexStorage(SetIndex):
    """Set and reset storage parameters of an index."""

    wire = "set_index_storage"
    what = "storage parameters of index {0.name}"
    field = "storage_parameters"
    old: model.Parameters
    new: model.Parameters


class SetIndexTablespace(SetIndex):
    """Move an index to another tablespace; None is the database's own."""

    wire = "set_index_tablespace"
    what = "tablespace of index {0.name}"
    field = "tablespace"
    old: str | None
    new: str | None


class SetIndexComment(SetIndex):
    """Set or drop the comment of a constraint's index; that of any other is set as all are."""

    wire = "set_index_comment"
    what = "comment of index {0.name}"
    field = "index_comment"
    old: str | None
    new: str | None

    def said(self, value: str | None) -> str | None:
        return value and quote_text(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetInherited(base.Alteration):
    """Set what a partition has otherwise of an index or a constraint of a table above it.

    `name` is what it is called at that table, `above`, where it is `of`; None is nothing.
    """

    wire = "set_inherited"
    what = "{0.noun} {0.name} of partition {0.table}"
    old: model.Inherited | None
    new: model.Inherited | None
    table: Name
    name: str
    above: Name
    of: model.Constraint | model.Index

    def apply(self, schema: model.Schema) -> model.Schema:
        held = schema.tables[self.table].inherited
        found = {key: one for key, one in held.items() if key != self.name}
        if self.new is not None:
            found[self.name] = self.new
        return base.with_table(schema, self.table, inherited=found)

    @property
    def noun(self) -> str:
        """What it is that the partition has."""
        return "index" if isinstance(self.of, model.Index) else "constraint"

    def said(self, value: model.Inherited | None) -> str | None:
        return wording.inherited(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlterObject(base.Alteration):
    """Alter an object of a kind by one step (`Kind.steps`); `old` and `new` are bare values.

    What has operations of its own, such as the comment, stays as it is. `has_heirs` tells that
    tables have their columns from it, which makes no difference to what is done.
    """

    old: Any
    new: Any
    kind: str
    name: Any
    has_heirs: bool = field(default=False, compare=False)

    @property
    def wire(self) -> str:
        return f"alter_{base.wire_of(self.kind)}"

    @property
    def table(self) -> Name | None:
        """The relation that the object stands on, or is of."""
        return base.relation_of(self.name, self.new)

    def apply(self, schema: model.Schema) -> model.Schema:
        objects = schema.of(self.kind)
        values = {
            one.name: after
            for one in fields(self.new)
            if (after := getattr(self.new, one.name)) != getattr(self.old, one.name)
        }
        value = replace(objects[self.name], **values)
        after = schema.with_(self.kind, base.put(objects, self.name, value))
        if not BY_WORD[self.kind].gives_columns:
            return after
        before, wanted = self.old.attributes, self.new.attributes
        changed = [
            key
            for key in before.keys() & wanted.keys()
            if (before[key].type, before[key].collation)
            != (wanted[key].type, wanted[key].collation)
        ]
        return own_columns.with_attributes(after, self.name, changed)

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
class ReorderAttributes(base.Alteration):
    """Bring the attributes of a composite type that no column has into another order.

    `attributes` are its attributes, whose order means nothing here.
    """

    wire = "reorder_attributes"
    what = "order of the attributes of composite type {0.name}"
    old: tuple[str, ...]
    new: tuple[str, ...]
    name: Name
    attributes: Mapping[str, Any]

    def apply(self, schema: model.Schema) -> model.Schema:
        objects = schema.of("composite type")
        held = objects[self.name].attributes
        found = {key: held[key] for key in self.new}
        value = replace(objects[self.name], attributes=found)
        return schema.with_("composite type", base.put(objects, self.name, value))

    def said(self, value: tuple[str, ...]) -> str:
        return ", ".join(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetComment(base.Alteration):
    """Set or drop the comment of an object.

    `kind` is table, column, constraint, index, or the word of a kind; `name` is its name as a
    Name or a string, or of a column, constraint or index that of its table, and `part` its own.
    """

    wire = "set_comment"
    old: str | None
    new: str | None
    kind: str
    name: Any
    part: str | None = None

    def apply(self, schema: model.Schema) -> model.Schema:
        if self.part is None:
            return self.of_object(schema)
        if self.kind == "column":
            values = {"comment": self.new}
            return own_columns.changed(schema, self.name, self.part, values, only=True)
        mapping = base.MAPPINGS[self.kind]
        parts = getattr(schema.tables[self.name], mapping)
        parts = base.put(parts, self.part, replace(parts[self.part], comment=self.new))
        return base.with_table(schema, self.name, **{mapping: parts})

    def of_object(self, schema: model.Schema) -> model.Schema:
        objects, kind = schema.of(self.kind), BY_WORD.get(self.kind)
        given = {} if kind is None else kind.given
        held = objects.get(self.name) or given[self.name]
        value = replace(held, comment=self.new)
        add = base.put if kind is None else kind.put
        return schema.with_(self.kind, add(objects, self.name, value))

    @property
    def summary(self) -> str:
        what = f"{self.kind} {self.name}"
        if self.kind == "column":
            what = f"column {wording.column(self.name, str(self.part))}"
        elif self.part is not None:
            what = f"{self.kind} {self.part} of table {self.name}"
        old, new = (one and quote_text(one) for one in (self.old, self.new))
        return wording.change(f"comment of {what}", old, new)
