"""The parts that partitions of a catalog have of indexes and constraints above them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.catalog.indexes import parameters
from gen_migration.model.automatic_names import AUTOMATIC
from gen_migration.model.schema import IndexPart, Inherited

if TYPE_CHECKING:
    from gen_migration.catalog.rows import Reading
    from gen_migration.postgres.names import Name


def whole(reading: Reading, row: Any) -> Any:
    """Return the index at the top that a row of `indexes.sql` is a part of; itself where none."""
    while row.parent_oid is not None:
        row = reading.indexes[row.parent_oid]
    return row


def is_only(reading: Reading, row: Any) -> bool:
    """Tell whether an index of a partitioned table is invalid: some partition has none of it."""
    held = reading.tables[row.table_oid]
    is_key = row.oid in reading.key_indexes
    return held.partition_by is not None and not (row.valid or is_key)


def only(reading: Reading, row: Any) -> dict[Name, IndexPart] | None:
    """Return the parts of an index that is ON ONLY its table, by their partitions."""
    if not is_only(reading, row):
        return None
    return {
        reading.names[one.table_oid]: IndexPart(name=one.name, only=only(reading, one))
        for one in reading.parts_of_indexes.get(row.oid, ())
    }


def inherited(reading: Reading, oid: int) -> dict[str, Inherited]:
    """Return what a partition has otherwise of what is above it, by the names there."""
    if reading.tables[oid].parent is None:
        return {}
    found = {}
    comments = {}
    for row in reading.inherited_constraints[oid]:
        if row.index_oid is not None and row.type != "f":
            comments[row.index_oid] = row.comment
        else:
            found[row.name] = Inherited(comment=row.comment)
    for row in reading.indexes_of[oid]:
        if not row.inherited:
            continue
        top = whole(reading, row)
        if is_only(reading, top):
            continue
        is_key = top.oid in reading.key_indexes
        comment = comments.get(row.oid) if is_key else row.comment
        own = Inherited(comment=comment)
        if not is_key:
            own = replace(own, **settings(reading, row, top))
        if own != Inherited() or not AUTOMATIC.search(row.name):
            found[top.name] = replace(own, name=row.name)
    return found


def settings(reading: Reading, row: Any, top: Any) -> dict[str, Any]:
    """Return the settings of a part that are not those of the whole."""
    found: dict[str, Any] = {}
    leaf = reading.tables[row.table_oid].partition_by is None
    if leaf and row.parameters != top.parameters:
        own = parameters(row.parameters)
        if own != parameters(top.parameters):
            found["storage_parameters"] = own
    if row.tablespace is not None and row.tablespace != top.tablespace:
        found["tablespace"] = row.tablespace
    return found
