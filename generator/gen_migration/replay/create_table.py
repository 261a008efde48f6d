"""`CREATE TABLE` and `CREATE INDEX` of a revision's SQL as operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.model.given import given_column
from gen_migration.model.inheritance import with_unsaid
from gen_migration.model.own_columns import put
from gen_migration.model.schema import Index, PartitionOf, PrimaryKey, Table
from gen_migration.model.table_renaming import with_sequences
from gen_migration.operations import every as op
from gen_migration.postgres.storage import HEAP
from gen_migration.replay import lookup
from gen_migration.sql import tree as values
from gen_migration.sql import tree_columns

if TYPE_CHECKING:
    from gen_migration.model.schema import Schema
    from gen_migration.replay.state import Replay


def create_table(replay: Replay, node: Any) -> None:
    name = values.relation(node.relation)
    if node.if_not_exists and name in replay.schema.tables:
        return
    is_part, is_typed = node.HasField("partbound"), node.HasField("of_typename")
    has_own = is_part or is_typed
    own = tree_columns.own_columns(node.table_elts) if has_own else {}
    items = [one for one in node.table_elts if not (has_own and is_column(one))]
    columns, constraints = tree_columns.elements(items, replay.schema.enums)
    for key, said in tree_columns.own_not_nulls(items, columns).items():
        own[key] = {**own.get(key, {}), **said}
    place = None
    if node.HasField("partbound"):
        parent = values.relation(node.inh_relations[0].range_var)
        place = PartitionOf(parent=parent, bound=values.bound(node.partbound))
    above = [] if is_part else node.inh_relations
    spec = node.partspec if node.HasField("partspec") else None
    table = Table(
        columns=columns,
        own=own,
        constraints=constraints,
        partition_by=None if spec is None else values.partition_by(spec),
        partition_of=place,
        inherits=tuple(values.relation(one.range_var) for one in above),
        of_type=values.dotted(node.of_typename.names) if is_typed else None,
        unlogged=node.relation.relpersistence == "u",
        storage_parameters=values.parameters(node.options),
        tablespace=node.tablespacename or None,
        access_method=None if node.access_method in {"", HEAP} else node.access_method,
    )
    table = with_unsaid(replay.schema, with_sequences(name, table))
    table = with_keys(replay.schema, table)
    replay.do(op.CreateTable(name=name, new=table))


def with_keys(schema: Schema, table: Table) -> Table:
    """Return a table whose primary key forbids NULL in columns that it is given."""
    for one in table.constraints.values() if table.is_heir else ():
        for key in one.columns if isinstance(one, PrimaryKey) else ():
            given = given_column(schema, table, key)
            if key not in table.columns and given is not None and given.nullable:
                own = {**table.own.get(key, {}), "nullable": False}
                table = put(table, key, own)
    return table


def is_column(item: Any) -> bool:
    return str(item.WhichOneof("node")) == "column_def"


def create_index(replay: Replay, node: Any) -> None:
    table = values.relation(node.relation)
    found = replay.schema.tables.get(table)
    other = lookup.relation(replay.schema, table)
    if found is None and other is None:
        return
    if not node.idxname:
        raise ValueError("an index without a name: PostgreSQL would choose one")
    if found and node.if_not_exists and node.idxname in found.indexes:
        return
    where = (
        values.expression(node.where_clause) if node.HasField("where_clause") else None
    )
    index = Index(
        elements=tuple(values.index_element(one) for one in node.index_params),
        unique=node.unique,
        nulls_not_distinct=node.nulls_not_distinct,
        method=node.access_method or "btree",
        where=where,
        include=tuple(one.index_elem.name for one in node.index_including_params),
        storage_parameters=values.parameters(node.options),
        tablespace=node.table_space or None,
        only={} if found and found.partition_by and not node.relation.inh else None,
    )
    if found is None:
        replay.set_index(table, node.idxname, index)
    else:
        replay.do(op.CreateIndex(table=table, name=node.idxname, new=index))
