"""Renames, and moves to another schema: what refers to a thing follows it (`model`).

What follows a rename through a schema is imported when one is applied: a first revision asks the
classes alone.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, ClassVar

from gen_migration.base.data_class import dataclass, replace
from gen_migration.kinds import BY_WORD
from gen_migration.kinds.relations import followed, known_of
from gen_migration.model import marks
from gen_migration.model.given import checks_of, heirs
from gen_migration.model.own_columns import partitions
from gen_migration.model.partitions import origin_of
from gen_migration.operations import base

if TYPE_CHECKING:
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Rename(base.Operation):
    """Give an object of the schema another name; `noun` is what it is."""

    line = "rename {0.noun} {0.old} to {0.new}"
    noun: ClassVar[Any]
    old: Any
    new: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameObject(Rename):
    """Rename an object of a kind, inside of its schema where it is in one."""

    kind: str

    @property
    def wire(self) -> str:
        return f"rename_{base.wire_of(self.kind)}"

    @property
    def table(self) -> Name | None:
        """The relation that the object stands on."""
        return getattr(self.old, "holder", None)

    @property
    def noun(self) -> str:
        return self.kind

    def apply(self, schema: Schema) -> Schema:
        if self.old not in schema.of(self.kind):
            raise KeyError(self.old)
        after = BY_WORD[self.kind].renamed(schema, self.old, self.new)
        return self.followed(after, schema)

    def followed(self, after: Schema, before: Schema) -> Schema:
        """Return a schema whose objects call this one by its new name."""
        old, new = (self.kind, self.old), (self.kind, self.new)
        return followed(after, before, old, new)


class MoveObject(RenameObject):
    """Move an object of a kind to another schema."""

    line = "move {0.noun} {0.old} to {0.new}"

    @property
    def wire(self) -> str:
        return f"set_{base.wire_of(self.kind)}_schema"


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameTable(RenameObject):
    """Rename a table inside of its schema."""

    kind: str = field(default="table", init=False)
    old: Name
    new: Name

    def apply(self, schema: Schema) -> Schema:
        from gen_migration.model import table_renaming

        return self.followed(table_renaming.table(schema, self.old, self.new), schema)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveTable(MoveObject):
    """Move a table to another schema; the sequences that its columns own go along."""

    kind: str = field(default="table", init=False)
    old: Name
    new: Name

    def apply(self, schema: Schema) -> Schema:
        from gen_migration.model import object_renaming, table_renaming

        owned = [
            name
            for name, value in schema.sequences.items()
            if value.owned_by is not None and value.owned_by[0] == self.old
        ]
        for name in owned:
            moved = name._replace(schema=self.new.schema)
            after = object_renaming.sequence(schema, name, moved)
            both = ("sequence", name), ("sequence", moved)
            schema = followed(after, schema, *both)
        return self.followed(table_renaming.table(schema, self.old, self.new), schema)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameEnumValue(Rename):
    """Rename a value of an enum type; rows that hold it follow."""

    wire = "rename_enum_value"
    line = "rename value {0.old} of enum {0.name} to {0.new}"
    noun = "value"
    name: Name
    old: str
    new: str

    def apply(self, schema: Schema) -> Schema:
        from gen_migration.model import type_renaming

        after = type_renaming.enum_value(schema, self.name, self.old, self.new)
        old, new = ("value", self.name, self.old), ("value", self.name, self.new)
        return followed(after, schema, old, new)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameAttribute(Rename):
    """Rename an attribute of a composite type, and the column of its typed tables (`has_heirs`)."""

    wire = "rename_attribute"
    line = "rename attribute {0.old} of composite type {0.name} to {0.new}"
    noun = "attribute"
    name: Name
    old: str
    new: str
    has_heirs: bool = field(default=False, compare=False)

    def apply(self, schema: Schema) -> Schema:
        from gen_migration.model import type_renaming

        return type_renaming.attribute(schema, self.name, self.old, self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameColumnOfObject(Rename):
    """Rename a column of a relation that is no table: a view, or the like."""

    line = "rename column {0.old} of {0.kind} {0.name} to {0.new}"
    noun = "column"
    kind: str
    name: Name
    old: str
    new: str

    @property
    def wire(self) -> str:
        return f"rename_{base.wire_of(self.kind)}_column"

    def apply(self, schema: Schema) -> Schema:
        from gen_migration.model import table_renaming

        known, place = known_of(schema), (self.name, self.old, self.new)
        held = schema.of(self.kind)[self.name]
        value = BY_WORD[self.kind].column_renamed(held, known, *place)
        after = schema.with_(self.kind, {**schema.of(self.kind), self.name: value})
        after = table_renaming.column_of_object(after, known.labels, *place)
        old, new = ("column", self.name, self.old), ("column", self.name, self.new)
        return followed(after, schema, old, new)


class RenameColumnSequence(Rename):
    """Rename the sequence behind a serial or identity column, which a spec never names."""

    wire = "rename_column_sequence"
    noun = "sequence"
    old: Name
    new: Name

    def apply(self, schema: Schema) -> Schema:
        return schema


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameOfTable(Rename):
    """Rename what a table has."""

    line = "rename {0.noun} {0.old} of table {0.table} to {0.new}"
    table: Name
    old: str
    new: str


class RenameColumn(RenameOfTable):
    """Rename a column of a table, and of all that have it from there."""

    wire = "rename_column"
    noun = "column"

    def apply(self, schema: Schema) -> Schema:
        from gen_migration.model import table_renaming

        place = (self.table, self.old, self.new)
        after = table_renaming.column(schema, *place, known_of(schema).labels)
        old, new = ("column", self.table, self.old), ("column", self.table, self.new)
        return followed(after, schema, old, new)


class RenamePart(RenameOfTable):
    """Give a constraint or an index of a table another name."""

    def apply(self, schema: Schema) -> Schema:
        from gen_migration.model.renaming import rekeyed

        mapping = base.MAPPINGS[self.noun]
        held = getattr(schema.tables[self.table], mapping)
        parts = rekeyed(held, self.old, self.new)
        tables = {**base.with_table(schema, self.table, **{mapping: parts}).tables}
        tables[self.table] = marks.renamed(tables[self.table], self.old, self.new)
        for part in partitions(schema, self.table):
            below = schema.tables[part]
            origin = origin_of(schema, part, self.old)
            if self.old in below.inherited and origin and origin[0] == self.table:
                found = rekeyed(below.inherited, self.old, self.new)
                tables[part] = replace(below, inherited=found)
        if self.old in dict(checks_of(schema, self.table)):
            # A child may have it itself as well.
            for child in heirs(schema, self.table):
                if self.old in (own := tables[child].constraints):
                    both = rekeyed(own, self.old, self.new)
                    tables[child] = replace(tables[child], constraints=both)
        return replace(schema, tables=tables)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameConstraint(RenamePart):
    """Rename a constraint.

    `has_parts` tells that it is a foreign key which partitions have as well: PostgreSQL leaves them
    theirs.
    """

    wire = "rename_constraint"
    noun = "constraint"
    has_parts: bool = field(default=False, compare=False)


class RenameIndex(RenamePart):
    """Rename an index."""

    wire = "rename_index"
    noun = "index"
