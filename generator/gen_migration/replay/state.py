"""The state of a replay: the operations so far, and the schema after them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.diff.inherited import inherited_change, let_go
from gen_migration.diff.same_parts import settled
from gen_migration.kinds import access
from gen_migration.model.automatic_names import sequence_name, with_given_sequence
from gen_migration.model.given import column_of, columns_of
from gen_migration.model.not_null_names import default_name
from gen_migration.model.own_columns import (
    own_of_new,
    own_parts,
    partitions,
    said,
    saying,
)
from gen_migration.model.partitions import origin_of
from gen_migration.model.schema import (
    ForeignKey,
    Index,
    Inherited,
    NotNullState,
    Schema,
)
from gen_migration.operations import every as op
from gen_migration.replay import lookup
from gen_migration.replay.evaluation.values import WAY_OUT, Position
from gen_migration.replay.merge import condensed, replaced, without_put_off

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.base.errors import Error
    from gen_migration.kinds.kind import Kind
    from gen_migration.model.schema import Column, Constraint
    from gen_migration.postgres.names import Name
    from gen_migration.sql.partition_not_null import Naming


class Replay:
    """The operations so far, and the schema after them."""

    def __init__(self, schema: Schema, place: Position) -> None:
        self.schema = schema
        self.place = place
        self.operations: list[op.Operation] = []
        # What leaves no trace in the schema, in its words, each with its line.
        self.passed: list[tuple[int, str]] = []
        # Of partitions that are detached next.
        self.inherited_names: dict[Name, dict[str, str]] = {}
        # What NOT NULL is called of tables that are attached next.
        self.namings: dict[Name, list[Naming]] = {}
        # NOT NULL that is not validated yet: the column, and its name where that is given, by the
        # table and the name.
        self.later: dict[tuple[Name, str], tuple[str, str | None]] = {}

    def error(self, message: str, hint: str = WAY_OUT) -> Error:
        return self.place.error(message, hint)

    def cannot(self, what: str) -> Error:
        return self.error(f"this cannot be replayed without a database: {what}")

    def pass_over(self, what: str) -> None:
        """Note what is done to rows or to the server, which is no part of a schema."""
        self.passed.append((self.place.start + self.place.line, " ".join(what.split())))

    def do(self, operation: op.Operation) -> None:
        """Add an operation. Raises Error when it does not fit the schema."""
        if is_there(operation, self.schema):
            raise self.error(
                f"{operation.summary}: it is there already",
                "the revisions before it create it: see what was edited",
            )
        if isinstance(operation, op.CreateObject):
            operation = self.with_grants(operation)
        try:
            after = operation.apply(self.schema)
        except (KeyError, ValueError) as error:
            raise self.error(
                f"{operation.summary}: {error} is not there",
                "the revisions before it do not create it, or drop it: see what was edited",
            ) from None
        self.operations = condensed(self.operations, operation, after)
        self.schema = after
        if isinstance(operation, op.CreatePart):
            self.take_parts(operation)

    def with_grants(self, created: op.CreateObject) -> op.CreateObject:
        """Return a creation with the grants that default privileges give to what it creates."""
        found = access.at_first(self.schema, created.kind, created.name, None)
        if found is None:
            return created
        return replace(created, new=replace(created.new, grants=found))

    def take_parts(self, whole: op.CreatePart) -> None:
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
        if found and isinstance(whole, op.CreateConstraint):
            self.operations = replaced(self.operations)

    def forget(self, created: op.CreatePart) -> None:
        """Take back a creation of this revision."""
        self.operations.remove(created)
        self.schema = created.inverse().apply(self.schema)

    def rewrite(self, created: op.CreatePart, new: op.CreatePart) -> None:
        """Let a creation of this revision be of another value."""
        self.operations[self.operations.index(created)] = new
        self.schema = new.apply(created.inverse().apply(self.schema))

    def set_part(self, table: Name, key: str, **changed: Any) -> None:
        """Change what a partition has otherwise of an index or a constraint above it."""
        old = self.schema.tables[table].inherited.get(key)
        new = replace(old or Inherited(), **changed)
        if origin_of(self.schema, table, key) is None:
            raise self.error(f"{key} of a table above {table} is not there")
        wanted = None if new == Inherited() else new
        self.do(inherited_change(self.schema, table, key, old, wanted))

    def name_part(self, table: Name, whole: Name, name: str | None) -> None:
        """Name a partition's part of an index or a key; None leaves that to PostgreSQL."""
        if table in self.schema.tables:
            self.set_part(table, whole.name, name=name)

    def alter(self, kind: Kind, name: Any, new: Any) -> None:
        """Give an object another value."""
        old, new = kind.bare(self.schema.of(kind.word)[name]), kind.bare(new)
        if old != new:
            self.do(op.AlterObject(kind=kind.word, name=name, old=old, new=new))

    def comment(
        self, kind: str, name: Name, part: str | None, text: str | None
    ) -> None:
        """Set a comment of a table, or of a part of it; nothing is done for those of others."""
        found: Any = self.schema.tables.get(name)
        if found is not None and kind == "column":
            found = columns_of(self.schema, name).get(part or "")
        elif found is not None and part is not None:
            found = getattr(found, op.MAPPINGS[kind]).get(part)
        if found is not None:
            key: dict[str, Any] = {"kind": kind, "name": name, "part": part}
            self.do(op.SetComment(**key, old=found.comment, new=text))

    def add_column(
        self,
        table: Name,
        name: str,
        column: Column,
        constraints: Mapping[str, Constraint],
    ) -> None:
        """Add a column to a table and its partitions, with the constraints that come along."""
        column = with_given_sequence(table, name, column)
        own = own_of_new(self.schema, table, column)
        self.do(op.AddColumn(table=table, name=name, new=column, own=own))
        for key, constraint in constraints.items():
            self.do(op.CreateConstraint(table=table, name=key, new=constraint))

    def drop_table(self, name: Name, *, cascade: bool = False) -> None:
        """Drop a table with its partitions; with `cascade`, what refers to it as well."""
        if name not in self.schema.tables:
            return
        for gone in (*reversed(partitions(self.schema, name)), name):
            if cascade:
                self.drop_references(gone)
            self.do(op.DropTable(name=gone, old=self.schema.tables[gone]))

    def drop_references(self, target: Name) -> None:
        """Drop the foreign keys of other tables that refer to a table."""
        for table, value in self.schema.tables.items():
            for name, old in value.constraints.items():
                if isinstance(old, ForeignKey) and old.referred_table == target:
                    self.do(op.DropConstraint(table=table, name=name, old=old))

    def drop_part(self, gone: op.DropPart) -> None:
        """Drop an index or a constraint, with what partitions have otherwise of it."""
        for one in let_go(self.schema, gone.table, gone.name):
            self.do(one)
        for mark in op.unmarked(
            gone.table, self.schema.tables[gone.table], [gone.name]
        ):
            # Rows are then known as by default, once the index is gone.
            self.do(replace(mark, new=None))
        self.do(gone)

    def set_index(self, of: Name, name: str, index: Index | None) -> None:
        """Give what is no table an index, or take it away."""
        kind = lookup.relation(self.schema, of)
        if kind is not None:
            old = self.schema.of(kind.word)[of]
            self.alter(kind, of, kind.read_index(old, name, index))

    def drop_index(self, name: Name) -> None:
        held = lookup.index_of_object(self.schema, name)
        if held is not None:
            self.set_index(held[0], name.name, None)
        table = lookup.table_of_index(self.schema, name)
        if table is not None:
            old = self.schema.tables[table].indexes[name.name]
            self.drop_part(op.DropIndex(table=table, name=name.name, old=old))

    def use_index(self, table: Name, name: str) -> None:
        """Take away an index that becomes a constraint; one that was just built never was."""
        old = self.schema.tables[table].indexes[name]
        created = op.CreateIndex(table=table, name=name, new=old)
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
            if name in getattr(constraint, "columns", ()):
                gone = op.DropConstraint(table=table, name=key, old=constraint)
                self.drop_part(gone)
        for key, index in value.indexes.items():
            if any(element.column == name for element in index.elements):
                self.drop_part(op.DropIndex(table=table, name=key, old=index))
        own = own_parts(self.schema, table, name)
        old = value.columns[name]
        self.do(op.DropColumn(table=table, name=name, old=old, own=own))

    def set_type(
        self, table: Name, name: str, new: op.Typing, using: str | None
    ) -> None:
        column = column_of(self.schema, table, name)
        old = op.Typing(column.type, column.collation)
        if column.type.is_serial and new.collation is None:
            # Its default and its sequence stay.
            new = op.Typing(new.type.serial)
        self.do(op.SetColumnType(table=table, name=name, old=old, new=new, using=using))

    def set_nullable(
        self,
        table: Name,
        name: str,
        *,
        new: bool,
        not_null: str | None = None,
        state: NotNullState | None = None,
    ) -> None:
        """Allow NULL, or forbid it under a name; the name goes with NOT NULL."""
        column = column_of(self.schema, table, name)
        old = column.nullable
        at = self.schema.tables[table]
        if old == new and (at.partition_of or said(at, name)[0] != new):
            return  # it goes on to forbid NULL, whatever its parent does
        if not old or new:
            not_null, state = column.not_null, column.not_null_state
        says = saying(self.schema, table, name)
        key: dict[str, Any] = {"table": table, "name": name, "says": says}
        held = op.SetColumnNullable(
            **key, old=old, new=new, not_null=not_null, state=state
        )
        self.do(held)

    def set_not_null(self, table: Name, name: str, **changed: Any) -> None:
        """Change what the NOT NULL of a column is beside its name."""
        column = column_of(self.schema, table, name)
        old, chosen = column.not_null_state, default_name(table.name, name)
        new = replace(old or NotNullState(), **changed)
        wanted = None if new == NotNullState() else new
        self.do(
            op.SetNotNullState(
                table=table,
                name=name,
                constraint=column.not_null or chosen,
                old=old,
                new=wanted,
            )
        )

    def validate_not_null(self, table: Name, name: str, called: str | None) -> None:
        """Make a NOT NULL valid that this revision has put off until here."""
        column = column_of(self.schema, table, name)
        key: dict[str, Any] = {"table": table, "name": name, "old": True, "new": False}
        says = saying(self.schema, table, name)
        put_off = op.SetColumnNullable(
            **key, not_null=column.not_null, state=column.not_null_state, says=says
        )
        state = replace(column.not_null_state or NotNullState(), not_valid=False)
        self.operations = without_put_off(self.operations, put_off)
        self.schema = put_off.inverse().apply(self.schema)
        if state == NotNullState():
            self.set_nullable(table, name, new=False, not_null=called)
        else:
            name_of = column.not_null
            self.set_nullable(table, name, new=False, not_null=name_of, state=state)

    def name_not_null(self, table: Name, name: str, new: str | None) -> None:
        """Give NOT NULL of a column of a table that is known a name."""
        if table in self.schema.tables:
            column = columns_of(self.schema, table).get(name)
            old = None if column is None else column.not_null
            self.do(op.SetNotNullName(table=table, name=name, old=old, new=new))

    def name_as(self, naming: Naming) -> None:
        """Give names to NOT NULL of a table that was detached, or is attached next."""
        if naming.way != "detached":
            self.namings.setdefault(naming.table, []).append(naming)
            return
        last = self.operations[-1] if self.operations else None
        if (
            isinstance(last, op.DetachPartition | op.NoInherit)
            and last.table == naming.table
        ):
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
        if new is None or not self.becomes_serial(table, name, new):
            key: dict[str, Any] = {"table": table, "name": name, "only": only}
            self.do(op.SetColumnDefault(**key, old=old, new=new))

    def becomes_serial(self, table: Name, name: str, default: str) -> bool:
        """Do what makes a serial column of an integer as the change of type that it is."""
        sequence = sequence_name(table, name)
        match self.operations[-2:]:
            case [
                op.CreateObject(kind="sequence", name=created, new=held),
                op.SetSequenceOwner(new=owner),
            ] if (created, owner) == (sequence, (table, name)):
                default = re.sub(r"::(pg_catalog\.)?regclass", "", default)
                if default != op.next_value(sequence):
                    return False
                del self.operations[-2:]
                gone = op.DropObject(kind="sequence", name=sequence, old=held)
                self.schema = gone.apply(self.schema)
                column = column_of(self.schema, table, name)
                self.set_type(table, name, op.Typing(column.type.serial), None)
                return True
        return False

    def drop_sequence(self, name: Name) -> None:
        """Drop a sequence; without its own, a serial column is one of plain integers."""
        sequence = self.schema.sequences.get(name)
        if sequence is not None:
            self.do(op.DropObject(kind="sequence", name=name, old=sequence))
            return
        found = lookup.serial_column(self.schema, name)
        if found is not None:
            table, key, column = found
            old, new = op.Typing(column.type), op.Typing(column.type.plain)
            self.do(op.SetColumnType(table=table, name=key, old=old, new=new))


def is_part(part: Constraint | Index, whole: Constraint | Index) -> bool:
    """Tell whether what a partition has can be its part of what comes to the whole."""
    return bool(settled(part, whole) == whole)


def is_there(operation: op.Operation, schema: Schema) -> bool:
    """Tell whether a schema has what an operation creates."""
    match operation:
        case op.CreateObject(kind=kind, name=name):
            return name in schema.of(kind)
        case op.CreatePart(mapping=mapping, table=table, name=name):
            return name in getattr(schema.tables.get(table), mapping, ())
        case op.AddColumn(table=table, name=name) if table in schema.tables:
            return name in schema.tables[table].columns
    return False
