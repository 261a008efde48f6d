"""The names that PostgreSQL chooses for what nobody has named.

Source: `ChooseIndexName` and `makeObjectName` (indexcmds.c, analyze.c).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.model.schema import Exclude, Index, PrimaryKey, Unique
from gen_migration.postgres.names import MAX_NAME_BYTES, Name, object_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from gen_migration.model.schema import Column, Constraint, Element

# The name of an index or a key that PostgreSQL may have chosen; it keeps it in a rename.
AUTOMATIC = re.compile(r"_(pkey|idx|key|excl)[0-9]*$")


def label(value: Index | Constraint) -> tuple[str, str]:
    """Return the middle and the end of the name of an index, or of a constraint's."""
    return index_label(value) if isinstance(value, Index) else constraint_label(value)


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
            from gen_migration.postgres.expressions import column_label

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


def free_name(table: str, middle: str, end: str, taken: Collection[str]) -> str:
    """Return the first name that is not taken: `end`, `end1`, `end2`, …."""
    number = 0
    while True:
        name = object_name(table, middle, f"{end}{number or ''}")
        if name not in taken:
            return name
        number += 1


def sequence_name(table: Name, column: str) -> Name:
    """Return what PostgreSQL calls the sequence that it makes for a column."""
    return table._replace(name=object_name(table.name, column, "seq"))


def column_sequence(table: Name, name: str, column: Column) -> Name:
    """Return what the sequence is called that comes with a column."""
    given = column.identity and column.identity.sequence
    return table._replace(name=given) if given else sequence_name(table, name)


def given_sequence(table: Name, column: str, name: str | None) -> str | None:
    """Return the name of a column's sequence; None for the one that PostgreSQL chooses."""
    return None if name == sequence_name(table, column).name else name


def with_given_sequence(table: Name, name: str, column: Column) -> Column:
    """Return a column whose identity names its sequence only where PostgreSQL would not so."""
    identity = column.identity
    if identity is None or identity.sequence is None:
        return column
    given = given_sequence(table, name, identity.sequence)
    return replace(column, identity=replace(identity, sequence=given))
