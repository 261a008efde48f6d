"""`CREATE SEQUENCE` and `ALTER SEQUENCE` of a revision's SQL as operations."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gen_migration import sql_values as values
from gen_migration.alterations import (
    AlterSequence,
)
from gen_migration.ddl import standard_options
from gen_migration.operations import (
    CreateSequence,
    SetSequenceOwner,
)
from gen_migration.schema import (
    Sequence,
)
from gen_migration.sql import Name

if TYPE_CHECKING:
    from gen_migration.replay import Replay


def create_sequence(replay: Replay, node: Any) -> None:
    name = values.relation(node.sequence)
    if node.if_not_exists and name in replay.schema.sequences:
        return
    given = values.options(node.options)
    integer = integer_of(given) or "bigint"
    sequence = Sequence(
        type=integer,
        options=values.sequence_options(given, integer),
        unlogged=node.sequence.relpersistence == "u",
    )
    replay.do(CreateSequence(name=name, new=sequence))
    if "owned_by" in given:
        set_owner(replay, name, given["owned_by"])


def integer_of(given: dict[str, Any]) -> str | None:
    node = given.get("as")
    return None if node is None else values.column_type(node, ()).name


def set_owner(replay: Replay, name: Name, parts: tuple[str, ...]) -> None:
    old = replay.schema.sequences[name].owned_by
    new = None
    if len(parts) > 1:
        new = (Name(parts[-3] if parts[2:] else None, parts[-2]), parts[-1])
    replay.do(SetSequenceOwner(name=name, old=old, new=new))


def alter_sequence(replay: Replay, node: Any) -> None:
    name = values.relation(node.sequence)
    old = replay.schema.sequences.get(name)
    if old is None:
        return
    given = values.options(node.options)
    if "owned_by" in given:
        set_owner(replay, name, given.pop("owned_by"))
    given.pop("restart", None)
    if not given:
        return
    integer = integer_of(given) or old.type
    before = replace(old, owned_by=None, comment=None, unlogged=False)
    options = old.options
    if integer != old.type:
        options = resized(options, old.type, integer)
    after = replace(
        before,
        type=integer,
        options=values.sequence_options(given, integer, options),
    )
    replay.do(AlterSequence(name=name, old=before, new=after))


def resized(options: Any, old: str, new: str) -> Any:
    """Return options after a change of type: the bounds of the old one become those of the new."""
    before, after = (standard_options(options, one) for one in (old, new))
    return replace(
        options,
        minimum=after.minimum if options.minimum == before.minimum else options.minimum,
        maximum=after.maximum if options.maximum == before.maximum else options.maximum,
    )
