"""`CREATE SEQUENCE` and `ALTER SEQUENCE` of a revision's SQL as operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.kinds import BY_WORD
from gen_migration.model.automatic_names import sequence_name
from gen_migration.operations import every as op
from gen_migration.postgres.names import Name
from gen_migration.postgres.types import Type
from gen_migration.replay import lookup
from gen_migration.sql import tree as values

if TYPE_CHECKING:
    from gen_migration.replay.state import Replay


KIND = BY_WORD["sequence"]


def create_sequence(replay: Replay, node: Any) -> None:
    name, sequence = KIND.read(node, replay.schema)
    if node.if_not_exists and name in replay.schema.sequences:
        return
    given = values.options(node.options)
    replay.do(op.CreateObject(kind=KIND.word, name=name, new=sequence))
    if "owned_by" in given:
        set_owner(replay, name, given["owned_by"])


def set_owner(replay: Replay, name: Name, parts: tuple[str, ...]) -> None:
    old = replay.schema.sequences[name].owned_by
    new = None
    if len(parts) > 1:
        new = (Name(parts[-3] if parts[2:] else None, parts[-2]), parts[-1])
    replay.do(op.SetSequenceOwner(name=name, old=old, new=new))


def alter_sequence(replay: Replay, node: Any) -> None:
    name = values.relation(node.sequence)
    old = replay.schema.sequences.get(name)
    given = values.options(node.options)
    if old is None:
        if len(given.get("owned_by", ("", ""))) == 1:
            release(replay, name)
        return
    if "owned_by" in given and own(replay, name, given):
        return
    if "owned_by" in given:
        set_owner(replay, name, given.pop("owned_by"))
    given.pop("restart", None)
    if not given:
        return
    integer = values.integer(given) or old.type
    options = old.options
    if integer != old.type:
        options = resized(options, old.type, integer)
    options = values.sequence_options(given, integer, options)
    replay.alter(KIND, name, replace(old, type=integer, options=options))


def resized(options: Any, old: str, new: str) -> Any:
    """Return options after a change of type: the bounds of the old one become those of the new."""
    before, after = (options.standard(one) for one in (old, new))
    changed = {
        end: getattr(after, end)
        for end in ("minimum", "maximum")
        if getattr(options, end) == getattr(before, end)
    }
    return replace(options, **changed)


def release(replay: Replay, name: Name) -> None:
    """Make the sequence of a serial column one of its own; no other is unknown."""
    found = lookup.serial_column(replay.schema, name)
    if found is not None:
        table, key, column = found
        replay.do(op.ReleaseSequence(table=table, name=key, type=column.type))


def own(replay: Replay, name: Name, given: dict[str, Any]) -> bool:
    """Make a column serial; tell whether that is meant: type and owner are given at once."""
    integer, parts = values.integer(given), given["owned_by"]
    if integer is None or len(parts) == 1:
        return False
    table, column = name._replace(name=parts[-2]), parts[-1]
    if sequence_name(table, column) != name:
        return False
    kind = Type(name=integer).serial
    replay.do(op.OwnSequence(table=table, name=column, type=kind))
    return True
