"""`ALTER TABLE … ALTER COLUMN` of a revision's SQL as operations."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gen_migration.model.schema import Generated
from gen_migration.operations.columns import (
    SetColumnCompression,
    SetColumnExpression,
    SetColumnIdentity,
    SetColumnStorage,
    Typing,
)
from gen_migration.postgres.parser import name_of
from gen_migration.postgres.storage import default_storage
from gen_migration.sql import tree as values

if TYPE_CHECKING:
    from collections.abc import Callable

    from gen_migration.model.schema import Column
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
    replay.set_type(table, command.name, Typing(of_type, collation), using)


def column_default(
    replay: Replay, table: Name, command: Any, column: Column, *, only: bool = False
) -> None:
    new = None
    if command.HasField("def"):
        new = values.default(values.definition(command))
    replay.set_default(table, command.name, column.default, new, only=only)


def not_null(replay: Replay, table: Name, command: Any, column: Column) -> None:
    nullable = values.subtype(command) == "AT_DropNotNull"
    replay.set_nullable(table, command.name, new=nullable)


def column_identity(replay: Replay, table: Name, command: Any, column: Column) -> None:
    new, integer = None, column.type.name
    if values.subtype(command) == "AT_AddIdentity":
        new = values.identity(values.definition(command).constraint, integer)
    elif values.subtype(command) == "AT_SetIdentity" and column.identity is not None:
        given = values.options(values.definition(command).list.items)
        always = column.identity.always
        if "generated" in given:
            always = given.pop("generated") == ord("a")
        options = values.sequence_options(given, integer, column.identity.options)
        new = replace(column.identity, always=always, options=options)
    replay.do(
        SetColumnIdentity(
            table=table, name=command.name, type=integer, old=column.identity, new=new
        )
    )


def column_expression(
    replay: Replay, table: Name, command: Any, column: Column
) -> None:
    new = None
    if values.subtype(command) == "AT_SetExpression" and column.generated is not None:
        sql = values.expression(values.definition(command))
        new = Generated(expression=sql, stored=column.generated.stored)
    replay.do(
        SetColumnExpression(
            table=table, name=command.name, old=column.generated, new=new
        )
    )


def column_storage(
    replay: Replay, table: Name, command: Any, column: Column, *, only: bool = False
) -> None:
    word: str | None = values.definition(command).string.sval.lower()
    if word in {default_storage(column.type), "default"}:
        word = None
    replay.do(
        SetColumnStorage(
            table=table,
            name=command.name,
            type=column.type,
            old=column.storage,
            new=word,
            only=only,
        )
    )


def column_compression(
    replay: Replay, table: Name, command: Any, column: Column
) -> None:
    word: str | None = values.definition(command).string.sval.lower()
    replay.do(
        SetColumnCompression(
            table=table,
            name=command.name,
            old=column.compression,
            new=None if word == "default" else word,
        )
    )


# What partitions need not follow.
ONLY_COMMANDS: dict[str, Callable[..., None]] = {
    "AT_ColumnDefault": column_default,
    "AT_SetStorage": column_storage,
}
COLUMN_COMMANDS: dict[str, Callable[[Any, Any, Any, Any], None]] = {
    "AT_AlterColumnType": column_type,
    "AT_ColumnDefault": column_default,
    "AT_SetNotNull": not_null,
    "AT_DropNotNull": not_null,
    "AT_AddIdentity": column_identity,
    "AT_SetIdentity": column_identity,
    "AT_DropIdentity": column_identity,
    "AT_SetExpression": column_expression,
    "AT_DropExpression": column_expression,
    "AT_SetStorage": column_storage,
    "AT_SetCompression": column_compression,
}
