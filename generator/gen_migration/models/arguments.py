"""Constraints, indexes and options of a table, as a `Table` of SQLAlchemy takes them. Pure.

What SQLAlchemy has no words for is left out here, and told by `unsaid`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.alembic_ops import write, write_constraints
from gen_migration.alembic_ops.calls import Call, call, said
from gen_migration.base.data_class import replace
from gen_migration.model.schema import (
    Check,
    Exclude,
    ForeignKey,
    Index,
    Indexed,
    PrimaryKey,
    Unique,
)
from gen_migration.sql import ddl

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from gen_migration.model.schema import Constraint, PartitionBy, Table
    from gen_migration.postgres.names import Name


def constraints(value: Table, tables: Collection[Name]) -> dict[str, Constraint]:
    """Return the constraints of a table as models say them, without those that they do not.

    `tables` are those that foreign keys can point at.
    """
    every = {key: sayable(one, tables) for key, one in value.constraints.items()}
    found = {key: one for key, one in every.items() if one is not None}
    # PostgreSQL makes one of equal keys that a table is created with: the primary key, if it is
    # among them.
    seen: list[object] = []
    for key, one in sorted(found.items(), key=lambda each: (each[1].word, each[0])):
        same = key_shape(one)
        if same is not None and same in seen:
            del found[key]
        seen.append(same)
    return found


def sayable(value: Constraint, tables: Collection[Name]) -> Constraint | None:
    """Return a constraint as models say it; None where SQLAlchemy has no words for it.

    All rows are checked, and of its index there is what makes the constraint.
    """
    if isinstance(value, ForeignKey) and value.referred_table not in tables:
        return None
    if isinstance(value, ForeignKey | Check) and value.not_enforced:
        return None
    found = write_constraints.without_not_valid(value)
    if isinstance(found, Indexed):
        found = replace(found, storage_parameters={}, tablespace=None)
        found = replace(found, index_comment=None)
    if isinstance(found, PrimaryKey):  # a class has one in any case
        found = replace(found, without_overlaps=False)
        found = replace(found, include=() if found.deferrable else found.include)
    if isinstance(found, Exclude | ForeignKey):  # of a circle, it would come too early
        found = replace(found, comment=None)
    return None if write_constraints.constraint("", found) is None else found


def key_shape(value: Constraint) -> tuple[object, ...] | None:
    """Return what is the same of two keys that are one for PostgreSQL; None of other constraints.

    Source: `transformIndexConstraints` in parse_utilcmd.c.
    """
    if isinstance(value, Exclude):
        return (value,)
    if not isinstance(value, PrimaryKey | Unique):
        return None
    distinct = isinstance(value, Unique) and value.nulls_not_distinct
    late = (value.deferrable, value.initially_deferred)
    return (value.columns, value.include, distinct, *late)


def constraint(name: str, value: Constraint, *, has_base: bool) -> Call:
    """Return a constraint that models can say.

    Under a base of the user's, names are what no naming convention touches.
    """
    found = write_constraints.constraint(name, value)
    assert found is not None  # noqa: S101 - it is sayable
    options = {**found.keywords, "name": conventional(name, has_base=has_base)}
    return replace(found, keywords=options | said(comment=value.comment))


def conventional(name: str, *, has_base: bool) -> Any:
    return call("sa.schema.conv", name) if has_base else name


def at_column(value: ForeignKey, found: Call) -> Call | None:
    """Return a foreign key as the argument of its column; None where it has several."""
    if len(value.columns) > 1:
        return None
    _, targets = found.arguments
    return Call("sa.ForeignKey", tuple(targets), found.keywords)


def indexes(value: Table, *, has_base: bool) -> Iterator[Call]:
    """Yield the indexes of a table."""
    for name, one in value.indexes.items():
        if is_said(one):
            named = conventional(name, has_base=has_base)
            plain = [replace(each, opclass=None) for each in one.elements]
            classes = operator_classes(one)
            elements = plain if classes else one.elements
            how = write.index_options(one) | said(postgresql_ops=classes)
            yield Call("sa.Index", (named, *write.index_elements(elements)), how)


def operator_classes(value: Index) -> dict[str, str]:
    """Return the operator classes of columns, where nothing else is said of one that has some.

    Alembic compares them only where they stand apart from the columns.
    """
    classed = [one for one in value.elements if one.opclass is not None]
    if not all(write.is_column(replace(one, opclass=None)) for one in classed):
        return {}
    return {
        one.column: one.opclass.sql for one in classed if one.column and one.opclass
    }


def is_said(value: Index) -> bool:
    """Tell whether SQLAlchemy can make an index: those of a partitioned table alone it cannot."""
    return value.only is None


def options(table: Name, value: Table) -> dict[str, Any]:
    """Return the keywords of `Table`."""
    found = write.table_options(value, table)
    if not inherits_plainly(value):
        found.pop("postgresql_inherits")
    if partition_by(value) is None:
        found.pop("postgresql_partition_by", None)
    found |= said(
        comment=value.comment,
        postgresql_using=value.access_method,
    )
    return found


def inherits_plainly(value: Table) -> bool:
    """Tell whether SQLAlchemy can say the parents of a table: it quotes each as one word."""
    return all(one.schema is None for one in value.inherits)


def partition_by(value: Table) -> PartitionBy | None:
    """Return how a table is partitioned, where SQLAlchemy hands that on as it is meant."""
    by = value.partition_by
    return by if by and write.is_plain(ddl.partition_by(by)) else None


def key_of(value: Table) -> tuple[str, ...]:
    """Return the columns of the primary key."""
    keys = (one for one in value.constraints.values() if isinstance(one, PrimaryKey))
    return next((one.columns for one in keys), ())


def external(table: Name, columns: Mapping[str, Any], metadata: Any, keys: Any) -> Call:
    """Return a `Table` of others: the columns that are known of it, with the keys referred to."""
    parts = [call("sa.Column", name, of) for name, of in columns.items()]
    unique = [call("sa.UniqueConstraint", *key) for key in keys]
    found = {**said(schema=table.schema), "info": {"external": True}}
    return Call("sa.Table", (table.name, metadata, *parts, *unique), found)
