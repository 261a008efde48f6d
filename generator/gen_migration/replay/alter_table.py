"""`ALTER TABLE` of a revision's SQL as operations."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.kinds import BY_WORD, KINDS
from gen_migration.model import not_null_names
from gen_migration.model.given import columns_of, has_heirs
from gen_migration.model.schema import NotNullState, ReplicaIdentity
from gen_migration.operations import every as op
from gen_migration.replay import access, columns, lookup
from gen_migration.replay.alter_column import COMMANDS as COLUMN_COMMANDS
from gen_migration.replay.alter_constraints import (
    add_constraint,
    alter_constraint,
    constraint_of,
    drop_constraint,
    validate,
)
from gen_migration.replay.alter_index import alter_index
from gen_migration.replay.attachments import (
    attach,
    detach,
    inherit,
    set_type,
    unset_type,
)
from gen_migration.replay.settings import OF_TABLE, PROPERTIES, change, set_property
from gen_migration.sql import tree as values
from gen_migration.sql import tree_columns, tree_constraints

if TYPE_CHECKING:
    from collections.abc import Callable

    from gen_migration.kinds.kind import Kind
    from gen_migration.postgres.names import Name
    from gen_migration.replay.state import Replay


CHANGE_OWNER = "AT_ChangeOwner"


def alter_table(replay: Replay, node: Any) -> None:
    """Do an `ALTER TABLE` with all of its commands; also those of what is no table."""
    name, schema = values.relation(node.relation), replay.schema
    for one in (one.alter_table_cmd for one in node.cmds):
        if values.subtype(one) == CHANGE_OWNER:
            access.alter_table_owner(replay, name, one.newowner)
    if (kind := lookup.relation(schema, name)) is not None:
        found, value = kind.read_alter_table(node, schema)
        reorder(replay, kind, found, value)
        replay.alter(kind, found, value)
        return
    commands = [
        one.alter_table_cmd
        for one in node.cmds
        if values.subtype(one.alter_table_cmd) != CHANGE_OWNER
    ]
    if name in schema.tables and replaced_constraint(replay, name, commands):
        return
    for command in commands:
        if name in schema.tables:
            alter(replay, name, command, only=not node.relation.inh)
        elif name in schema.sequences:
            alter_sequence(replay, name, command)
        else:
            alter_index(replay, name, command)


def reorder(replay: Replay, kind: Kind, name: Name, value: Any) -> None:
    """Do what brings the attributes of a type into another order, where nothing else changes."""
    old = replay.schema.of(kind.word)[name]
    held, found = getattr(old, "attributes", {}), getattr(value, "attributes", {})
    if held == found and [*held] != [*found]:
        replay.do(
            op.ReorderAttributes(
                name=name, old=tuple(held), new=tuple(found), attributes=held
            )
        )


def alter(replay: Replay, table: Name, command: Any, *, only: bool) -> None:
    """Do one command; with `only`, partitions keep what they have."""
    kind = values.subtype(command)
    if kind in COMMANDS:
        COMMANDS[kind](replay, table, command)
    elif kind in PROPERTIES:
        held = replay.schema.tables[table]
        set_property(replay, OF_TABLE, held, command, table)
    elif kind in COLUMN_COMMANDS:
        column = columns_of(replay.schema, table).get(command.name)
        if column is None:
            raise ValueError(f"the column {command.name} is not there: ALTER COLUMN")
        alone = only and has_heirs(replay.schema, table)
        if alone and kind not in ALONE:
            raise ValueError(f"ALTER TABLE ONLY ({kind.removeprefix('AT_')})")
        more = {"only": True} if alone else {}
        COLUMN_COMMANDS[kind](replay, table, command, column, **more)
    else:
        raise ValueError(f"ALTER TABLE ({kind.removeprefix('AT_')})")


def alter_sequence(replay: Replay, name: Name, command: Any) -> None:
    """Do a command of `ALTER TABLE` that makes a sequence logged or not; no other is of a spec."""
    held = replay.schema.sequences[name]
    if PROPERTIES.get(values.subtype(command)) == "unlogged":
        _, unlogged = change(held, command)
        replay.alter(BY_WORD["sequence"], name, replace(held, unlogged=unlogged))


# What partitions need not follow.
ALONE = frozenset(
    (
        *("AT_ColumnDefault", "AT_SetStorage", "AT_DropNotNull"),
        *("AT_SetStatistics", "AT_SetOptions", "AT_ResetOptions"),
    )
)


def replaced_constraint(replay: Replay, name: Name, commands: list[Any]) -> bool:
    """Do `DROP CONSTRAINT a, ADD CONSTRAINT a …` as the one change that it is."""
    kinds = [values.subtype(one) for one in commands]
    if kinds != ["AT_DropConstraint", "AT_AddConstraint"]:
        return False
    node = values.definition(commands[1]).constraint
    key = node.conname
    column = not_null_names.holder(replay.schema, name, commands[0].name)
    if tree_constraints.contype(node) == "NOTNULL" and key == commands[0].name:
        state = tree_constraints.not_null_state(node) or NotNullState()
        if column is None or values.strings(node.keys) != (column,):
            return False
        columns.set_not_null(
            replay,
            name,
            column,
            **{one.name: getattr(state, one.name) for one in fields(state)},
        )
        return True
    old = replay.schema.tables[name].constraints.get(key)
    if key != commands[0].name or old is None:
        return False
    new = constraint_of(replay, name, node)
    replay.do(op.AlterConstraint(table=name, name=key, old=old, new=new))
    return True


def add_column(replay: Replay, table: Name, command: Any) -> None:
    node = values.definition(command).column_def
    name, column, constraints = tree_columns.column(node, replay.schema.enums)
    if not (command.missing_ok and name in replay.schema.tables[table].columns):
        columns.add_column(replay, table, name, column, constraints)


def drop_column(replay: Replay, table: Name, command: Any) -> None:
    if command.name not in replay.schema.tables[table].columns and command.missing_ok:
        return
    if values.cascades(command):
        raise ValueError("DROP COLUMN … CASCADE")
    columns.drop_column(replay, table, command.name)


def clustering(replay: Replay, table: Name, command: Any) -> None:
    old, new = replay.schema.tables[table].cluster_on, command.name or None
    if old != new:
        replay.do(op.SetClustering(table=table, old=old, new=new))


def replica_identity(replay: Replay, table: Name, command: Any) -> None:
    node = values.definition(command).replica_identity_stmt
    old, new = (
        replay.schema.tables[table].replica_identity,
        IDENTITIES[node.identity_type],
    )
    if node.name:
        new = ReplicaIdentity(rows="index", index=node.name)
    if old != new:
        replay.do(op.SetReplicaIdentity(table=table, old=old, new=new))


# pg_class.relreplident; that of an index has its name beside it.
IDENTITIES = {
    "d": None,
    "f": ReplicaIdentity(rows="full"),
    "n": ReplicaIdentity(rows="nothing"),
    "i": None,
}


def switch(replay: Replay, table: Name, command: Any) -> None:
    """Switch what stands on a table on or off: one of a name, or all."""
    said = values.subtype(command)
    for kind in (one for one in KINDS if said in one.switches):
        for name, value in replay.schema.of(kind.word).items():
            if name.holder == table and command.name in {"", name.name}:
                replay.alter(kind, name, kind.switched(value, said))


COMMANDS: dict[str, Callable[[Any, Any, Any], None]] = {
    "AT_AddColumn": add_column,
    "AT_DropColumn": drop_column,
    "AT_AddConstraint": add_constraint,
    "AT_DropConstraint": drop_constraint,
    "AT_AlterConstraint": alter_constraint,
    "AT_ValidateConstraint": validate,
    "AT_AttachPartition": attach,
    "AT_DetachPartition": detach,
    "AT_AddInherit": inherit,
    "AT_DropInherit": inherit,
    "AT_AddOf": set_type,
    "AT_DropOf": unset_type,
    "AT_ClusterOn": clustering,
    "AT_DropCluster": clustering,
    "AT_ReplicaIdentity": replica_identity,
    **{command: switch for kind in KINDS for command in kind.switches},
}
