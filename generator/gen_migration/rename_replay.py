"""`ALTER … RENAME` of a revision's SQL as operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration import not_null
from gen_migration import sql_values as values
from gen_migration.renames import (
    RenameColumn,
    RenameColumnSequence,
    RenameConstraint,
    RenameEnum,
    RenameIndex,
    RenameSchema,
    RenameSequence,
    RenameTable,
)

if TYPE_CHECKING:
    from gen_migration.replay import Replay
    from gen_migration.sql import Name


def rename(replay: Replay, node: Any) -> None:
    """Do `ALTER … RENAME`."""
    found = node.DESCRIPTOR.fields_by_name["rename_type"].enum_type
    kind = found.values_by_number[node.rename_type].name.removeprefix("OBJECT_")
    schema, new = replay.schema, node.newname
    if kind == "SCHEMA":
        if node.subname in schema.schemas:
            replay.do(RenameSchema(old=node.subname, new=new))
        return
    if kind == "TYPE":
        enum = values.dotted(node.object.list.items)
        if enum in schema.enums:
            replay.do(RenameEnum(old=enum, new=enum._replace(name=new)))
        return
    if not node.HasField("relation"):
        return
    name = values.relation(node.relation)
    if kind == "COLUMN" and name in schema.tables:
        replay.do(RenameColumn(table=name, old=node.subname, new=new))
    elif kind == "TABCONSTRAINT" and name in schema.tables:
        column = not_null.holder(schema, name, node.subname)
        if column is not None:
            replay.name_not_null(name, column, new)
        else:
            replay.do(RenameConstraint(table=name, old=node.subname, new=new))
    elif kind in {"TABLE", "INDEX", "SEQUENCE"}:
        rename_relation(replay, name, new, is_index=kind == "INDEX")


def rename_relation(replay: Replay, name: Name, new: str, *, is_index: bool) -> None:
    schema, target = replay.schema, name._replace(name=new)
    owner = replay.table_of_index(name)
    if name in schema.tables:
        replay.do(RenameTable(old=name, new=target))
    elif name in schema.sequences:
        replay.do(RenameSequence(old=name, new=target))
    elif owner is not None:
        replay.do(RenameIndex(table=owner, old=name.name, new=new))
    else:
        constraint = replay.table_of_constraint(name)
        if constraint is not None:
            replay.do(RenameConstraint(table=constraint, old=name.name, new=new))
        elif not is_index:  # else it is a partition's part of another
            replay.do(RenameColumnSequence(old=name, new=target))
