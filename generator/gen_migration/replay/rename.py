"""`ALTER … RENAME` of a revision's SQL as operations."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.kinds import KINDS, called_so, of_part
from gen_migration.kinds.relations import Known
from gen_migration.model import not_null_names
from gen_migration.model.automatic_names import given_sequence
from gen_migration.operations import every as op
from gen_migration.postgres.names import member
from gen_migration.replay import columns, lookup
from gen_migration.sql import tree as values

if TYPE_CHECKING:
    from gen_migration.kinds.kind import Kind
    from gen_migration.postgres.names import Name
    from gen_migration.replay.state import Replay


def rename(replay: Replay, node: Any) -> None:
    """Do `ALTER … RENAME`."""
    kind, new = values.word(node, "rename_type"), node.newname
    if not node.HasField("relation"):
        rename_object(replay, kind, node)
        return
    name = values.relation(node.relation)
    member_kind = next(
        (one for one in KINDS if one.parsed == kind and one.holders), None
    )
    if kind == "ATTRIBUTE":
        if name in replay.schema.of("composite type"):
            replay.do(op.RenameAttribute(name=name, old=node.subname, new=new))
    elif member_kind is not None:
        old, word = member(name, node.subname), member_kind.word
        if old in replay.schema.of(word):
            replay.do(op.RenameObject(kind=word, old=old, new=old._replace(name=new)))
    elif (of := lookup.relation(replay.schema, name)) is not None:
        rename_like_table(replay, of, name, node)
    elif kind in {"TABLE", "INDEX", "SEQUENCE"}:
        rename_relation(replay, name, new, is_index=kind == "INDEX")
    elif name in replay.schema.tables:  # else it is of others
        rename_in_table(replay, name, kind, node)


def rename_in_table(replay: Replay, name: Name, kind: str, node: Any) -> None:
    """Do the rename of a column or of a constraint of a table."""
    old, new = node.subname, node.newname
    if kind == "COLUMN":
        replay.do(op.RenameColumn(table=name, old=old, new=new))
    elif kind == "TABCONSTRAINT":
        column = not_null_names.holder(replay.schema, name, old)
        if column is not None:
            given = not_null_names.given_name(name.name, column, new)
            columns.name_not_null(replay, name, column, given)
        else:
            replay.do(op.RenameConstraint(table=name, old=old, new=new))


def rename_like_table(replay: Replay, of: Kind, name: Name, node: Any) -> None:
    """Do the rename of an object that `ALTER TABLE` takes for a table."""
    if values.word(node, "rename_type") == "COLUMN":
        value, both = replay.schema.of(of.word)[name], (node.subname, node.newname)
        with suppress(KeyError):  # which is told with the operation
            of.column_renamed(value, Known(replay.schema), name, *both)
        key: dict[str, Any] = {"kind": of.word, "name": name}
        replay.do(op.RenameColumnOfObject(**key, old=both[0], new=both[1]))
        return
    new = name._replace(name=node.newname)
    replay.do(op.RenameObject(kind=of.word, old=name, new=new))


def rename_object(replay: Replay, called: str, node: Any) -> None:
    """Do the rename of an object of a kind, or of a part of one."""
    whole = of_part(called)
    if whole is not None:
        found = whole.read_rename(node, replay.schema.of(whole.word))
        if found is not None:
            replay.alter(whole, *found)
        return
    if not node.HasField("object"):  # it is in no schema
        old: Any = node.subname
        of = called_so(replay.schema, called, old)
        if of is not None and old in replay.schema.of(of.word):
            replay.do(op.RenameObject(kind=of.word, old=old, new=node.newname))
        return
    found = lookup.object_called(replay.schema, called, node.object)
    if found is not None:
        of, old = found
        is_bare = isinstance(old, str)
        new = node.newname if is_bare else old._replace(name=node.newname)
        replay.do(op.RenameObject(kind=of.word, old=old, new=new))


def name_sequence(replay: Replay, table: Name, column: str, new: str) -> None:
    """Name the sequence of an identity."""
    value = replay.schema.tables[table].columns[column]
    assert value.identity is not None  # noqa: S101 - it has the sequence
    named = replace(value.identity, sequence=given_sequence(table, column, new))
    key: dict[str, Any] = {"table": table, "name": column, "type": value.type.name}
    replay.do(op.SetColumnIdentity(**key, old=value.identity, new=named))


def rename_relation(replay: Replay, name: Name, new: str, *, is_index: bool) -> None:
    schema, target = replay.schema, name._replace(name=new)
    if name in schema.tables:
        replay.do(op.RenameTable(old=name, new=target))
    elif name in schema.sequences:
        replay.do(op.RenameObject(kind="sequence", old=name, new=target))
    elif (table := lookup.table_of_index(replay.schema, name)) is not None:
        replay.do(op.RenameIndex(table=table, old=name.name, new=new))
    elif (table := lookup.table_of_constraint(replay.schema, name)) is not None:
        replay.do(op.RenameConstraint(table=table, old=name.name, new=new))
    elif (part := lookup.part_called(replay.schema, name)) is not None:
        replay.set_part(*part, name=new)
    elif (held := lookup.index_of_object(replay.schema, name)) is not None:
        replay.set_index(held[0], name.name, None)
        replay.set_index(held[0], new, held[1])
    elif (column := lookup.identity_column(replay.schema, name)) is not None:
        name_sequence(replay, *column, target.name)
    elif not is_index:  # else it is a partition's part of another
        replay.do(op.RenameColumnSequence(old=name, new=target))
