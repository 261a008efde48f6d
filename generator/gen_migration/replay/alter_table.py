"""`ALTER TABLE` and `ALTER INDEX` of a revision's SQL as operations."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gen_migration.diff.inherited import attached
from gen_migration.kinds import BY_WORD
from gen_migration.model import not_null_names
from gen_migration.model.own_columns import columns_of, own_of_new
from gen_migration.model.partitions import is_partitioned, origin_of, standalone
from gen_migration.model.schema import PartitionOf, PrimaryKey, Unique
from gen_migration.operations.alterations import (
    AlterConstraint,
    AttachPartition,
    DetachPartition,
    SetIndexStorage,
    SetIndexTablespace,
    SetTableStorage,
    SetTableTablespace,
    SetTableUnlogged,
)
from gen_migration.operations.base import CreateConstraint, DropConstraint
from gen_migration.operations.columns import AddColumn
from gen_migration.replay.alter_column import COLUMN_COMMANDS, ONLY_COMMANDS
from gen_migration.sql import tree as values
from gen_migration.sql import tree_columns, tree_constraints

if TYPE_CHECKING:
    from collections.abc import Callable

    from gen_migration.model.schema import Constraint
    from gen_migration.postgres.names import Name
    from gen_migration.replay.state import Replay

# What does not belong to the vocabulary of a spec.
IGNORED = frozenset(
    """
    AT_ChangeOwner AT_ClusterOn AT_DropCluster AT_SetStatistics AT_EnableTrig AT_DisableTrig
    AT_EnableTrigAll AT_DisableTrigAll AT_EnableTrigUser AT_DisableTrigUser
    AT_EnableAlwaysTrig AT_EnableReplicaTrig AT_ReplicaIdentity AT_EnableRowSecurity
    AT_DisableRowSecurity AT_ForceRowSecurity AT_NoForceRowSecurity AT_SetOptions
    AT_ResetOptions
    """.split()
)
DEFAULT_TABLESPACE = "pg_default"


def alter_table(replay: Replay, node: Any) -> None:  # noqa: C901, PLR0912 - one branch for each kind of node
    """Do an `ALTER TABLE` with all of its commands; also those of indexes and sequences."""
    name = values.relation(node.relation)
    commands = [one.alter_table_cmd for one in node.cmds]
    if name in replay.schema.sequences:
        for command in commands:
            if values.subtype(command) in {"AT_SetLogged", "AT_SetUnLogged"}:
                unlogged = values.subtype(command) == "AT_SetUnLogged"
                value = replace(replay.schema.sequences[name], unlogged=unlogged)
                replay.alter(BY_WORD["sequence"], name, value)
        return
    if name not in replay.schema.tables:
        owner = replay.table_of_index(name)
        if owner is not None:
            for command in commands:
                alter_index(replay, owner, name.name, command)
        elif (part := replay.part_called(name)) is not None:
            for command in commands:
                alter_part(replay, *part, command)
        return
    if replaced_constraint(replay, name, commands):
        return
    for command in commands:
        kind = values.subtype(command)
        if kind in COMMANDS:
            COMMANDS[kind](replay, name, command)
        elif kind in COLUMN_COMMANDS:
            alter_column(replay, name, command, only=not node.relation.inh)
        elif kind not in IGNORED:
            raise ValueError(f"ALTER TABLE ({kind.removeprefix('AT_')})")


def alter_column(replay: Replay, table: Name, command: Any, *, only: bool) -> None:
    """Do an `ALTER COLUMN`; with `only`, partitions keep what they have."""
    kind = values.subtype(command)
    column = columns_of(replay.schema, table).get(command.name)
    if column is None:
        raise ValueError(f"the column {command.name} is not there: ALTER COLUMN")
    if not (only and is_partitioned(replay.schema, table)):
        COLUMN_COMMANDS[kind](replay, table, command, column)
    elif kind in ONLY_COMMANDS:
        ONLY_COMMANDS[kind](replay, table, command, column, only=True)
    else:
        raise ValueError(f"ALTER TABLE ONLY ({kind.removeprefix('AT_')})")


def replaced_constraint(replay: Replay, name: Name, commands: list[Any]) -> bool:
    """Do `DROP CONSTRAINT a, ADD CONSTRAINT a …` as the one change that it is."""
    if [values.subtype(one) for one in commands] != [
        "AT_DropConstraint",
        "AT_AddConstraint",
    ]:
        return False
    node = values.definition(commands[1]).constraint
    key = node.conname
    old = replay.schema.tables[name].constraints.get(key)
    if key != commands[0].name or old is None:
        return False
    new = constraint_of(replay, name, node)
    replay.do(AlterConstraint(table=name, name=key, old=old, new=new))
    return True


def alter_index(replay: Replay, table: Name, name: str, command: Any) -> None:
    index = replay.schema.tables[table].indexes[name]
    key: dict[str, Any] = {"table": table, "name": name}
    match values.subtype(command):
        case "AT_SetTableSpace":
            old, new = index.tablespace, tablespace(index.tablespace, command)
            replay.do(SetIndexTablespace(**key, old=old, new=new))
        case "AT_SetRelOptions" | "AT_ResetRelOptions":
            before = index.storage_parameters
            after = storage(before, command)
            replay.do(SetIndexStorage(**key, old=before, new=after))
        case other:
            raise ValueError(f"ALTER INDEX ({other.removeprefix('AT_')})")


def alter_part(replay: Replay, table: Name, name: str, command: Any) -> None:
    """Do an `ALTER INDEX` of what a partition has of an index above it."""
    found = replay.schema.tables[table].inherited[name]
    origin = origin_of(replay.schema, table, name)
    above = getattr(origin and origin[1], "storage_parameters", {})
    match values.subtype(command):
        case "AT_SetTableSpace":
            new = tablespace(found.tablespace, command)
            replay.set_part(table, name, tablespace=new)
        case "AT_SetRelOptions" | "AT_ResetRelOptions":
            before = found.storage_parameters
            after = storage(above if before is None else before, command)
            own = None if after == above else after
            replay.set_part(table, name, storage_parameters=own)
        case other:
            raise ValueError(f"ALTER INDEX ({other.removeprefix('AT_')})")


def storage(before: Any, command: Any) -> dict[str, str]:
    """Return storage parameters after SET or RESET."""
    given = values.parameters(values.definition(command).list.items)
    if values.subtype(command) == "AT_SetRelOptions":
        return {**before, **given}
    return {key: value for key, value in before.items() if key not in given}


def add_column(replay: Replay, table: Name, command: Any) -> None:
    name, column, constraints = tree_columns.column(
        values.definition(command).column_def, replay.schema.enums
    )
    if command.missing_ok and name in replay.schema.tables[table].columns:
        return
    own = own_of_new(replay.schema, table, column)
    replay.do(AddColumn(table=table, name=name, new=column, own=own))
    for key, constraint in constraints.items():
        replay.do(CreateConstraint(table=table, name=key, new=constraint))


def drop_column(replay: Replay, table: Name, command: Any) -> None:
    if command.name not in replay.schema.tables[table].columns and command.missing_ok:
        return
    if values.cascades(command):
        raise ValueError("DROP COLUMN … CASCADE")
    replay.drop_column(table, command.name)


def add_constraint(replay: Replay, table: Name, command: Any) -> None:
    node = values.definition(command).constraint
    if tree_constraints.contype(node) == "NOTNULL":
        (column,) = values.strings(node.keys)
        if node.is_no_inherit:
            raise ValueError("ADD CONSTRAINT … NOT NULL with NO INHERIT")
        if node.skip_validation:
            replay.later[table, node.conname] = column
        else:
            name = node.conname or None
            replay.set_nullable(table, column, new=False, not_null=name)
        return
    if not node.conname:
        raise ValueError("a constraint without a name: PostgreSQL would choose one")
    constraint = constraint_of(replay, table, node)
    replay.do(CreateConstraint(table=table, name=node.conname, new=constraint))


def constraint_of(replay: Replay, table: Name, node: Any) -> Constraint:
    """Return a constraint; what an index is made into takes the index away."""
    found = tree_constraints.constraint(node)
    if not node.indexname:
        return found
    assert isinstance(found, PrimaryKey | Unique)  # noqa: S101 - the grammar knows no other
    index = replay.schema.tables[table].indexes.get(node.indexname)
    if index is None:
        raise ValueError(f"the index {node.indexname} is not there: USING INDEX")
    columns = tuple(one.column or "" for one in index.elements)
    nulls: dict[str, Any] = {}
    if isinstance(found, Unique):
        nulls["nulls_not_distinct"] = index.nulls_not_distinct
    replay.use_index(table, node.indexname)
    return replace(found, columns=columns, include=index.include, **nulls)


def drop_constraint(replay: Replay, table: Name, command: Any) -> None:
    found = replay.schema.tables[table]
    old = found.constraints.get(command.name)
    if values.cascades(command):
        raise ValueError("DROP CONSTRAINT … CASCADE")
    column = not_null_names.holder(replay.schema, table, command.name)
    if column is not None:
        replay.set_nullable(table, column, new=True)
        return
    if old is not None:
        replay.let_go(table, command.name)
        replay.do(DropConstraint(table=table, name=command.name, old=old))
    elif not command.missing_ok:
        raise ValueError(f"the constraint {command.name} is not there: DROP CONSTRAINT")


def alter_constraint(replay: Replay, table: Name, command: Any) -> None:
    node = values.definition(command).atalter_constraint
    old = replay.schema.tables[table].constraints[node.conname]
    if node.alter_enforceability:
        enforced: Any = {
            "not_enforced": not node.is_enforced,
            "not_valid": not node.is_enforced,
        }
        new = replace(old, **enforced)
    else:
        new = replace(
            old, deferrable=node.deferrable, initially_deferred=node.initdeferred
        )
    replay.do(AlterConstraint(table=table, name=node.conname, old=old, new=new))


def validate(replay: Replay, table: Name, command: Any) -> None:
    column = replay.later.pop((table, command.name), None)
    if column is not None:
        chosen = not_null_names.free_name(replay.schema, table, column)
        name = None if command.name == chosen else command.name
        replay.set_nullable(table, column, new=False, not_null=name)
        return
    old = replay.schema.tables[table].constraints[command.name]
    changed: dict[str, Any] = {"not_valid": False}
    new = replace(old, **changed)
    replay.do(AlterConstraint(table=table, name=command.name, old=old, new=new))


def set_storage(replay: Replay, table: Name, command: Any) -> None:
    before = replay.schema.tables[table].storage_parameters
    replay.do(SetTableStorage(table=table, old=before, new=storage(before, command)))


def set_logged(replay: Replay, table: Name, command: Any) -> None:
    old = replay.schema.tables[table].unlogged
    new = values.subtype(command) == "AT_SetUnLogged"
    replay.do(SetTableUnlogged(table=table, old=old, new=new))


def set_tablespace(replay: Replay, table: Name, command: Any) -> None:
    old = replay.schema.tables[table].tablespace
    new = tablespace(old, command)
    replay.do(SetTableTablespace(table=table, old=old, new=new))


def tablespace(old: str | None, command: Any) -> str | None:
    """Return the tablespace after SET TABLESPACE, whose default also takes one away."""
    name: str = command.name
    return None if old is not None and name == DEFAULT_TABLESPACE else name


def attach(replay: Replay, table: Name, command: Any) -> None:
    node = values.definition(command).partition_cmd
    name = values.relation(node.name)
    old = replay.schema.tables[name]
    place = PartitionOf(parent=table, bound=values.bound(node.bound))
    namings = {one.way: one.columns for one in replay.namings.pop(name, ())}
    new = attached(replay.schema, name, old, place, namings.get("own", ()))
    columns = namings.get("parent", ())
    replay.do(AttachPartition(table=name, old=old, new=new, not_null=columns))


def detach(replay: Replay, table: Name, command: Any) -> None:
    name = values.relation(values.definition(command).partition_cmd.name)
    old = replay.schema.tables[name]
    new = standalone(replay.schema, name)
    names = replay.inherited_names.pop(name, {})
    replay.do(DetachPartition(table=name, old=old, new=new, names=names))


COMMANDS: dict[str, Callable[[Any, Any, Any], None]] = {
    "AT_AddColumn": add_column,
    "AT_DropColumn": drop_column,
    "AT_AddConstraint": add_constraint,
    "AT_DropConstraint": drop_constraint,
    "AT_AlterConstraint": alter_constraint,
    "AT_ValidateConstraint": validate,
    "AT_SetRelOptions": set_storage,
    "AT_ResetRelOptions": set_storage,
    "AT_SetLogged": set_logged,
    "AT_SetUnLogged": set_logged,
    "AT_SetTableSpace": set_tablespace,
    "AT_AttachPartition": attach,
    "AT_DetachPartition": detach,
}
