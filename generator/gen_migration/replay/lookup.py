"""Things of a schema by the names that statements call them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.kinds import KINDS
from gen_migration.model.automatic_names import column_sequence, sequence_name
from gen_migration.model.partitions import origin_of
from gen_migration.model.schema import Check, ForeignKey

if TYPE_CHECKING:
    from gen_migration.kinds.kind import Kind
    from gen_migration.model.schema import Column, Schema
    from gen_migration.postgres.names import Name


ROUTINE = "ROUTINE"  # what a function, a procedure and an aggregate may be called
OF_OBJECTS = frozenset(kind.parsed for kind in KINDS) | {ROUTINE}


def object_called(schema: Schema, called: str, node: Any) -> tuple[Kind, Any] | None:
    """Return the kind and the name of an object that a statement drops or comments on."""
    for kind in KINDS:
        is_routine = called == ROUTINE and kind.space == "functions"
        if kind.parsed == called or is_routine:
            name = kind.name_in(node, schema.of(kind.word))
            if name in schema.of(kind.word) or name in kind.given:
                return kind, name
    return None


def relation(schema: Schema, name: Name) -> Kind | None:
    """Return the kind of an object that `ALTER TABLE` and `COMMENT ON COLUMN` take for a table."""
    found = (one for one in KINDS if one.alters == "alter_table_stmt")
    return next((one for one in found if name in schema.of(one.word)), None)


def index_of_object(schema: Schema, name: Name) -> tuple[Name, Any] | None:
    """Return what is no table and has an index of this name, and the index."""
    for kind in KINDS:
        for of, value in schema.of(kind.word).items() if kind.has_columns else ():
            held = getattr(value, "indexes", {}).get(name.name)
            if held is not None and of.schema == name.schema:
                return of, held
    return None


def table_of_index(schema: Schema, name: Name) -> Name | None:
    """Return the table of an index."""
    for table, value in schema.tables.items():
        if table.schema == name.schema and name.name in value.indexes:
            return table
    return None


def table_of_constraint(schema: Schema, name: Name) -> Name | None:
    """Return the table of the constraint that an index belongs to."""
    for table, value in schema.tables.items():
        found = value.constraints.get(name.name)
        is_key = found is not None and not isinstance(found, Check | ForeignKey)
        if table.schema == name.schema and is_key:
            return table
    return None


def part_called(schema: Schema, name: Name) -> tuple[Name, str] | None:
    """Return the partition that calls its part of an index so, and the name of the whole."""
    for table, value in schema.tables.items():
        for key, one in value.inherited.items():
            if table._replace(name=one.name or "") == name:
                return table, key
    return None


def part_of(schema: Schema, table: Name, constraint: str) -> tuple[Name, str] | None:
    """Return a partition and the name of what it has from above and calls so."""
    value = schema.tables.get(table)
    if value is None or constraint in value.constraints:
        return None
    for key, one in value.inherited.items():
        if one.name == constraint:
            return table, key
    origin = origin_of(schema, table, constraint)
    if origin is None or not isinstance(origin[1], Check | ForeignKey):
        return None
    return table, constraint


def has_constraint(schema: Schema, table: Name, name: str) -> bool:
    """Tell whether a table is there, with a constraint of this name."""
    found = schema.tables.get(table)
    return found is not None and name in found.constraints


def moved(schema: Schema, name: Name, to: str) -> Name:
    """Return a name in another schema; `public` is where names without a schema are."""
    named = {one.schema for one in schema.names}
    bare = to == "public" and "public" not in named
    return name._replace(schema=None if bare else to)


def identity_column(schema: Schema, sequence: Name) -> tuple[Name, str] | None:
    """Return the table and the name of the identity column that has a sequence."""
    for table, value in schema.tables.items():
        for key, column in value.columns.items():
            has = column.identity is not None
            if has and column_sequence(table, key, column) == sequence:
                return table, key
    return None


def serial_column(schema: Schema, sequence: Name) -> tuple[Name, str, Column] | None:
    """Return the serial column that has a sequence: its table, its name and itself."""
    for table, value in schema.tables.items():
        for key, column in value.columns.items():
            if column.type.is_serial and sequence_name(table, key) == sequence:
                return table, key, column
    return None
