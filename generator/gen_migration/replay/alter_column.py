"""`ALTER TABLE … ALTER COLUMN` of a revision's SQL as operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.model.automatic_names import given_sequence
from gen_migration.model.given import column_of, heirs
from gen_migration.model.own_columns import all_say
from gen_migration.operations import every as op
from gen_migration.postgres.parser import name_of
from gen_migration.postgres.storage import default_storage, in_digits
from gen_migration.replay import columns
from gen_migration.sql import tree as values

if TYPE_CHECKING:
    from collections.abc import Callable

    from gen_migration.model.schema import Column, Generated, Identity
    from gen_migration.postgres.names import Name
    from gen_migration.replay.state import Replay


def column_type(replay: Replay, table: Name, command: Any, column: Column) -> None:
    node = values.definition(command).column_def
    of_type = values.column_type(node.type_name, replay.schema.enums)
    collation = None
    if node.coll_clause.collname:
        collation = name_of(node.coll_clause.collname)
    using = (
        values.expression(node.raw_default) if node.HasField("raw_default") else None
    )
    columns.set_type(replay, table, command.name, op.Typing(of_type, collation), using)


def column_default(
    replay: Replay, table: Name, command: Any, column: Column, *, only: bool = False
) -> None:
    new = None
    if command.HasField("def"):
        new = values.default(values.definition(command))
    columns.set_default(replay, table, command.name, column.default, new, only=only)


def not_null(
    replay: Replay, table: Name, command: Any, column: Column, *, only: bool = False
) -> None:
    nullable = values.subtype(command) == "AT_DropNotNull"
    if only and not all_say(replay.schema, table, command.name):
        raise ValueError("ALTER TABLE ONLY (DropNotNull)")
    columns.set_nullable(replay, table, command.name, new=nullable)


def setting(
    of: Any, value: Callable[[Any, Column], Any], **typed: Callable[[Column], Any]
) -> Callable[..., None]:
    """Return what sets a property of a column to the value that a command gives it."""

    def do(
        replay: Replay, table: Name, command: Any, column: Column, **more: Any
    ) -> None:
        old, new = getattr(column, of.field), value(command, column)
        more |= {key: found(column) for key, found in typed.items()}
        replay.do(of(table=table, name=command.name, old=old, new=new, **more))

    return do


def nothing(command: Any, column: Column) -> None:
    """Return the value of a property that is dropped."""


def added_identity(replay: Replay, table: Name, command: Any, column: Column) -> None:
    integer = column.type.name
    found = values.identity(values.definition(command).constraint, integer)
    named = given_sequence(table, command.name, found.sequence)
    key: dict[str, Any] = {"table": table, "name": command.name, "type": integer}
    new = replace(found, sequence=named)
    replay.do(op.SetColumnIdentity(**key, old=column.identity, new=new))


def set_identity(command: Any, column: Column) -> Identity | None:
    held = column.identity
    if held is None:
        return None
    given = values.options(values.definition(command).list.items)
    always = given.pop("generated", ord("a" if held.always else "d")) == ord("a")
    options = values.sequence_options(given, column.type.name, held.options)
    return replace(held, always=always, options=options)


def expression(command: Any, column: Column) -> Generated | None:
    if column.generated is None:
        return None
    sql = values.expression(values.definition(command))
    return replace(column.generated, expression=sql)


def word(command: Any, *defaults: str | None) -> str | None:
    """Return the word that a command sets; None for one of the defaults."""
    found: str = values.definition(command).string.sval.lower()
    return None if found in {*defaults, "default"} else found


def target(command: Any, _: Column) -> int | None:
    """Return the statistics target that a command sets; None for the server's."""
    held = values.definition(command)
    number = held.integer.ival if command.HasField("def") else -1
    return None if number < 0 else number


def statistics_target(
    replay: Replay, table: Name, command: Any, column: Column, *, only: bool = False
) -> None:
    """Set a statistics target; without `only`, partitions get it as well."""
    to_one = setting(op.SetColumnStatisticsTarget, target)
    to_one(replay, table, command, column)
    for part in () if only else heirs(replay.schema, table):
        held = column_of(replay.schema, part, command.name)
        if held.statistics_target != target(command, held):
            to_one(replay, part, command, held)


def options(
    replay: Replay, table: Name, command: Any, column: Column, *, only: bool = False
) -> None:
    """Set or reset options of a column; partitions never get them, with `only` or without."""
    del only
    given = values.parameters(values.definition(command).list.items)
    is_set = values.subtype(command) == "AT_SetOptions"
    numbers = {
        key: in_digits(given[key]) if is_set else None
        for key in op.Distinct._fields
        if key in given
    }
    old = op.Distinct.of(column)
    place: dict[str, Any] = {"table": table, "name": command.name, "old": old}
    replay.do(op.SetColumnDistinct(**place, new=old._replace(**numbers)))


IDENTITY = {"type": lambda column: column.type.name}
COMMANDS: dict[str, Callable[..., None]] = {
    "AT_AlterColumnType": column_type,
    "AT_ColumnDefault": column_default,
    "AT_SetNotNull": not_null,
    "AT_DropNotNull": not_null,
    "AT_AddIdentity": added_identity,
    "AT_SetIdentity": setting(op.SetColumnIdentity, set_identity, **IDENTITY),
    "AT_DropIdentity": setting(op.SetColumnIdentity, nothing, **IDENTITY),
    "AT_SetExpression": setting(op.SetColumnExpression, expression),
    "AT_DropExpression": setting(op.SetColumnExpression, nothing),
    "AT_SetStorage": setting(
        op.SetColumnStorage,
        lambda command, column: word(command, default_storage(column.type)),
        type=lambda column: column.type,
    ),
    "AT_SetCompression": setting(
        op.SetColumnCompression, lambda command, _: word(command)
    ),
    "AT_SetStatistics": statistics_target,
    "AT_SetOptions": options,
    "AT_ResetOptions": options,
}
