"""`ALTER … RENAME` of a revision's SQL as operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.kinds import BY_CALLED, KINDS
from gen_migration.model import not_null_names
from gen_migration.operations.renames import (
    RenameColumn,
    RenameColumnSequence,
    RenameConstraint,
    RenameIndex,
    RenameObject,
    RenameTable,
)
from gen_migration.sql import tree as values

if TYPE_CHECKING:
    from gen_migration.postgres.names import Name
    from gen_migration.replay.state import Replay


def rename(replay: Replay, node: Any) -> None:
    """Do `ALTER … RENAME`."""
    kind = values.word(node, "rename_type")
    schema, new = replay.schema, node.newname
    if not node.HasField("relation"):
        part = next((one for one in KINDS if one.part == kind), None)
        if part is not None:
            renamed_part = part.read_rename(node, schema.of(part.word))
            if renamed_part is not None:
                replay.alter(part, *renamed_part)
            return
        of = BY_CALLED.get(kind)
        if of is not None:
            old = values.object_name(node.object) if of.in_schema else node.subname
            renamed = old._replace(name=new) if of.in_schema else new
            if old in schema.of(of.word):
                replay.do(RenameObject(kind=of.word, old=old, new=renamed))
        return
    name = values.relation(node.relation)
    if kind == "COLUMN" and name in schema.tables:
        replay.do(RenameColumn(table=name, old=node.subname, new=new))
    elif kind == "TABCONSTRAINT" and name in schema.tables:
        column = not_null_names.holder(schema, name, node.subname)
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
        replay.do(RenameObject(kind="sequence", old=name, new=target))
    elif owner is not None:
        replay.do(RenameIndex(table=owner, old=name.name, new=new))
    else:
        constraint = replay.table_of_constraint(name)
        part = replay.part_called(name)
        if constraint is not None:
            replay.do(RenameConstraint(table=constraint, old=name.name, new=new))
        elif part is not None:
            replay.set_part(*part, name=new)
        elif not is_index:  # else it is a partition's part of another
            replay.do(RenameColumnSequence(old=name, new=target))
