"""The marks of a table's indexes in a spec: replica identity, and clustering."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.errors import nearest, quoted
from gen_migration.model.constraints import elements_of, plain_columns
from gen_migration.model.schema import (
    Exclude,
    Index,
    PrimaryKey,
    ReplicaIdentity,
    Unique,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.model.schema import Constraint
    from gen_migration.spec.build.context import Body, Spot

    Parts = Mapping[str, Constraint | Index]


def replica_identity(body: Body, parts: Parts) -> ReplicaIdentity | None:
    """Return what rows of a table are known by; None is the primary key."""
    shape = body.shape.replica_identity
    if shape is None:
        return None
    if shape.index is None:
        return ReplicaIdentity(rows=shape.rows or "full")
    at = body.at / "replica_identity" / "index"
    part = indexed(body, at, shape.index, parts)
    if part is None:
        return None
    if (fault := fault_of(body, part)) is not None:
        at.wrong(
            f"rows are not known by {quoted(shape.index)}: {fault}",
            "write a unique index, or a key, of columns that are never NULL",
        )
    return ReplicaIdentity(rows="index", index=shape.index)


def fault_of(body: Body, part: Constraint | Index) -> str | None:
    """Return why PostgreSQL knows no rows by an index (`ATExecReplicaIdentity`)."""
    is_unique = isinstance(part, PrimaryKey | Unique)
    if isinstance(part, Index):
        is_unique = part.unique
    if not is_unique:
        return "it is not unique"
    if getattr(part, "deferrable", False):
        return "it may be deferred"
    if getattr(part, "where", None) is not None:
        return "it is not over all rows"
    if any(one.column is None for one in elements_of(part)):
        return "it holds an expression"
    if isinstance(part, PrimaryKey):
        return None
    include = getattr(part, "include", ())
    for key in sorted(plain_columns(part) - {*include}):
        if key in body.columns and body.columns[key].nullable:
            return f"column {quoted(key)} may be NULL"
    return None


def cluster_on(body: Body, parts: Parts) -> str | None:
    """Return the index by which CLUSTER orders the rows of a table."""
    name, at = body.shape.cluster_on, body.at / "cluster_on"
    if name is None:
        return None
    if body.shape.partition_by is not None:
        at.wrong_key(
            "a partitioned table holds no rows to order", "write it at its partitions"
        )
        return None
    part = indexed(body, at, name, parts)
    if part is None:
        return None
    method = getattr(part, "method", "btree")
    if getattr(part, "where", None) is not None:
        at.wrong(f"{quoted(name)} is not over all rows", "write an index without where")
    elif method in UNORDERED:
        at.wrong(
            f"{quoted(name)} is an index by {method}, which orders no rows",
            "write one by btree or gist",
        )
    return name


# Access methods that cannot cluster (pg_indexam_has_property).
UNORDERED = frozenset(("hash", "gin", "brin", "spgist"))


def indexed(body: Body, at: Spot, name: str, parts: Parts) -> Constraint | Index | None:
    """Return the index or the key of a table that has a name; None when it is reported."""
    every = {
        key: one
        for key, one in parts.items()
        if isinstance(one, Index | PrimaryKey | Unique | Exclude)
    }
    if name in every:
        return every[name]
    if not any(body.build.is_broken((*body.at.path, key)) for key in SECTIONS):
        at.wrong(
            f"unknown index {quoted(name)}",
            nearest(name, every) or "write the name of an index or a key of this table",
        )
    return None


SECTIONS = ("indexes", "primary_key", "uniques", "excludes", "columns")
