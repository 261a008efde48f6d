"""What a partition takes over from its parent, and keeps when it is detached.

Source: the PostgreSQL manual, ALTER TABLE (ATTACH PARTITION, DETACH PARTITION), and for the
names of what it copies, `ChooseIndexName` and `makeObjectName` (indexcmds.c, analyze.c).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gen_migration.schema import (
    Check,
    Exclude,
    ForeignKey,
    PartitionOf,
    PrimaryKey,
    Table,
    Unique,
)
from gen_migration.sql import MAX_NAME_BYTES, Name, quote_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from typing import Any

    from gen_migration.schema import Column, Constraint, Element, Index, Own, Schema


# What a partition has from its parent when it comes to be, or otherwise of its own.
VALUES = ("default", "storage", "compression")


def is_partitioned(schema: Schema, name: Name) -> bool:
    """Tell whether a table of a schema is one that has partitions."""
    found = schema.tables.get(name)
    return found is not None and found.partition_by is not None


def parents_of(schema: Schema) -> dict[Name, Name]:
    """Return the tables that partitions belong to."""
    return {
        name: table.partition_of.parent
        for name, table in schema.tables.items()
        if table.partition_of is not None
    }


def standalone(schema: Schema, name: Name) -> Table:
    """Return what a partition of a schema is once it is detached."""
    table = schema.tables[name]
    place = table.partition_of
    if place is None:
        return table
    parent = standalone(schema, place.parent)
    constraints, indexes = inherited(name, table, parent)
    return replace(
        table,
        columns={
            key: partition_column(table, place.parent, key, one)
            for key, one in parent.columns.items()
        },
        constraints={**constraints, **table.constraints},
        indexes={**indexes, **table.indexes},
        partition_of=None,
        own={},
    )


def partition_column(table: Table, parent: Name, name: str, column: Column) -> Column:
    """Return a column of a partition: its parent's, and what is its own."""
    own = table.own.get(name, {})
    given = inherited_column(parent, name, column)
    # Who says NOT NULL gives it a name, or leaves that to PostgreSQL.
    if "nullable" in own:
        given = replace(given, not_null=None)
    return replace(given, **own)


def inherited_column(parent: Name, name: str, column: Column) -> Column:
    """Return what a partition has of a column of its parent.

    Comments are the parent's alone, and so is an identity, which PostgreSQL takes from what is
    detached. A serial column goes on with the parent's sequence.
    """
    found = replace(column, comment=None, identity=None)
    if not column.type.is_serial:
        return found
    sequence = quote_text(sequence_name(parent, name).sql)
    return replace(found, type=column.type.plain, default=f"nextval({sequence})")


def attached(
    schema: Schema,
    name: Name,
    table: Table,
    place: PartitionOf,
    says: Collection[str] = (),
) -> Table:
    """Return what a table is once it is attached: what it shares with its parent is inherited.

    `says` are the columns whose NOT NULL it goes on to say itself, though its parent does.
    """
    parent = standalone(schema, place.parent)
    constraints, indexes = inherited(
        name, replace(table, constraints={}, indexes={}), parent
    )
    return replace(
        table,
        columns={},
        own=own_columns(table, place.parent, parent, says),
        constraints={
            key: value
            for key, value in table.constraints.items()
            if key not in constraints
        },
        indexes={
            key: value for key, value in table.indexes.items() if key not in indexes
        },
        partition_of=place,
    )


def own_columns(
    table: Table, name: Name, parent: Table, says: Collection[str]
) -> dict[str, Own]:
    """Return what the columns of a table have of their own once it is attached to a parent."""
    found = {}
    for key, column in parent.columns.items():
        given = inherited_column(name, key, column)
        value = table.columns[key]
        named = value.not_null not in {None, column.not_null}
        both = not (value.nullable or column.nullable)
        if own := own_of(value, given, says=both and (named or key in says)):
            found[key] = own
    return found


def own_of(column: Column, parent: Column, *, says: bool) -> Own:
    """Return what a partition's column has otherwise than what its parent gives it.

    `says` tells whether it says NOT NULL itself, though its parent may do so as well.
    """
    own: dict[str, Any] = {
        field: getattr(column, field)
        for field in VALUES
        if getattr(column, field) != getattr(parent, field)
    }
    if not column.nullable and (says or parent.nullable):
        own["nullable"] = False
        if column.not_null is not None:
            own["not_null"] = column.not_null
    if column.comment is not None:
        own["comment"] = column.comment
    return own


