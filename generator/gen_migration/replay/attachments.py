"""What `ALTER TABLE` makes a table of, as operations: a partition, an heir, one of a type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.diff.inherited import attached
from gen_migration.model import inheritance
from gen_migration.model.partitions import standalone
from gen_migration.model.schema import PartitionOf
from gen_migration.operations import every as op
from gen_migration.sql import tree as values

if TYPE_CHECKING:
    from gen_migration.postgres.names import Name
    from gen_migration.replay.state import Replay


def partition(command: Any) -> Any:
    """Return what a command attaches or detaches."""
    return values.definition(command).partition_cmd


def attach(replay: Replay, table: Name, command: Any) -> None:
    node = partition(command)
    name = values.relation(node.name)
    old = replay.schema.tables[name]
    place = PartitionOf(parent=table, bound=values.bound(node.bound))
    namings = {one.way: one.columns for one in replay.namings.pop(name, ())}
    new = attached(replay.schema, name, old, place, namings.get("own", ()))
    columns = namings.get("parent", ())
    replay.do(op.AttachPartition(table=name, old=old, new=new, not_null=columns))


def detach(replay: Replay, table: Name, command: Any) -> None:
    name = values.relation(partition(command).name)
    old = replay.schema.tables[name]
    new = standalone(replay.schema, name)
    names = replay.inherited_names.pop(name, {})
    replay.do(op.DetachPartition(table=name, old=old, new=new, names=names))


def inherit(replay: Replay, table: Name, command: Any) -> None:
    """Make a table a child of a parent, or none any more."""
    parent = values.relation(values.definition(command).range_var)
    old = replay.schema.tables[table]
    is_new = values.subtype(command) == "AT_AddInherit"
    if is_new == (parent in old.inherits):
        raise ValueError(f"{parent} is a parent already, or none: ALTER TABLE INHERIT")
    change = inheritance.with_parent if is_new else inheritance.without_parent
    new = change(replay.schema, old, parent)
    made = op.Inherit if is_new else op.NoInherit
    replay.do(made(table=table, parent=parent, old=old, new=new))


def set_type(replay: Replay, table: Name, command: Any) -> None:
    """Make a table one of a composite type."""
    of = values.dotted(values.definition(command).type_name.names)
    old = replay.schema.tables[table]
    new = inheritance.with_type(replay.schema, old, of)
    replay.do(op.MakeTyped(table=table, of=of, old=old, new=new))


def unset_type(replay: Replay, table: Name, command: Any) -> None:
    """Make a typed table one of its own."""
    old = replay.schema.tables[table]
    if old.of_type is None:
        raise ValueError(f"{table} is of no type: NOT OF")
    new = inheritance.without_type(replay.schema, old)
    replay.do(op.MakeUntyped(table=table, of=old.of_type, old=old, new=new))
