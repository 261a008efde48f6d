"""Differences of the marks of a table's indexes.

A mark moves to a new index before the old one goes. One of an index that is built anew, or whose
columns may be NULL from now on, is off meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.model.constraints import plain_columns
from gen_migration.model.marks import MEANWHILE, marked
from gen_migration.operations import every as op
from gen_migration.operations.base import DropPart

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gen_migration.model.schema import Table
    from gen_migration.operations.base import Operation
    from gen_migration.postgres.names import Name


def marks(
    name: Name, old: Table, new: Table, parts: Iterable[Operation]
) -> Iterator[Operation]:
    """Yield the changes of a table's marks; `parts` are those of its indexes and constraints."""
    gone = {one.name for one in parts if isinstance(one, DropPart)}
    for kind in (op.SetReplicaIdentity, op.SetClustering):
        before, after = getattr(old, kind.field), getattr(new, kind.field)
        index = marked(before)
        is_anew = index in gone and marked(after) == index
        is_loose = kind is op.SetReplicaIdentity and loosened(old, new, index)
        if is_anew or is_loose:
            meanwhile = MEANWHILE[kind.field]
            yield kind(table=name, old=before, new=meanwhile)
            before = meanwhile
        if before != after:
            yield kind(table=name, old=before, new=after)


def loosened(old: Table, new: Table, index: str | None) -> bool:
    """Tell whether a column of an index that rows are known by may be NULL from now on."""
    part = None if index is None else {**old.constraints, **old.indexes}.get(index)
    return part is not None and any(
        key in new.columns
        and new.columns[key].nullable
        and not old.columns[key].nullable
        for key in plain_columns(part) & old.columns.keys()
    )
