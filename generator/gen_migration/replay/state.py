"""The state of a replay: the operations so far, and the schema after them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.diff.inherited import inherited_change, let_go
from gen_migration.diff.same_parts import settled
from gen_migration.kinds import access
from gen_migration.model.given import columns_of
from gen_migration.model.own_columns import partitions
from gen_migration.model.partitions import origin_of
from gen_migration.model.schema import ForeignKey, Index, Inherited, Schema
from gen_migration.operations import every as op
from gen_migration.replay import lookup
from gen_migration.replay.evaluation.values import WAY_OUT, Position
from gen_migration.replay.merge import condensed, replaced

if TYPE_CHECKING:
    from gen_migration.base.errors import Error
    from gen_migration.kinds.kind import Kind
    from gen_migration.model.schema import Constraint
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
        if wanted != old:
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
