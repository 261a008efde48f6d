"""Changes of tables that are there: their properties, and whether they are partitions."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, ClassVar

from gen_migration.base.data_class import dataclass, replace
from gen_migration.model.marks import MEANWHILE, marked
from gen_migration.operations import base
from gen_migration.sql import ddl

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from gen_migration.model import schema as model
    from gen_migration.postgres.names import Name


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTable(base.Alteration):
    """Give one property of a table another value."""

    field: ClassVar[str]
    what = "{0.field} of table {0.table}"
    old: Any
    new: Any
    table: Name

    def apply(self, schema: model.Schema) -> model.Schema:
        return base.with_table(schema, self.table, **{self.field: self.new})


class SetTableStorage(SetTable):
    """Set and reset storage parameters of a table."""

    wire = "set_table_storage"
    what = "storage parameters of table {0.table}"
    field = "storage_parameters"
    old: model.Parameters
    new: model.Parameters


class SetTableUnlogged(SetTable):
    """Make a table unlogged, or logged; PostgreSQL writes it anew."""

    wire = "set_table_unlogged"
    field = "unlogged"
    old: bool
    new: bool

    @property
    def summary(self) -> str:
        return f"make table {self.table} {'unlogged' if self.new else 'logged'}"


class SetTableTablespace(SetTable):
    """Move a table to another tablespace; None is the database's own."""

    wire = "set_table_tablespace"
    field = "tablespace"
    old: str | None
    new: str | None


class SetTableRowSecurity(SetTable):
    """Switch row level security of a table on or off; None is off."""

    wire = "set_table_row_security"
    what = "row level security of table {0.table}"
    field = "row_security"
    old: model.RowSecurity | None
    new: model.RowSecurity | None


class SetTableAccessMethod(SetTable):
    """Keep the rows of a table in another way (PostgreSQL 15); it is written anew."""

    wire = "set_table_access_method"
    what = "access method of table {0.table}"
    field = "access_method"
    old: str | None
    new: str | None


class SetMark(SetTable):
    """Mark an index of a table, or take the mark off it."""


class SetReplicaIdentity(SetMark):
    """Set what logical replication knows an old row by; None is the primary key."""

    wire = "set_replica_identity"
    what = "replica identity of table {0.table}"
    field = "replica_identity"
    old: model.ReplicaIdentity | None
    new: model.ReplicaIdentity | None

    def said(self, value: model.ReplicaIdentity | None) -> str | None:
        return None if value is None else ddl.replica_identity(value)


class SetClustering(SetMark):
    """Set the index by which CLUSTER orders the rows of a table."""

    wire = "set_clustering"
    what = "clustering of table {0.table}"
    field = "cluster_on"
    old: str | None
    new: str | None


class SetPartitionBound(SetTable):
    """Give a partition another bound.

    A composite: the plan detaches it and attaches it again.
    """

    wire = "set_partition_bound"
    what = "bound of partition {0.table}"
    field = "partition_of"
    old: model.PartitionOf
    new: model.PartitionOf


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPartition(base.Operation):
    """Replace a table that stands alone by a partition of its rows, or the other way round.

    `names` are what keys and indexes are to be called that the parent gave, by its own names;
    `not_null` the columns whose NOT NULL is called as the parent's while it is a partition.
    """

    old: model.Table
    new: model.Table
    table: Name
    names: Mapping[str, str] = field(default_factory=dict)
    not_null: tuple[str, ...] = ()

    def apply(self, schema: model.Schema) -> model.Schema:
        return replace(schema, tables=base.put(schema.tables, self.table, self.new))


class AttachPartition(SetPartition):
    """Make a table a partition."""

    wire = "attach_partition"
    line = "attach partition {0.table} to {0.new.partition_of.parent}"


class DetachPartition(SetPartition):
    """Make a partition a table of its own."""

    wire = "detach_partition"
    line = "detach partition {0.table} from {0.old.partition_of.parent}"


base.opposites(AttachPartition, DetachPartition)


def unmarked(
    table: Name, value: model.Table, indexes: Collection[str]
) -> Iterator[SetMark]:
    """Yield what takes the marks of a table off indexes that go."""
    for kind in (SetReplicaIdentity, SetClustering):
        held = getattr(value, kind.field)
        if marked(held) in indexes:
            meanwhile = MEANWHILE[kind.field]
            yield kind(table=table, old=held, new=meanwhile)
