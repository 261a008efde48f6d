"""Marks of a table's indexes: that rows are known by one, or kept in its order. Pure.

PostgreSQL keeps a mark at the index: it goes with that, and follows a rename.
Source: the manual, ALTER TABLE (REPLICA IDENTITY, CLUSTER ON).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.model.schema import ReplicaIdentity

if TYPE_CHECKING:
    from gen_migration.model.schema import Table

# The fields of a table that may name an index, and what each is while that index is gone: no
# UPDATE is refused where rows are known by all that they hold.
MEANWHILE: dict[str, Any] = {
    "replica_identity": ReplicaIdentity(rows="full"),
    "cluster_on": None,
}


def marked(value: ReplicaIdentity | str | None) -> str | None:
    """Return the index that a mark is on."""
    return value.index if isinstance(value, ReplicaIdentity) else value


def renamed(table: Table, old: str, new: str) -> Table:
    """Return a table whose marks are on an index that is called otherwise."""
    changed: dict[str, Any] = {}
    if table.cluster_on == old:
        changed["cluster_on"] = new
    if marked(table.replica_identity) == old:
        changed["replica_identity"] = ReplicaIdentity(rows="index", index=new)
    return replace(table, **changed) if changed else table
