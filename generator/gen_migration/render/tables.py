"""The plain statements of changes to tables and indexes as a whole, and to partitions.

Source: the PostgreSQL manual, ALTER TABLE, ALTER INDEX and COMMENT.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.alembic_ops.calls import call
from gen_migration.model.partitions import AS_THERE
from gen_migration.model.schema import Index
from gen_migration.operations import every as op  # noqa: TC001 - `register` looks for it
from gen_migration.postgres.names import quote_name
from gen_migration.postgres.storage import HEAP
from gen_migration.render.alter_clauses import alter_table
from gen_migration.render.create import Parts, index_called, plain
from gen_migration.sql import (
    ddl,
    part_names,
    partition_names,
    partition_not_null,
    row_security,
)

if TYPE_CHECKING:
    from gen_migration.model.schema import Inherited, Parameters


def set_parameters(what: str, old: Parameters, new: Parameters) -> str:
    """Return the statement that sets what is new or changed, and resets what is gone."""
    changed = {key: value for key, value in new.items() if old.get(key) != value}
    gone = [key for key in old if key not in new]
    actions = [f"SET ({ddl.parameters(changed)})"] if changed else []
    actions += [f"RESET ({', '.join(gone)})"] if gone else []
    return f"ALTER {what} {', '.join(actions)}"


def set_tablespace(what: str, tablespace: str | None) -> str:
    """Return the statement that moves a table or an index; None is the database's own."""
    return f"ALTER {what} SET TABLESPACE {quote_name(tablespace or 'pg_default')}"


@plain.register
def _(operation: op.SetTableStorage) -> Parts:
    what = f"TABLE {operation.table.sql}"
    yield set_parameters(what, operation.old, operation.new)


@plain.register
def _(operation: op.SetIndexStorage) -> Parts:
    what = index_called(operation.table, operation.name)
    yield set_parameters(what, operation.old, operation.new)


@plain.register
def _(operation: op.SetTableUnlogged) -> Parts:
    action = "SET UNLOGGED" if operation.new else "SET LOGGED"
    yield alter_table(operation.table, action)


@plain.register
def _(operation: op.SetTableTablespace) -> Parts:
    yield set_tablespace(f"TABLE {operation.table.sql}", operation.new)


@plain.register
def _(operation: op.SetTableRowSecurity) -> Parts:
    actions = row_security.actions(operation.old, operation.new)
    yield alter_table(operation.table, *actions)


@plain.register
def _(operation: op.SetTableAccessMethod) -> Parts:
    method = quote_name(operation.new or HEAP)
    yield alter_table(operation.table, f"SET ACCESS METHOD {method}")


@plain.register
def _(operation: op.SetReplicaIdentity) -> Parts:
    identity = ddl.replica_identity(operation.new)
    yield alter_table(operation.table, f"REPLICA IDENTITY {identity}")


@plain.register
def _(operation: op.SetClustering) -> Parts:
    name = operation.new
    action = "SET WITHOUT CLUSTER" if name is None else f"CLUSTER ON {quote_name(name)}"
    yield alter_table(operation.table, action)


@plain.register
def _(operation: op.SetIndexTablespace) -> Parts:
    what = index_called(operation.table, operation.name)
    yield set_tablespace(what, operation.new)


@plain.register
def _(operation: op.SetIndexComment) -> Parts:
    yield ddl.comment(index_called(operation.table, operation.name), operation.new)


@plain.register
def _(operation: op.AttachPartition) -> Parts:
    table, columns = operation.table, operation.not_null
    place = operation.new.partition_of
    assert place is not None  # noqa: S101 - it becomes a partition
    said = [
        name
        for name, own in operation.new.own.items()
        if "nullable" in own and "not_null" not in own
    ]
    if columns:
        yield partition_not_null.as_parent(table, place.parent, columns)
    if said:
        yield partition_not_null.as_own(table, said, is_next=True)
    action = f"ATTACH PARTITION {table.sql} {ddl.bound(place.bound)}"
    yield alter_table(place.parent, action)


@plain.register
def _(operation: op.DetachPartition) -> Parts:
    table, place = operation.table, operation.old.partition_of
    assert place is not None  # noqa: S101 - it was a partition
    if operation.names:
        yield partition_names.rename(table, place.parent, operation.names)
    yield alter_table(place.parent, f"DETACH PARTITION {table.sql}")
    if operation.not_null:
        yield partition_not_null.as_own(table, operation.not_null, is_next=False)


@plain.register
def _(operation: op.Inherit) -> Parts:
    table, parent = operation.table, operation.parent
    if operation.not_null:
        yield partition_not_null.as_parent(table, parent, operation.not_null)
    yield alter_table(table, f"INHERIT {parent.sql}")


@plain.register
def _(operation: op.NoInherit) -> Parts:
    table = operation.table
    yield alter_table(table, f"NO INHERIT {operation.parent.sql}")
    if operation.not_null:
        yield partition_not_null.as_own(table, operation.not_null, is_next=False)


@plain.register
def _(operation: op.MakeTyped) -> Parts:
    yield alter_table(operation.table, f"OF {operation.of.sql}")


@plain.register
def _(operation: op.MakeUntyped) -> Parts:
    yield alter_table(operation.table, "NOT OF")


@plain.register
def _(operation: op.StayUntyped) -> Parts:
    columns = ", ".join(operation.order)
    yield call(
        "NotImplementedError",
        f"PostgreSQL cannot make table {operation.table} one of type {operation.of} again: its"
        f" columns are {columns}, and the type is in use, with its attributes in another order",
    )


@plain.register
def _(operation: op.SetInherited) -> Parts:
    # A name that is given comes first, or goes last.
    table, of = operation.table, operation.of
    old, new = operation.old or AS_THERE, operation.new or AS_THERE
    whole = operation.above._replace(name=operation.name)
    called = new.name or old.name
    index = index_called(table, called or "")
    if new.name not in {None, old.name}:
        yield part_names.rename(table, whole, new.name)
    if isinstance(of, Index):
        parameters = [with_parameters(one, of) for one in (old, new)]
        if parameters[0] != parameters[1]:
            yield set_parameters(index, *parameters)
        if old.tablespace != new.tablespace:
            yield set_tablespace(index, new.tablespace)
    if old.comment != new.comment:
        constraint = f"CONSTRAINT {quote_name(called or operation.name)} ON {table.sql}"
        yield ddl.comment(index if isinstance(of, Index) else constraint, new.comment)
    if old.name is not None and new.name is None:
        yield part_names.rename_back(table, whole, of)


def with_parameters(own: Inherited, of: Index) -> Parameters:
    """Return the storage parameters of a part."""
    found = own.storage_parameters
    return of.storage_parameters if found is None else found
