"""Dependents of columns whose type changes, which are taken off meanwhile."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.model.own_columns import column_of, partitions
from gen_migration.model.partitions import ancestors
from gen_migration.model.schema import Check, Exclude, ForeignKey, PrimaryKey, Unique
from gen_migration.operations.base import DropConstraint, DropIndex
from gen_migration.operations.columns import DropColumn, SetColumnDefault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gen_migration.model.schema import Constraint, Element, Index, Schema
    from gen_migration.postgres.names import Name

TableColumn = tuple["Name", str]


@dataclass(slots=True)
class Touched:
    """Columns that change.

    Those of `typed` get another type, or another modifier; of these, expressions are to be `read`
    again where it is another type. Those of `dropped` are dropped and added. Expressions that
    name one of `enums` are read again, too.
    """

    typed: set[TableColumn] = field(default_factory=set)
    read: set[TableColumn] = field(default_factory=set)
    dropped: set[TableColumn] = field(default_factory=set)
    enums: set[Name] = field(default_factory=set)


def families(schema: Schema, places: Iterable[TableColumn]) -> dict[Name, set[str]]:
    """Return the columns by table, and by each of its partitions."""
    result: dict[Name, set[str]] = {}
    for table, column in places:
        for name in (table, *partitions(schema, table)):
            result.setdefault(name, set()).add(column)
    return result


def concerns(text: str | None, columns: set[str], enums: set[Name]) -> bool:
    """Tell whether an expression has to be read again."""
    if text is None or not (columns or enums):
        return False
    from gen_migration.postgres.names_in import names_in

    return names_in(text).concerns(columns, enums)


def generated_of(schema: Schema, touched: Touched) -> Iterator[DropColumn]:
    """Yield the generated columns that are computed from columns that change."""
    for table, columns in families(schema, touched.typed | touched.dropped).items():
        for name, column in schema.tables[table].columns.items():
            if (
                column.generated is not None
                and (table, name) not in touched.dropped
                and concerns(column.generated.expression, columns, touched.enums)
            ):
                yield DropColumn(table=table, name=name, old=column)


def defaults_of(schema: Schema, touched: Touched) -> Iterator[SetColumnDefault]:
    """Yield the defaults that were read with another type.

    Where partitions have defaults of their own, each table loses its own alone.
    """
    for table, value in schema.tables.items():
        for name, column in value.columns.items():
            family = (table, *partitions(schema, table))
            split = any(
                "default" in schema.tables[one].own.get(name, {}) for one in family
            )
            for one in family if split else (table,):
                default = (
                    column_of(schema, one, name).default if split else column.default
                )
                if default is not None and (
                    (table, name) in touched.read
                    or concerns(default, set(), touched.enums)
                ):
                    yield SetColumnDefault(
                        table=one,
                        name=name,
                        old=default,
                        new=None,
                        only=split and schema.tables[one].partition_by is not None,
                    )


def constraints_of(schema: Schema, touched: Touched) -> Iterator[DropConstraint]:
    """Yield the constraints to take off, foreign keys first."""
    read = families(schema, touched.read | touched.dropped)
    dropped = families(schema, touched.dropped)
    found = [
        DropConstraint(table=table, name=name, old=constraint)
        for table, value in schema.tables.items()
        for name, constraint in value.constraints.items()
        if is_concerned(
            constraint, table, read, dropped.get(table, set()), touched.enums
        )
    ]
    yield from sorted(found, key=lambda one: not isinstance(one.old, ForeignKey))


def is_concerned(
    value: Constraint,
    table: Name,
    read: dict[Name, set[str]],
    dropped: set[str],
    enums: set[Name],
) -> bool:
    columns = read.get(table, set())
    match value:
        case ForeignKey():
            referred = read.get(value.referred_table, set())
            return bool(
                columns & set(value.columns) or referred & set(value.referred_columns)
            )
        case PrimaryKey() | Unique():
            return bool(dropped & {*value.columns, *value.include})
        case Check():
            return concerns(value.expression, columns, enums)
        case Exclude():
            parts = [one.element for one in value.elements]
            return (
                bool(dropped & set(value.include))
                or concerns(value.where, columns, enums)
                or any(is_element(one, columns, dropped, enums) for one in parts)
            )


def is_element(
    value: Element, columns: set[str], dropped: set[str], enums: set[Name]
) -> bool:
    return value.column in dropped or concerns(value.expression, columns, enums)


def indexes_of(schema: Schema, touched: Touched) -> Iterator[DropIndex]:
    """Yield the indexes to take off."""
    read = families(schema, touched.read | touched.dropped)
    dropped = families(schema, touched.dropped)
    for table, value in schema.tables.items():
        columns, gone = read.get(table, set()), dropped.get(table, set())
        if not (columns or touched.enums):
            continue
        for name, index in value.indexes.items():
            if is_index_concerned(index, columns, gone, touched.enums):
                yield DropIndex(table=table, name=name, old=index)


def is_index_concerned(
    value: Index, columns: set[str], dropped: set[str], enums: set[Name]
) -> bool:
    return (
        bool(dropped & set(value.include))
        or concerns(value.where, columns, enums)
        or any(is_element(one, columns, dropped, enums) for one in value.elements)
    )


def keys_to(schema: Schema, tables: Iterable[Name]) -> Iterator[DropConstraint]:
    """Yield the foreign keys that refer to tables, or to those that they are partitions of."""
    tables = frozenset(tables)
    referred = tables.union(*(ancestors(schema, table) for table in tables))
    for table, value in schema.tables.items():
        for name, constraint in value.constraints.items():
            if (
                isinstance(constraint, ForeignKey)
                and constraint.referred_table in referred
            ):
                yield DropConstraint(table=table, name=name, old=constraint)
