"""The tables of a catalog: constraints, partitions, parameters. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.catalog import access, indexes
from gen_migration.catalog.columns import column
from gen_migration.catalog.inherited import inherited, is_only, only
from gen_migration.kinds.access import TABLE
from gen_migration.model import schema as model
from gen_migration.postgres.parser import parse
from gen_migration.postgres.type_names import INTEGERS
from gen_migration.postgres.types import Type
from gen_migration.sql import row_security
from gen_migration.sql.simplify import readable
from gen_migration.sql.tree import bound, partition_by

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.catalog.rows import Reading

# pg_constraint.confdeltype and confupdtype.
ACTIONS = {"r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
OWNERS_OF_INDEXES = frozenset(("p", "u", "x"))


def table(
    reading: Reading,
    oid: int,
    columns: Mapping[str, model.Column],
    own: Mapping[str, model.Own],
    *,
    is_alone: bool,
) -> model.Table:
    """Return a table that declares these columns, with what it has otherwise of others.

    `is_alone` tells that what it has columns from is not known.
    """
    row = reading.tables[oid]
    rows = reading.constraints[oid]
    owned = {one.index_oid for one in rows if one.type in OWNERS_OF_INDEXES}
    name = reading.names[oid]
    own_indexes = [
        one
        for one in reading.indexes_of[oid]
        if one.oid not in owned
        and not one.inherited
        and (one.valid or is_only(reading, one))
    ]
    return model.Table(
        columns=columns,
        own=own,
        inherited=inherited(reading, oid),
        constraints=reading.read("constraint", name, rows, constraint),
        indexes=reading.read("index", name, own_indexes, index),
        partition_by=key(reading, row),
        partition_of=place(reading, row),
        **({} if is_alone else origins(reading, row)),
        unlogged=row.unlogged,
        storage_parameters={
            **indexes.parameters(row.parameters),
            **indexes.parameters(row.toast_parameters, "toast."),
        },
        tablespace=row.tablespace,
        row_security=row_security.STATES[row.row_security, row.forced],
        access_method=row.access_method,
        replica_identity=replica_identity(row),
        cluster_on=row.cluster_on,
        comment=row.comment,
        **access.access_of(reading, TABLE, name, oid),
    )


def origins(reading: Reading, row: Any) -> dict[str, Any]:
    """Return the parents of a child, and the type of a typed table."""
    parents = tuple(reading.names[one] for one in row.inherits or ())
    if row.of_type is None:
        return {"inherits": parents}
    of = reading.composites[row.of_type]
    return {"of_type": reading.type_name(of.schema, of.name)}


def index(reading: Reading, row: Any) -> model.Index:
    """Return an index of a table, with its parts where not all partitions have one."""
    found, parts = indexes.index(reading, row), only(reading, row)
    return found if parts is None else replace(found, only=parts)


def replica_identity(row: Any) -> model.ReplicaIdentity | None:
    """Return what rows are known by; the default where the index is gone, as in pg_dump."""
    match row.replica_identity:
        case "f":
            return model.ReplicaIdentity(rows="full")
        case "n":
            return model.ReplicaIdentity(rows="nothing")
        case "i" if row.replica_index is not None:
            return model.ReplicaIdentity(rows="index", index=row.replica_index)
    return None


def columns(reading: Reading, oid: int) -> dict[str, model.Column]:
    """Return the columns of a table, or of a partition, in physical order."""
    return {one.name: column(reading, one) for one in reading.columns[oid]}


def key(reading: Reading, row: Any) -> model.PartitionBy | None:
    """Return how a table is partitioned."""
    if row.partition_by is None:
        return None
    text = f"CREATE TABLE t (c integer) PARTITION BY {row.partition_by}"
    found = partition_by(parse("", text).stmts[0].stmt.create_stmt.partspec)
    return replace(
        found,
        elements=tuple(
            indexes.readable_element(one, reading.types[row.oid])
            for one in found.elements
        ),
    )


def place(reading: Reading, row: Any) -> model.PartitionOf | None:
    """Return the parent of a partition, and its bound there."""
    if row.bound is None:
        return None
    text = f"CREATE TABLE p PARTITION OF t {row.bound}"
    found = bound(parse("", text).stmts[0].stmt.create_stmt.partbound)
    by = key(reading, reading.tables[row.parent])
    types = reading.types[row.parent]
    keys = () if by is None else by.elements
    numbers = [types.get(one.column or "") in NUMBERS for one in keys]
    return model.PartitionOf(
        parent=reading.names[row.parent], bound=with_numbers(found, numbers)
    )


# PostgreSQL prints some numbers of a bound as text in quotes: FROM ('1') TO ('10').
NUMBERS = frozenset(Type(name=name) for name in (*INTEGERS, "oid"))


def with_numbers(found: model.Bound, keys: list[bool]) -> model.Bound:
    """Return a bound with its numbers as a spec writes them."""

    def plain(values: tuple[str, ...]) -> tuple[str, ...]:
        wide = keys if len(keys) == len(values) else keys[:1] * len(values)
        return tuple(
            one.strip("'") if number else one
            for one, number in zip(values, wide, strict=True)
        )

    return replace(
        found,
        lower=plain(found.lower),
        upper=plain(found.upper),
        values=plain(found.values),
    )


def constraint(reading: Reading, row: Any) -> model.Constraint:
    """Return a constraint."""
    deferral = {"deferrable": row.deferrable, "initially_deferred": row.deferred}
    if row.type == "c":
        return model.Check(
            expression=readable(row.expression, reading.types[row.table_oid]),
            no_inherit=row.no_inherit,
            not_valid=not row.validated and row.enforced,
            not_enforced=not row.enforced,
            comment=row.comment,
        )
    if row.type == "f":
        return model.ForeignKey(
            columns=reading.column_names(row.table_oid, row.columns),
            referred_table=reading.names[row.referred_oid],
            referred_columns=reading.column_names(
                row.referred_oid, row.referred_columns
            ),
            on_delete=ACTIONS.get(row.on_delete),
            on_delete_columns=reading.column_names(
                row.table_oid, row.on_delete_columns
            ),
            on_update=ACTIONS.get(row.on_update),
            match_full=row.match_full,
            period=row.period,
            not_valid=not row.validated and row.enforced,
            not_enforced=not row.enforced,
            comment=row.comment,
            **deferral,
        )
    return key_constraint(reading, row, deferral)


def key_constraint(
    reading: Reading, row: Any, deferral: dict[str, Any]
) -> model.Constraint:
    """Return a constraint that an index keeps."""
    held_by = reading.indexes[row.index_oid]
    carried = indexes.included(reading, held_by)
    settings = deferral | {"index_comment": held_by.comment}
    if reading.tables[row.table_oid].partition_by is None:
        settings["storage_parameters"] = indexes.parameters(held_by.parameters)
        settings["tablespace"] = held_by.tablespace
    if row.type == "x":
        return model.Exclude(
            method=held_by.method,
            elements=tuple(
                model.ExcludeElement(element=element, operator=operator)
                for element, operator in zip(
                    indexes.elements(reading, held_by), row.operators, strict=True
                )
            ),
            include=carried,
            where=indexes.where(reading, held_by),
            comment=row.comment,
            **settings,
        )
    common = {
        "columns": reading.column_names(row.table_oid, row.columns),
        "include": carried,
        "without_overlaps": row.period,
        "comment": row.comment,
        **settings,
    }
    if row.type == "p":
        return model.PrimaryKey(**common)
    return model.Unique(nulls_not_distinct=held_by.nulls_not_distinct, **common)
