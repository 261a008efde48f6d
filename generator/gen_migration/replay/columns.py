"""Changes of the columns of tables, and what comes and goes with them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.model.automatic_names import sequence_name, with_given_sequence
from gen_migration.model.given import column_of, columns_of
from gen_migration.model.not_null_names import default_name
from gen_migration.model.own_columns import own_of_new, own_parts, said, saying
from gen_migration.model.schema import NotNullState
from gen_migration.operations import every as op
from gen_migration.postgres.names_in_texts import as_name
from gen_migration.replay import lookup
from gen_migration.replay.merge import without_put_off

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.model.schema import Column, Constraint
    from gen_migration.postgres.names import Name
    from gen_migration.replay.state import Replay


def add_column(
    replay: Replay,
    table: Name,
    name: str,
    column: Column,
    constraints: Mapping[str, Constraint],
) -> None:
    """Add a column to a table and its partitions, with the constraints that come along."""
    column = with_given_sequence(table, name, column)
    own = own_of_new(replay.schema, table, column)
    replay.do(op.AddColumn(table=table, name=name, new=column, own=own))
    for key, constraint in constraints.items():
        replay.do(op.CreateConstraint(table=table, name=key, new=constraint))


def drop_column(replay: Replay, table: Name, name: str) -> None:
    """Drop a column, with the constraints and indexes that go with it by themselves."""
    value = replay.schema.tables[table]
    if name not in value.columns:
        raise replay.error(f"the column {name} of table {table} is not there")
    for key, constraint in value.constraints.items():
        if name in getattr(constraint, "columns", ()):
            gone = op.DropConstraint(table=table, name=key, old=constraint)
            replay.drop_part(gone)
    for key, index in value.indexes.items():
        if any(element.column == name for element in index.elements):
            replay.drop_part(op.DropIndex(table=table, name=key, old=index))
    own = own_parts(replay.schema, table, name)
    old = value.columns[name]
    replay.do(op.DropColumn(table=table, name=name, old=old, own=own))


def set_type(
    replay: Replay, table: Name, name: str, new: op.Typing, using: str | None
) -> None:
    column = column_of(replay.schema, table, name)
    old = op.Typing(column.type, column.collation)
    if column.type.is_serial and new.collation is None:
        # Its default and its sequence stay.
        new = op.Typing(new.type.serial)
    replay.do(op.SetColumnType(table=table, name=name, old=old, new=new, using=using))


def set_nullable(
    replay: Replay,
    table: Name,
    name: str,
    *,
    new: bool,
    not_null: str | None = None,
    state: NotNullState | None = None,
) -> None:
    """Allow NULL, or forbid it under a name; the name goes with NOT NULL."""
    column = column_of(replay.schema, table, name)
    old = column.nullable
    at = replay.schema.tables[table]
    if old == new and (at.partition_of or said(at, name)[0] != new):
        return  # it goes on to forbid NULL, whatever its parent does
    if not old or new:
        not_null, state = column.not_null, column.not_null_state
    says = saying(replay.schema, table, name)
    key: dict[str, Any] = {"table": table, "name": name, "says": says}
    held = op.SetColumnNullable(**key, old=old, new=new, not_null=not_null, state=state)
    replay.do(held)


def set_not_null(replay: Replay, table: Name, name: str, **changed: Any) -> None:
    """Change what the NOT NULL of a column is beside its name."""
    column = column_of(replay.schema, table, name)
    old, chosen = column.not_null_state, default_name(table.name, name)
    new = replace(old or NotNullState(), **changed)
    wanted = None if new == NotNullState() else new
    replay.do(
        op.SetNotNullState(
            table=table,
            name=name,
            constraint=column.not_null or chosen,
            old=old,
            new=wanted,
        )
    )


def validate_not_null(
    replay: Replay, table: Name, name: str, called: str | None
) -> None:
    """Make a NOT NULL valid that this revision has put off until here."""
    column = column_of(replay.schema, table, name)
    key: dict[str, Any] = {"table": table, "name": name, "old": True, "new": False}
    says = saying(replay.schema, table, name)
    put_off = op.SetColumnNullable(
        **key, not_null=column.not_null, state=column.not_null_state, says=says
    )
    state = replace(column.not_null_state or NotNullState(), not_valid=False)
    replay.operations = without_put_off(replay.operations, put_off)
    replay.schema = put_off.inverse().apply(replay.schema)
    if state == NotNullState():
        set_nullable(replay, table, name, new=False, not_null=called)
    else:
        name_of = column.not_null
        set_nullable(replay, table, name, new=False, not_null=name_of, state=state)


def name_not_null(replay: Replay, table: Name, name: str, new: str | None) -> None:
    """Give NOT NULL of a column of a table that is known a name."""
    if table in replay.schema.tables:
        column = columns_of(replay.schema, table).get(name)
        old = None if column is None else column.not_null
        replay.do(op.SetNotNullName(table=table, name=name, old=old, new=new))


def set_default(
    replay: Replay,
    table: Name,
    name: str,
    old: str | None,
    new: str | None,
    *,
    only: bool = False,
) -> None:
    """Set a default; that of a serial column is no default of the model."""
    column = column_of(replay.schema, table, name)
    if column.type.is_serial and new is None and old is None:
        return
    if new is None or not becomes_serial(replay, table, name, new):
        new = new and as_name(new, column.type)
        key: dict[str, Any] = {"table": table, "name": name, "only": only}
        replay.do(op.SetColumnDefault(**key, old=old, new=new))


def becomes_serial(replay: Replay, table: Name, name: str, default: str) -> bool:
    """Do what makes a serial column of an integer as the change of type that it is."""
    sequence = sequence_name(table, name)
    match replay.operations[-2:]:
        case [
            op.CreateObject(kind="sequence", name=created, new=held),
            op.SetSequenceOwner(new=owner),
        ] if (created, owner) == (sequence, (table, name)):
            default = re.sub(r"::(pg_catalog\.)?regclass", "", default)
            if default != op.next_value(sequence):
                return False
            del replay.operations[-2:]
            gone = op.DropObject(kind="sequence", name=sequence, old=held)
            replay.schema = gone.apply(replay.schema)
            column = column_of(replay.schema, table, name)
            set_type(replay, table, name, op.Typing(column.type.serial), None)
            return True
    return False


def drop_sequence(replay: Replay, name: Name) -> None:
    """Drop a sequence; without its own, a serial column is one of plain integers."""
    sequence = replay.schema.sequences.get(name)
    if sequence is not None:
        replay.do(op.DropObject(kind="sequence", name=name, old=sequence))
        return
    found = lookup.serial_column(replay.schema, name)
    if found is not None:
        table, key, column = found
        old, new = op.Typing(column.type), op.Typing(column.type.plain)
        replay.do(op.SetColumnType(table=table, name=key, old=old, new=new))