def inherited(
    name: Name, own: Table, parent: Table
) -> tuple[dict[str, Constraint], dict[str, Index]]:
    """Return the constraints and indexes that a partition gets from its parent.

    Checks and foreign keys keep their names; keys and indexes get those of `inherited_names`.
    """
    names = inherited_names(name, own, parent)
    constraints = {
        names.get(key, key): replace(one, comment=None)
        for key, one in parent.constraints.items()
    }
    indexes = {
        names[key]: replace(one, comment=None, tablespace=None)
        for key, one in parent.indexes.items()
    }
    return constraints, indexes


def inherited_names(name: Name, own: Table, parent: Table) -> dict[str, str]:
    """Return what a partition's keys and indexes are called by the names of its parent's.

    PostgreSQL chooses them, where no other relation has them.
    """
    taken = {*own.constraints, *own.indexes}
    names = {}
    for key, constraint in parent.constraints.items():
        if not isinstance(constraint, Check | ForeignKey):
            names[key] = free_name(name.name, *constraint_label(constraint), taken)
            taken.add(names[key])
    for key, index in parent.indexes.items():
        names[key] = free_name(name.name, *index_label(index), taken)
        taken.add(names[key])
    return names


def index_label(value: Index) -> tuple[str, str]:
    """Return the middle and the end of the name that PostgreSQL gives an index."""
    return joined((*labels(value.elements), *value.include)), "idx"


def constraint_label(value: Constraint) -> tuple[str, str]:
    """Return the middle and the end of the name that PostgreSQL gives a constraint's index."""
    match value:
        case PrimaryKey():
            return "", "pkey"
        case Unique():
            return joined((*value.columns, *value.include)), "key"
        case Exclude():
            elements = labels(one.element for one in value.elements)
            return joined((*elements, *value.include)), "excl"
        case _:
            raise TypeError(type(value).__name__)


def labels(elements: Iterable[Element]) -> Iterator[str]:
    """Yield what stands for each element in a name (`FigureIndexColname`, `expr`)."""
    for element in elements:
        if element.column is not None:
            yield element.column
        else:
            from gen_migration.expressions import column_label

            yield column_label(element.expression or "") or "expr"


def distinct(columns: Iterable[str]) -> Iterator[str]:
    """Yield the columns of an index under names of their own (`ChooseIndexColumnNames`)."""
    seen: set[str] = set()
    for column in columns:
        name, number = column, 0
        while name in seen:
            number += 1
            room = MAX_NAME_BYTES - len(str(number))
            start = column.encode()[:room].decode(errors="ignore")
            name = f"{start}{number}"
        seen.add(name)
        yield name


def joined(columns: Iterable[str]) -> str:
    """Return the columns of an index as `ChooseIndexNameAddition` joins them."""
    text = ""
    for column in distinct(columns):
        text = f"{text}_{column}" if text else column
        if len(text.encode()) > MAX_NAME_BYTES:
            break
    return text.encode()[:MAX_NAME_BYTES].decode(errors="ignore")


def free_name(table: str, middle: str, end: str, taken: set[str]) -> str:
    """Return the first name that is not taken: `end`, `end1`, `end2`, …."""
    number = 0
    while True:
        name = object_name(table, middle, f"{end}{number or ''}")
        if name not in taken:
            return name
        number += 1


def object_name(first: str, second: str, label: str) -> str:
    """Return `first_second_label`, the longer of the first two cut to fit (`makeObjectName`)."""
    one, two = first.encode(), second.encode()
    room = MAX_NAME_BYTES - len(label.encode()) - 1 - (1 if second else 0)
    while len(one) + len(two) > room:
        if len(one) > len(two):
            one = one[:-1]
        else:
            two = two[:-1]
    parts = (part.decode(errors="ignore") for part in (one, two) if part)
    return "_".join((*parts, label))


def sequence_name(table: Name, column: str) -> Name:
    """Return what PostgreSQL calls the sequence that it makes for a column."""
    return table._replace(name=object_name(table.name, column, "seq"))
