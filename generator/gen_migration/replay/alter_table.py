"""`ALTER TABLE` and `ALTER INDEX` of a revision's SQL as operations."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from gen_migration.diff.inherited import attached
from gen_migration.kinds import BY_WORD, KINDS
from gen_migration.model import inheritance, not_null_names
from gen_migration.model.given import columns_of, has_heirs
from gen_migration.model.partitions import origin_of, standalone
from gen_migration.model.schema import (
    IndexPart,
    NotNullState,
    PartitionOf,
    PrimaryKey,
    ReplicaIdentity,
    Unique,
)
from gen_migration.operations import every as op
from gen_migration.postgres.storage import HEAP
from gen_migration.replay import access, lookup
from gen_migration.replay.alter_column import COMMANDS as COLUMN_COMMANDS
from gen_migration.sql import row_security, tree_columns, tree_constraints
from gen_migration.sql import tree as values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gen_migration.kinds.kind import Kind
    from gen_migration.model.schema import Constraint
    from gen_migration.postgres.names import Name
    from gen_migration.replay.state import Replay

CHANGE_OWNER = "AT_ChangeOwner"
DEFAULT_TABLESPACE = "pg_default"


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


def alter_index(replay: Replay, name: Name, command: Any) -> None:
    """Do one command of `ALTER INDEX`, on one of a table or on a part of a partition."""
    if values.subtype(command) == "AT_AttachPartition":
        attach_index(replay, name, values.relation(partition(command).name))
        return
    if (owner := lookup.table_of_index(replay.schema, name)) is not None:
        held = replay.schema.tables[owner].indexes[name.name]
        set_property(replay, OF_INDEX, held, command, owner, name=name.name)
    elif (owner := lookup.table_of_constraint(replay.schema, name)) is not None:
        key = replay.schema.tables[owner].constraints[name.name]
        set_property(replay, OF_INDEX, key, command, owner, name=name.name)
    elif (part := lookup.part_called(replay.schema, name)) is not None:
        alter_part(replay, *part, command)
    elif lookup.index_of_object(replay.schema, name) is not None:
        raise ValueError("ALTER INDEX on what is no table")


def partition(command: Any) -> Any:
    """Return what a command attaches or detaches."""
    return values.definition(command).partition_cmd


def attach_index(replay: Replay, whole: Name, part: Name) -> None:
    """Make an index of a partition a part of one ON ONLY; both are of this revision."""
    above, below = (lookup.table_of_index(replay.schema, one) for one in (whole, part))
    if above is None or below is None:
        return  # of others
    tables = replay.schema.tables
    created, own = (
        op.CreateIndex(table=of, name=one.name, new=tables[of].indexes[one.name])
        for of, one in ((above, whole), (below, part))
    )
    is_new = all(one in replay.operations for one in (created, own))
    if not is_new or created.new.only is None:
        raise ValueError("ALTER INDEX … ATTACH PARTITION of what was there before")
    replay.forget(own)
    held = IndexPart(name=part.name, only=own.new.only)
    new = replace(created.new, only={**created.new.only, below: held})
    replay.rewrite(created, replace(created, new=new))


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
        *("AT_ColumnDefault", "AT_SetStorage"),
        *("AT_SetStatistics", "AT_SetOptions", "AT_ResetOptions"),
    )
)


def change(held: Any, command: Any) -> tuple[str, Any]:
    """Return the property that a command changes, and the value after it. Raises ValueError."""
    kind = values.subtype(command)
    field = PROPERTIES.get(kind, "")
    if not hasattr(held, field):
        raise ValueError(f"ALTER INDEX ({kind.removeprefix('AT_')})")
    old = getattr(held, field)
    if field == "unlogged":
        return field, kind == "AT_SetUnLogged"
    if field == "row_security":
        return field, row_security.after(old, kind)
    if field == "tablespace":  # the default also takes one away
        is_default = old is not None and command.name == DEFAULT_TABLESPACE
        return field, None if is_default else command.name
    if field == "access_method":
        return field, None if command.name in {"", HEAP} else command.name
    given = values.parameters(values.definition(command).list.items)
    if kind == "AT_SetRelOptions":
        return field, {**old, **given}
    return field, {key: value for key, value in old.items() if key not in given}


PROPERTIES = {
    "AT_SetRelOptions": "storage_parameters",
    "AT_ResetRelOptions": "storage_parameters",
    "AT_SetTableSpace": "tablespace",
    "AT_SetAccessMethod": "access_method",
    "AT_SetLogged": "unlogged",
    "AT_SetUnLogged": "unlogged",
    **dict.fromkeys(row_security.COMMANDS, "row_security"),
}


def set_property(
    replay: Replay,
    settings: Mapping[str, Any],
    held: Any,
    command: Any,
    table: Name,
    **named: str,
) -> None:
    """Set a property of a table or of an index of it."""
    field, new = change(held, command)
    old = getattr(held, field)
    replay.do(settings[field](table=table, **named, old=old, new=new))


OF_TABLE = {
    one.field: one
    for one in (
        op.SetTableStorage,
        op.SetTableTablespace,
        op.SetTableUnlogged,
        op.SetTableRowSecurity,
        op.SetTableAccessMethod,
    )
}
OF_INDEX = {one.field: one for one in (op.SetIndexStorage, op.SetIndexTablespace)}


def alter_part(replay: Replay, table: Name, name: str, command: Any) -> None:
    """Do an `ALTER INDEX` of what a partition has of an index above it."""
    found = replay.schema.tables[table].inherited[name]
    origin = origin_of(replay.schema, table, name)
    above = getattr(origin and origin[1], "storage_parameters", {})
    if found.storage_parameters is None:
        found = replace(found, storage_parameters=above)
    field, new = change(found, command)
    is_above = field == "storage_parameters" and new == above
    replay.set_part(table, name, **{field: None if is_above else new})


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
        replay.set_not_null(
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
        replay.add_column(table, name, column, constraints)


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
        add_not_null(replay, table, column, node)
        return
    if not node.conname:
        raise ValueError("a constraint without a name: PostgreSQL would choose one")
    constraint = constraint_of(replay, table, node)
    replay.do(op.CreateConstraint(table=table, name=node.conname, new=constraint))


def add_not_null(replay: Replay, table: Name, column: str, node: Any) -> None:
    """Forbid NULL in a column by a constraint; one that is there already stays as it is."""
    name, state = node.conname or None, tree_constraints.not_null_state(node)
    if state is None:
        replay.set_nullable(table, column, new=False, not_null=name)
        return
    chosen = not_null_names.free_name(replay.schema, table, column)
    if state.not_valid:
        given = None if name in {None, chosen} else name
        replay.later[table, name or chosen] = (column, given)
    replay.set_nullable(table, column, new=False, not_null=name or chosen, state=state)


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
    return replace(
        found,
        columns=columns,
        include=index.include,
        storage_parameters=index.storage_parameters,
        tablespace=index.tablespace,
        **nulls,
    )


def drop_constraint(replay: Replay, table: Name, command: Any) -> None:
    old = replay.schema.tables[table].constraints.get(command.name)
    if values.cascades(command):
        raise ValueError("DROP CONSTRAINT … CASCADE")
    column = not_null_names.holder(replay.schema, table, command.name)
    if column is not None:
        replay.set_nullable(table, column, new=True)
    elif old is not None:
        replay.drop_part(op.DropConstraint(table=table, name=command.name, old=old))
    elif not command.missing_ok:
        raise ValueError(f"the constraint {command.name} is not there: DROP CONSTRAINT")


def alter_constraint(replay: Replay, table: Name, command: Any) -> None:
    node = values.definition(command).atalter_constraint
    column = not_null_names.holder(replay.schema, table, node.conname)
    if node.alter_inheritability and column is not None:
        replay.set_not_null(table, column, no_inherit=node.noinherit)
        return
    changed = {"deferrable": node.deferrable, "initially_deferred": node.initdeferred}
    if node.alter_enforceability:
        off = not node.is_enforced
        changed = {"not_enforced": off, "not_valid": off}
    set_constraint(replay, table, node.conname, **changed)


def validate(replay: Replay, table: Name, command: Any) -> None:
    later = replay.later.pop((table, command.name), None)
    column = not_null_names.holder(replay.schema, table, command.name)
    if later is not None:
        replay.validate_not_null(table, *later)
    elif column is not None:
        replay.set_not_null(table, column, not_valid=False)
    else:
        set_constraint(replay, table, command.name, not_valid=False)


def set_constraint(replay: Replay, table: Name, name: str, **changed: Any) -> None:
    old = replay.schema.tables[table].constraints[name]
    new = replace(old, **changed)
    replay.do(op.AlterConstraint(table=table, name=name, old=old, new=new))


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
