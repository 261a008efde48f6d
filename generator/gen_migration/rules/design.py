"""Rules about the design of tables: what is quickly written, and hard to change later.

They look at what an edit adds or changes, also in a table that is new.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.model.constraints import keys_of
from gen_migration.model.places import spec_path
from gen_migration.model.schema import Element, ForeignKey, PrimaryKey
from gen_migration.postgres.names import quote_name
from gen_migration.postgres.type_names import SERIAL
from gen_migration.rules.contexts import Design, Hit, part_path
from gen_migration.rules.finding import NOTE
from gen_migration.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Column, Index, Table

SMALL = frozenset(("smallint", "integer", "serial", "smallserial"))


def of_type(design: Design, *names: str) -> Iterator[Hit]:
    """Yield the columns of built-in types."""
    for name, column in design.columns():
        if column.type.kind == "builtin" and column.type.name in names:
            yield typed(design, "column", name, column)


def typed(design: Design, noun: str, name: str, column: Column) -> Hit:
    """Return that a column is found by its type."""
    path = spec_path(design.spec, design.name, "columns", name, "type")
    return Hit(f"{noun} {name} of table {design.name} is of type {column.type}", path)


@rule("GM301", NOTE, instead="add an index that begins with these columns")
def foreign_key_without_index(design: Design) -> Iterator[Hit]:
    """A foreign key has no index.

    PostgreSQL makes none by itself. Each DELETE, or UPDATE of the key, of a row that is referred
    to reads the whole table.
    """
    value = design.table
    for name, key in value.constraints.items():
        if not (isinstance(key, ForeignKey) and design.looked_at("part", name)):
            continue
        if not key.not_enforced and not is_indexed(value, key.columns):
            what = f"foreign key {name} of table {design.name} has no index on"
            path = part_path(design.spec, design.name, name)
            yield Hit(f"{what} {', '.join(key.columns)}", path)


def is_indexed(table: Table, columns: tuple[str, ...]) -> bool:
    """Tell whether an index of all rows finds those with given values of columns."""
    wanted, count = set(columns), len(columns)
    if any(set(key.columns[:count]) == wanted for _, key in keys_of(table)):
        return True
    for index in table.indexes.values():
        if index.where is None or is_of_all(index, columns):
            first = {one.column for one in index.elements[:count]}
            if first == wanted and index.method in {"btree", "hash"}:
                return True
    return False


def is_of_all(index: Index, columns: tuple[str, ...]) -> bool:
    """Tell whether a partial index leaves out only rows that refer to nothing."""
    return index.where in {f"{quote_name(one)} IS NOT NULL" for one in columns}


@rule("GM302", NOTE, instead="remove the first of the two")
def index_redundant(design: Design) -> Iterator[Hit]:
    """An index is the beginning of another one, or the same.

    The longer one answers what the shorter one does, and every write pays for both.
    """
    value = design.table
    for name, index in value.indexes.items():
        if index.unique or index.method != "btree" or index.include:
            continue
        for other, elements in wider(value, index):
            is_new = design.looked_at("part", name) or design.looked_at("part", other)
            if other == name or not is_new:
                continue
            same = elements == index.elements
            # Of two equal ones, one is enough of a finding.
            if elements[: len(index.elements)] == index.elements and not (
                same and is_plain(value, other) and other > name
            ):
                yield Hit(
                    f"index {name} of table {design.name} is"
                    f" {'the same as' if same else 'the beginning of'} {other}",
                    part_path(design.spec, design.name, name),
                )
                break


def is_plain(table: Table, name: str) -> bool:
    return name in table.indexes and not table.indexes[name].unique


def wider(table: Table, index: Index) -> Iterator[tuple[str, tuple[Element, ...]]]:
    """Yield B-tree indexes over the rows of an index, by name, those of keys included."""
    for name, other in table.indexes.items():
        if (other.method, other.where) == (index.method, index.where):
            yield name, other.elements
    if index.where is None:
        for name, key in keys_of(table):
            if not key.without_overlaps:
                yield name, tuple(Element(column=one) for one in key.columns)


@rule("GM303", NOTE, instead="write timestamptz")
def timestamp_without_zone(design: Design) -> Iterator[Hit]:
    """A timestamp has no time zone.

    It says what a clock on some wall showed, and not when: two sessions in different zones read
    it as two moments.
    """
    yield from of_type(design, "timestamp")


@rule("GM304", NOTE, instead="write jsonb")
def json_column(design: Design) -> Iterator[Hit]:
    """A column is json.

    It keeps the text as it was written, has no equality (DISTINCT and GROUP BY fail) and no
    index, and is parsed each time it is read.
    """
    yield from of_type(design, "json")


@rule("GM305", NOTE, instead="write text or varchar(n), with a check where it matters")
def char_column(design: Design) -> Iterator[Hit]:
    """A column is char(n).

    Values are padded with spaces, which comparisons then leave out.
    """
    yield from of_type(design, "char")


@rule("GM306", NOTE, instead="write the integer type, with identity: always")
def serial_column(design: Design) -> Iterator[Hit]:
    """A column is serial.

    Its sequence is an object of its own, with rights of its own, and an INSERT of a value from
    outside goes past it unnoticed. An identity column is the standard's form.
    """
    yield from of_type(design, *SERIAL)


@rule("GM307", NOTE, instead="write bigint")
def small_primary_key(design: Design) -> Iterator[Hit]:
    """A primary key is an integer of 32 bits or less.

    It ends at 2,147,483,647, and to make it larger then rewrites the table and all that refer
    to it. A key of several columns, or one that refers to another table, is no finding.
    """
    value = design.table
    referring = {
        one
        for key in value.constraints.values()
        if isinstance(key, ForeignKey)
        for one in key.columns
    }
    single = {
        key.columns[0]
        for key in value.constraints.values()
        if isinstance(key, PrimaryKey) and len(key.columns) == 1
    }
    for name, column in design.columns():
        of = column.type
        is_small = of.kind == "builtin" and of.name in SMALL and not of.array
        if is_small and name in single - referring:
            yield typed(design, "primary key", name, column)
