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
from gen_migration.type_names import SERIAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gen_migration.schema import Column, Constraint, Element, Index, Schema


def is_partitioned(schema: Schema, name: Name) -> bool:
    """Tell whether a table of a schema is one that has partitions."""
    found = schema.tables.get(name)
    return found is not None and found.partition_by is not None


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
            key: column_of(place.parent, key, one)
            for key, one in parent.columns.items()
        },
        constraints={**constraints, **table.constraints},
        indexes={**indexes, **table.indexes},
        partition_of=None,
    )


def column_of(parent: Name, name: str, column: Column) -> Column:
    """Return a column of a partition on its own.

    Comments are the parent's alone. A serial column goes on with the parent's sequence.
    """
    found = replace(column, comment=None)
    integer = SERIAL.get(column.type.name) if column.type.kind == "builtin" else None
    if integer is None:
        return found
    sequence = quote_text(sequence_name(parent, name).sql)
    kind = replace(column.type, name=integer)
    return replace(found, type=kind, default=f"nextval({sequence})")


def attached(schema: Schema, name: Name, table: Table, place: PartitionOf) -> Table:
    """Return what a table is once it is attached: what it shares with its parent is inherited."""
    parent = standalone(schema, place.parent)
    constraints, indexes = inherited(
        name, replace(table, constraints={}, indexes={}), parent
    )
    return replace(
        table,
        columns={},
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
