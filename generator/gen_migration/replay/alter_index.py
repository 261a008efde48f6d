"""`ALTER INDEX` of a revision's SQL as operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.model.partitions import origin_of
from gen_migration.model.schema import IndexPart
from gen_migration.operations import every as op
from gen_migration.replay import lookup
from gen_migration.replay.attachments import partition
from gen_migration.replay.settings import OF_INDEX, change, set_property
from gen_migration.sql import tree as values

if TYPE_CHECKING:
    from gen_migration.postgres.names import Name
    from gen_migration.replay.state import Replay


def alter_index(replay: Replay, name: Name, command: Any) -> None:
    """Do one command of `ALTER INDEX`, on one of a relation or on a part of a partition."""
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
    elif (found := lookup.index_of_object(replay.schema, name)) is not None:
        field, new = change(found[1], command)
        replay.set_index(found[0], name.name, replace(found[1], **{field: new}))


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
