"""Relations whose rows are values of a column elsewhere: no type within them changes. Pure.

PostgreSQL refuses it, also where the stored values would stay as they are, and so it does a new
column of which rows have a value at once. Source: `ATRewriteTables` and
`find_composite_type_dependencies` in tablecmds.c.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration import kinds
from gen_migration.diff.columns import Refusal
from gen_migration.diff.rewrites import is_asked
from gen_migration.diff.tables import pairs
from gen_migration.diff.type_use import holders
from gen_migration.kinds.references import EVERY
from gen_migration.model.given import heirs
from gen_migration.operations.columns import AddColumn, SetColumnType
from gen_migration.postgres.names import PUBLIC, Name, in_default_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gen_migration.kinds.nodes import Node
    from gen_migration.model.schema import Column, Schema
    from gen_migration.operations.base import Operation


def row_refusals(
    old: Schema, new: Schema, changes: Iterable[Operation]
) -> Iterator[Refusal]:
    """Yield the relations that change while a column has their rows before and after."""
    with_value = {
        ("table", name): one.name
        for one in changes
        if isinstance(one, AddColumn) and has_value(one.new)
        for name in (one.table, *heirs(old, one.table))
    }
    found = with_value.keys() | {*retyped(old, new, changes)}
    used = {*map(in_default_schema, types_in(old))} if found else set()
    for word, name in sorted((one for one in found if one[1] in used), key=str):
        both = holding(old, name) & holding(new, name)
        columns = sorted((node[1:] for node in both if node[0] == "column"), key=str)
        for table, column in columns[:1]:
            added = with_value.get((word, name))
            instead = (
                f"column {column} of table {table} has such rows: drop it, or give it another"
                " type, in an edit before this one"
                if added is None
                else f"column {column} of table {table} has such rows: add {added} without a"
                " default, nullable, and give it one in the next edit"
            )
            yield Refusal(kind=word, name=name, instead=instead)


def retyped(old: Schema, new: Schema, changes: Iterable[Operation]) -> Iterator[Node]:
    """Yield the relations of which a column gets another type."""
    for one in changes:
        if isinstance(one, SetColumnType) and is_asked(one.old, one.new, one.using):
            for name in (one.table, *heirs(old, one.table)):
                yield "table", name
    for kind in kinds.of(old):
        for name, before, after in pairs(old.of(kind.word), new.of(kind.word)):
            held = {*kind.columns_held(before, after)}
            if held - {*kind.columns_gone(before, after)}:
                yield kind.word, name


def has_value(column: Column) -> bool:
    """Tell whether the rows that are there get a value of a new column."""
    is_stored = column.generated is not None and column.generated.stored
    return is_stored or column.has_sequence or column.default is not None


def types_in(schema: Schema) -> Iterator[Name]:
    """Yield the types that columns and other types have."""
    for table in schema.tables.values():
        for column in table.columns.values():
            if column.type.kind != "builtin":
                yield Name(column.type.schema, column.type.name)
    for kind in kinds.of(schema):
        for value in schema.of(kind.word).values() if kind.space == "types" else ():
            for reference in kind.refers(value, EVERY):
                if reference[0] == "types" and reference[1] is not None:
                    yield reference[1]


def holding(schema: Schema, name: Name) -> set[Node]:
    """Return the columns and the types that have the rows of a relation."""
    return holders(schema, name) | holders(
        schema, Name(name.schema or PUBLIC, name.name)
    )
