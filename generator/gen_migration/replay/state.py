"""The state of a replay: the operations so far, and the schema after them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gen_migration.diff.inherited import inherited_change, let_go
from gen_migration.diff.same_parts import same_index
from gen_migration.model.automatic_names import sequence_name
from gen_migration.model.own_columns import (
    column_of,
    columns_of,
    own_parts,
    partitions,
    saying,
)
from gen_migration.model.partitions import origin_of
from gen_migration.model.schema import Check, ForeignKey, Index, Inherited, Schema
from gen_migration.operations.alterations import (
    AlterObject,
    DetachPartition,
    SetComment,
)
from gen_migration.operations.base import (
    CreateConstraint,
    CreateIndex,
    CreateObject,
    CreatePart,
    DropConstraint,
    DropIndex,
    DropObject,
    DropTable,
    SetSequenceOwner,
)
from gen_migration.operations.columns import (
    AddColumn,
    DropColumn,
    SetColumnDefault,
    SetColumnNullable,
    SetColumnType,
    SetNotNullName,
    Typing,
)
from gen_migration.postgres.names import Name, quote_text
from gen_migration.replay.evaluation.values import WAY_OUT, Position
from gen_migration.replay.merge import condensed, replaced

if TYPE_CHECKING:
    from gen_migration.base.errors import Error
    from gen_migration.kinds.kind import Kind
    from gen_migration.model.schema import Column, Constraint
    from gen_migration.operations.base import Operation
    from gen_migration.sql.partition_not_null import Naming


class Replay:
    """The operations so far, and the schema after them."""

    def __init__(self, schema: Schema, place: Position) -> None:
        self.schema = schema
        self.place = place
        self.operations: list[Operation] = []
        # Of partitions that are detached next.
        self.inherited_names: dict[Name, dict[str, str]] = {}
        # What NOT NULL is called of tables that are attached next.
        self.namings: dict[Name, list[Naming]] = {}
        # NOT NULL that is not validated yet: the column, by the table and the name.
        self.later: dict[tuple[Name, str], str] = {}

    def error(self, message: str, hint: str = WAY_OUT) -> Error:
        return self.place.error(message, hint)

    def cannot(self, what: str) -> Error:
        return self.error(f"this cannot be replayed without a database: {what}")

    def do(self, operation: Operation) -> None:
        """Add an operation. Raises Error when it does not fit the schema."""
        if is_there(operation, self.schema):
            raise self.error(
                f"{operation.summary}: it is there already",
                "the revisions before it create it: see what was edited",
            )
        try:
            after = operation.apply(self.schema)
        except (KeyError, ValueError) as error:
            raise self.error(
                f"{operation.summary}: {error} is not there",
                "the revisions before it do not create it, or drop it: see what was edited",
            ) from None
        self.operations = condensed(self.operations, operation, after)
        self.schema = after
        if isinstance(operation, CreatePart):
            self.take_parts(operation)

    def take_parts(self, whole: CreatePart) -> None:
        """Take away what was made on partitions first, to become a part of the whole's.

        PostgreSQL takes for it what is the same (CREATE INDEX, Notes).
        """
        found = [
            part
            for name in partitions(self.schema, whole.table)
            for key, one in getattr(self.schema.tables[name], whole.mapping).items()
            if is_part(one, whole.new)
            and (part := replace(whole, table=name, name=key, new=one))
            in self.operations
        ]
        for part in found:
            self.forget(part)
        if found and isinstance(whole, CreateConstraint):
            self.operations = replaced(self.operations)

    def forget(self, created: CreatePart) -> None:
        """Take back a creation of this revision."""
        self.operations.remove(created)
        self.schema = created.inverse().apply(self.schema)

    def table_of_index(self, name: Name) -> Name | None:
        """Return the table of an index."""
        for table, value in self.schema.tables.items():
            if table.schema == name.schema and name.name in value.indexes:
                return table
        return None

    def part_called(self, name: Name) -> tuple[Name, str] | None:
        """Return the partition that calls its part of an index so, and the name of the whole."""
        for table, value in self.schema.tables.items():
            for key, one in value.inherited.items():
                if table._replace(name=one.name or "") == name:
                    return table, key
        return None

    def part_of(self, table: Name, constraint: str) -> tuple[Name, str] | None:
        """Return a partition and the name of what it has from above and calls so."""
        value = self.schema.tables.get(table)
        if value is None or constraint in value.constraints:
            return None
        for key, one in value.inherited.items():
            if one.name == constraint:
                return table, key
        origin = origin_of(self.schema, table, constraint)
        if origin is None or not isinstance(origin[1], Check | ForeignKey):
            return None
        return table, constraint

    def set_part(self, table: Name, key: str, **changed: Any) -> None:
        """Change what a partition has otherwise of an index or a constraint above it."""
        old = self.schema.tables[table].inherited.get(key)
        new = replace(old or Inherited(), **changed)
        self.change_part(table, key, None if new == Inherited() else new)

    def change_part(self, table: Name, key: str, new: Inherited | None) -> None:
        old = self.schema.tables[table].inherited.get(key)
        if origin_of(self.schema, table, key) is None:
            raise self.error(f"{key} of a table above {table} is not there")
        self.do(inherited_change(self.schema, table, key, old, new))

    def name_part(self, table: Name, whole: Name, name: str | None) -> None:
        """Name a partition's part of an index or a key; None leaves that to PostgreSQL."""
        if table in self.schema.tables:
            self.set_part(table, whole.name, name=name)

    def let_go(self, table: Name, name: str) -> None:
        """Take away what partitions have otherwise of an index or a constraint that goes."""
        for one in let_go(self.schema, table, name):
            self.do(one)

    def has_constraint(self, table: Name, name: str) -> bool:
        """Tell whether a table is there, with a constraint of this name."""
        return (
            table in self.schema.tables
            and name in self.schema.tables[table].constraints
        )

    def table_of_constraint(self, name: Name) -> Name | None:
        """Return the table of the constraint that an index belongs to."""
        for table, value in self.schema.tables.items():
            found = value.constraints.get(name.name)
            if table.schema != name.schema or found is None:
                continue
            if not isinstance(found, Check | ForeignKey):
                return table
        return None

    def moved(self, name: Name, schema: str) -> Name:
        """Return a name in another schema; `public` is where names without a schema are."""
        named = {one.schema for one in self.schema.names}
        bare = schema == "public" and "public" not in named
        return name._replace(schema=None if bare else schema)

    def alter(self, kind: Kind, name: Any, new: Any) -> None:
        """Give an object another value."""
        old, new = kind.bare(self.schema.of(kind.word)[name]), kind.bare(new)
        if old != new:
            self.do(AlterObject(kind=kind.word, name=name, old=old, new=new))

    def comment(
        self, kind: str, name: Name, part: str | None, text: str | None
    ) -> None:
        found: Any = self.schema.tables.get(name)
        if found is not None and kind == "column":
            found = columns_of(self.schema, name).get(part or "")
        elif found is not None and part is not None:
            found = getattr(found, COMMENTED[kind]).get(part)
        if found is not None:
            self.do(
                SetComment(kind=kind, name=name, part=part, old=found.comment, new=text)
            )

    def drop_table(self, name: Name, *, cascade: bool = False) -> None:
        """Drop a table with its partitions; with `cascade`, what refers to it as well."""
        if name not in self.schema.tables:
            return
        for gone in (*reversed(partitions(self.schema, name)), name):
            if cascade:
                self.drop_references(gone)
            self.do(DropTable(name=gone, old=self.schema.tables[gone]))

    def drop_references(self, target: Name) -> None:
        """Drop the foreign keys of other tables that refer to a table."""
        for table, value in self.schema.tables.items():
            for name, old in value.constraints.items():
                if isinstance(old, ForeignKey) and old.referred_table == target:
                    self.do(DropConstraint(table=table, name=name, old=old))

    def drop_index(self, name: Name) -> None:
        table = self.table_of_index(name)
        if table is not None:
            self.let_go(table, name.name)
            old = self.schema.tables[table].indexes[name.name]
            self.do(DropIndex(table=table, name=name.name, old=old))

    def use_index(self, table: Name, name: str) -> None:
        """Take away an index that becomes a constraint; one that was just built never was."""
        old = self.schema.tables[table].indexes[name]
        created = CreateIndex(table=table, name=name, new=old)
        if created in self.operations:
            self.forget(created)
        else:
            self.do(created.inverse())

    def drop_column(self, table: Name, name: str) -> None:
        """Drop a column, with the constraints and indexes that go with it by themselves."""
        value = self.schema.tables[table]
        if name not in value.columns:
            raise self.error(f"the column {name} of table {table} is not there")
        for key, constraint in value.constraints.items():
            columns = getattr(constraint, "columns", ())
            if name in columns:
                self.let_go(table, key)
                self.do(DropConstraint(table=table, name=key, old=constraint))
        for key, index in value.indexes.items():
            if any(element.column == name for element in index.elements):
                self.let_go(table, key)
                self.do(DropIndex(table=table, name=key, old=index))
        own = own_parts(self.schema, table, name)
        old = value.columns[name]
        self.do(DropColumn(table=table, name=name, old=old, own=own))

    def set_type(self, table: Name, name: str, new: Typing, using: str | None) -> None:
        column = column_of(self.schema, table, name)
        old = Typing(column.type, column.collation)
        if column.type.is_serial and new.collation is None:
            # Its default and its sequence stay.
            new = Typing(new.type.serial)
        self.do(SetColumnType(table=table, name=name, old=old, new=new, using=using))

    def set_nullable(
        self, table: Name, name: str, *, new: bool, not_null: str | None = None
    ) -> None:
        """Allow NULL, or forbid it under a name; the name goes with NOT NULL."""
        column = column_of(self.schema, table, name)
        if column.nullable == new and self.schema.tables[table].partition_of:
            return  # it goes on to forbid NULL, whatever its parent does
        held = not_null if column.nullable and not new else column.not_null
        self.do(
            SetColumnNullable(
                table=table,
                name=name,
                old=column.nullable,
                new=new,
                not_null=held,
                says=saying(self.schema, table, name),
            )
        )

    def name_not_null(self, table: Name, name: str, new: str | None) -> None:
        """Give NOT NULL of a column of a table that is known a name."""
        if table in self.schema.tables:
            column = columns_of(self.schema, table).get(name)
            old = None if column is None else column.not_null
            self.do(SetNotNullName(table=table, name=name, old=old, new=new))

    def name_as(self, naming: Naming) -> None:
        """Give names to NOT NULL of a table that was detached, or is attached next."""
        if naming.way != "detached":
            self.namings.setdefault(naming.table, []).append(naming)
            return
        last = self.operations[-1] if self.operations else None
        if isinstance(last, DetachPartition) and last.table == naming.table:
            self.operations[-1] = replace(last, not_null=naming.columns)

    def set_default(
        self,
        table: Name,
        name: str,
        old: str | None,
        new: str | None,
        *,
        only: bool = False,
    ) -> None:
        """Set a default; that of a serial column is no default of the model."""
        column = column_of(self.schema, table, name)
        if column.type.is_serial and new is None and old is None:
            return
        operation = SetColumnDefault(
            table=table, name=name, old=old, new=new, only=only
        )
        if not self.becomes_serial(operation, column):
            self.do(operation)

    def becomes_serial(self, operation: SetColumnDefault, column: Column) -> bool:
        """Do what makes a serial column of an integer as the change of type that it is."""
        if len(self.operations) < 2 or operation.new is None:
            return False
        created, owned = self.operations[-2:]
        place = (operation.table, operation.name)
        sequence = sequence_name(*place)
        default = re.sub(r"::(pg_catalog\.)?regclass", "", operation.new)
        if (
            not isinstance(created, CreateObject)
            or created.kind != "sequence"
            or not isinstance(owned, SetSequenceOwner)
            or created.name != sequence
            or owned.new != place
            or default != f"nextval({quote_text(sequence.sql)})"
        ):
            return False
        del self.operations[-2:]
        held = self.schema.sequences[sequence]
        self.schema = DropObject(kind="sequence", name=sequence, old=held).apply(
            self.schema
        )
        self.set_type(*place, Typing(column.type.serial), None)
        return True

    def drop_sequence(self, name: Name) -> None:
        """Drop a sequence; without its own, a serial column is one of plain integers."""
        sequence = self.schema.sequences.get(name)
        if sequence is not None:
            self.do(DropObject(kind="sequence", name=name, old=sequence))
            return
        for table, value in self.schema.tables.items():
            for key, column in value.columns.items():
                if column.type.is_serial and sequence_name(table, key) == name:
                    old, new = Typing(column.type), Typing(column.type.plain)
                    self.do(SetColumnType(table=table, name=key, old=old, new=new))
                    return


def is_part(part: Constraint | Index, whole: Constraint | Index) -> bool:
    """Tell whether what a partition has can be its part of what comes to the whole."""
    if isinstance(part, Index) and isinstance(whole, Index):
        return same_index(part, whole)
    return replace(part, comment=whole.comment) == whole


def is_there(operation: Operation, schema: Schema) -> bool:
    """Tell whether a schema has what an operation creates."""
    match operation:
        case CreateObject(kind=kind, name=name):
            return name in schema.of(kind)
        case CreatePart(mapping=mapping, table=table, name=name):
            return name in getattr(schema.tables.get(table), mapping, ())
        case AddColumn(table=table, name=name) if table in schema.tables:
            return name in schema.tables[table].columns
    return False


COMMENTED = {"constraint": "constraints", "index": "indexes"}
