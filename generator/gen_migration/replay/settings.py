"""Settings of tables and indexes, as `ALTER TABLE` and `ALTER INDEX` name them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.operations import every as op
from gen_migration.postgres.storage import HEAP
from gen_migration.sql import row_security
from gen_migration.sql import tree as values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.postgres.names import Name
    from gen_migration.replay.state import Replay


DEFAULT_TABLESPACE = "pg_default"


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
