"""Dependents of columns whose type changes, which are taken off meanwhile."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.diff.set_aside import TYPES, concerned, defaults, going, naming
from gen_migration.kinds import BY_WORD
from gen_migration.kinds.graph import Graph
from gen_migration.model.constraints import elements_of, expressions_of, plain_columns
from gen_migration.model.given import column_of, given_column, has_heirs, heirs
from gen_migration.model.own_columns import is_split
from gen_migration.model.partitions import ancestors
from gen_migration.model.schema import ForeignKey
from gen_migration.operations import every as op
from gen_migration.operations.alterations import altered

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from gen_migration.kinds.nodes import Node
    from gen_migration.model.schema import Constraint, Index, Schema
    from gen_migration.postgres.names import Name

TableColumn = tuple["Name", str]
# What takes an object off, or those of its parts that are concerned.
OffObject = op.DropObject | op.AlterObject


@dataclass(slots=True)
class Touched:
    """Columns that change.

    Those of `typed` get another type, or another modifier; of these, expressions are to be `read`
    again where it is another type. What is `sorted` otherwise has another collation, or a type with
    other operator classes. Those of `dropped` are dropped and added. Expressions that name one of
    `enums` are read again, too.
    """

    typed: set[TableColumn] = field(default_factory=set)
    read: set[TableColumn] = field(default_factory=set)
    sorted: set[TableColumn] = field(default_factory=set)
    dropped: set[TableColumn] = field(default_factory=set)
    enums: set[Name] = field(default_factory=set)


def families(schema: Schema, places: Iterable[TableColumn]) -> dict[Name, set[str]]:
    """Return the columns by table, and by each of those that have them from it."""
    result: dict[Name, set[str]] = {}
    for table, column in places:
        for name in (table, *heirs(schema, table)):
            result.setdefault(name, set()).add(column)
    return result


def concerns(text: str | None, columns: set[str], enums: set[Name]) -> bool:
    """Tell whether an expression has to be read again."""
    if text is None or not (columns or enums):
        return False
    from gen_migration.postgres.names_in import names_in

    return names_in(text).concerns(columns, enums)


def generated_of(schema: Schema, touched: Touched) -> Iterator[op.DropColumn]:
    """Yield the generated columns that are computed from columns that change."""
    changing = families(schema, touched.typed | touched.dropped)
    for table, value in schema.tables.items():
        columns = changing.get(table, set())
        for name, column in value.columns.items() if columns or touched.enums else ():
            if (
                column.generated is not None
                and (table, name) not in touched.dropped
                and concerns(column.generated.expression, columns, touched.enums)
            ):
                yield op.DropColumn(table=table, name=name, old=column)


def defaults_of(schema: Schema, touched: Touched) -> Iterator[op.SetColumnDefault]:
    """Yield the defaults that were read with another type.

    Where others have the column with defaults of their own, each table loses its own alone.
    """
    read = {table for table, _ in touched.read}
    for table, value in schema.tables.items():
        if table not in read and not touched.enums:
            continue
        for name, column in value.columns.items():
            if value.inherits and given_column(schema, value, name) is not None:
                continue  # it is of the family of its parent
            family = (table, *heirs(schema, table))
            split = is_split(schema, table, name)
            for one in family if split else (table,):
                default = (
                    column_of(schema, one, name).default if split else column.default
                )
                if default is not None and (
                    (table, name) in touched.read
                    or concerns(default, set(), touched.enums)
                ):
                    yield op.SetColumnDefault(
                        table=one,
                        name=name,
                        old=default,
                        new=None,
                        only=split and has_heirs(schema, one),
                    )


def constraints_of(schema: Schema, touched: Touched) -> Iterator[op.DropConstraint]:
    """Yield the constraints to take off, foreign keys first."""
    read = families(schema, touched.read | touched.dropped)
    dropped = families(schema, touched.dropped)
    ordered = families(schema, touched.sorted)
    concerned = read.keys() | ordered.keys()
    found = [
        op.DropConstraint(table=table, name=name, old=constraint)
        for table, value in schema.tables.items()
        # Of other tables, what refers to these.
        for name, constraint in (
            value.constraints
            if touched.enums or table in concerned
            else value.foreign_keys
        ).items()
        if is_concerned(
            constraint, table, read, dropped.get(table, set()), touched.enums
        )
        or says_order(constraint, ordered.get(table, set()))
    ]
    yield from sorted(found, key=lambda one: not isinstance(one.old, ForeignKey))


def is_concerned(
    value: Constraint | Index,
    table: Name,
    read: dict[Name, set[str]],
    dropped: set[str],
    enums: set[Name],
) -> bool:
    """Tell whether a constraint or an index goes with columns, or is read with their types."""
    columns = read.get(table, set())
    if isinstance(value, ForeignKey):
        referred = read.get(value.referred_table, set())
        return bool(
            columns & set(value.columns) or referred & set(value.referred_columns)
        )
    return bool(dropped & plain_columns(value)) or any(
        concerns(text, columns, enums) for text in expressions_of(value)
    )


def says_order(value: Constraint | Index, columns: set[str]) -> bool:
    """Tell whether it names the collation, or the operator class, of one of the columns.

    PostgreSQL builds it anew from what it prints of it, and it prints none that the column has by
    itself: what is built has that of the new type. Source: `pg_get_indexdef_worker`.
    """
    return any(
        one.column in columns and (one.collation is not None or one.opclass is not None)
        for one in elements_of(value)
    )


def indexes_of(schema: Schema, touched: Touched) -> Iterator[op.DropIndex]:
    """Yield the indexes to take off."""
    read = families(schema, touched.read | touched.dropped)
    dropped = families(schema, touched.dropped)
    ordered = families(schema, touched.sorted)
    for table, value in schema.tables.items():
        columns, gone = read.get(table, set()), dropped.get(table, set())
        if not (columns or touched.enums):
            continue
        for name, index in value.indexes.items():
            if is_concerned(index, table, read, gone, touched.enums) or says_order(
                index, ordered.get(table, set())
            ):
                yield op.DropIndex(table=table, name=name, old=index)


def objects_of(schema: Schema, touched: Touched) -> list[OffObject]:
    """Return what takes off all that stands on columns or types that change (see `taken_off`)."""
    nodes: set[Node] = {
        ("column", table, name)
        for table, columns in families(schema, touched.typed | touched.dropped).items()
        for name in columns
    }
    nodes |= {("enum", name) for name in touched.enums}
    return taken_off(schema, nodes)


def called(schema: Schema, objects: Iterable[OffObject]) -> set[Node]:
    """Return what calls functions that go, or stands on what does."""
    routines = {
        (one.kind, one.name)
        for one in objects
        if BY_WORD[one.kind].space == "functions"
    }
    return {
        node
        for node in concerned(schema, routines)
        if node[0] != "column" or is_generated(schema, *node[1:])
    }


def is_generated(schema: Schema, table: Name, name: str) -> bool:
    """Tell whether a table declares a column that is computed."""
    column = schema.tables[table].columns.get(name)
    return column is not None and column.generated is not None


def called_of(schema: Schema, found: Collection[Node]) -> Iterator[op.Operation]:
    """Yield what takes parts of tables off that call functions which go."""
    for node in sorted(found, key=str):
        match node:
            case ("default", table, name) if name in schema.tables[table].columns:
                yield from defaults(schema, table, name)
            case ("constraint", table, name):
                old = schema.tables[table].constraints[name]
                yield op.DropConstraint(table=table, name=name, old=old)
            case ("index", table, name):
                index = schema.tables[table].indexes[name]
                yield op.DropIndex(table=table, name=name, old=index)


def types_let_go(
    schema: Schema, found: Collection[Node], objects: Iterable[OffObject]
) -> tuple[list[op.Operation], list[op.Operation]]:
    """Return what lets types go of functions that they call, and what gives them back all."""
    off: list[op.Operation] = []
    back: list[op.Operation] = []
    names = naming(schema, {(one.kind, one.name) for one in objects})
    for word, name in sorted((node for node in found if node[0] in TYPES), key=str):
        kind, value = BY_WORD[word], schema.of(word)[name]
        bare = kind.let_go(value, names)
        off += altered(kind, name, value, bare)
        back += altered(kind, name, bare, value)
    return off, back


def taken_off(schema: Schema, nodes: Collection[Node]) -> list[OffObject]:
    """Return what drops the objects that stand on nodes, or what of them does so.

    What stands on others goes first.
    """
    found: list[OffObject] = []
    for word, name in Graph(schema).standing_on(nodes):
        kind, value = BY_WORD[word], schema.of(word)[name]
        if kind.lets_go:
            rest = kind.without_parts(value, going(schema, nodes))
            found += altered(kind, name, value, rest)
        else:
            found.append(op.DropObject(kind=word, name=name, old=value))
    return found


def keys_to(schema: Schema, tables: Iterable[Name]) -> Iterator[op.DropConstraint]:
    """Yield the foreign keys that refer to tables, or to those that they are partitions of."""
    tables = frozenset(tables)
    referred = tables.union(*(ancestors(schema, table) for table in tables))
    for table, value in schema.tables.items():
        for name, key in value.foreign_keys.items():
            if key.referred_table in referred:
                yield op.DropConstraint(table=table, name=name, old=key)
