"""Indexes and keys of partitioned tables, on each partition for itself and then on the whole.

PostgreSQL builds none CONCURRENTLY on a partitioned table, but takes what a partition has already
for its part of it (PostgreSQL manual, CREATE INDEX, Notes: "Each partition is first checked"; ALTER
TABLE, ADD table_constraint). So only partitions that the spec does not know are built under lock.
Before 18, there is no foreign key NOT VALID on a partitioned table (release notes, E.4.3.3).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from gen_migration.diff.inherited import relations
from gen_migration.model.automatic_names import free_name, label
from gen_migration.model.own_columns import partitions
from gen_migration.model.partitions import is_partitioned
from gen_migration.postgres.names import ASIDE, Name, aside, is_aside, quote_name
from gen_migration.render.alter import alter_table
from gen_migration.render.statements import (
    Statement,
    add_foreign_key,
    add_using_index,
    create_index,
    index_of,
    using_index,
    validate,
)
from gen_migration.sql import ddl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import (
        Constraint,
        ForeignKey,
        Index,
        PrimaryKey,
        Schema,
        Unique,
    )


class IndexPart(NamedTuple):
    """A partition, and the names of its index: while it is built, and at the end."""

    table: Name
    built: str
    name: str
    is_partitioned: bool


def parts(
    schema: Schema, table: Name, whole: str, value: Index | Constraint
) -> list[IndexPart]:
    """Return the partitions of a table, each before its own.

    `whole` is the name of what comes to the table; PostgreSQL chooses the names of its parts.
    """
    taken = relations(schema)
    found = []
    for name in partitions(schema, table):
        mine = {one.name for one in taken if one.schema == name.schema}
        chosen = free_name(name.name, *label(value), mine)
        taken.add(name._replace(name=chosen))
        built = aside(f"{name.name}_{whole.removesuffix(ASIDE)}")
        found.append(IndexPart(name, built, chosen, is_partitioned(schema, name)))
    return found


def create_index_of_parts(
    schema: Schema, table: Name, name: str, value: Index
) -> Iterator[Statement]:
    """Yield what builds an index; what is left of an earlier run goes first, with its parts.

    What is built aside gets its name, and those of its parts, by `rename_index_of_parts`.
    """
    found = parts(schema, table, name, value)
    own = replace(value, comment=None, tablespace=None)
    yield drop_index(table, name)
    for part in found:
        if part.is_partitioned:
            yield drop_index(part.table, part.built)
    for part in reversed(found):
        if part.is_partitioned:
            yield Statement(sql=ddl.create_index(part.table, part.built, own))
        else:
            yield from create_index(part.table, part.built, own)
    yield Statement(sql=ddl.create_index(table, name, value))
    if not is_aside(name):
        yield from rename_parts(found)


def rename_index_of_parts(
    schema: Schema, table: Name, old: str, new: str
) -> Iterator[Statement]:
    """Yield what gives an index that was built aside its name, and its parts theirs before it.

    In this order, a run that follows a crash finds either all of them aside, or drops them.
    """
    value = schema.tables[table]
    index = value.indexes[old]
    rest = {key: one for key, one in value.indexes.items() if key != old}
    without = replace(
        schema, tables={**schema.tables, table: replace(value, indexes=rest)}
    )
    yield from rename_parts(parts(without, table, old, index))
    yield rename_index(table, old, new)


def rename_parts(found: list[IndexPart]) -> Iterator[Statement]:
    for part in found:
        yield rename_index(part.table, part.built, part.name)


def rename_index(table: Name, old: str, new: str) -> Statement:
    """Return what renames an index, if it is there."""
    index = table._replace(name=old).sql
    return Statement(sql=f"ALTER INDEX IF EXISTS {index} RENAME TO {quote_name(new)}")


def drop_index(table: Name, name: str) -> Statement:
    """Return what drops an index of a partitioned table, with its parts."""
    return Statement(sql=f"DROP INDEX IF EXISTS {table._replace(name=name).sql}")


def key_of_parts(
    schema: Schema, table: Name, name: str, value: PrimaryKey | Unique
) -> Iterator[Statement]:
    """Yield what gives a partitioned table a key, in the place of one of that name.

    While an old one holds, the indexes are built. What replaces it is to be one statement: the old
    one goes with its parts. A new one may have come to some partitions in a run before.
    """
    found = parts(without_constraint(schema, table, name), table, name, value)
    own = replace(value, comment=None)
    is_new = name not in schema.tables[table].constraints
    for part in found:
        if not part.is_partitioned:
            yield from create_index(part.table, part.built, index_of(own))
    drop, add = drop_constraint(name), f"ADD {ddl.constraint(name, value)}"
    if not found:
        yield Statement(sql=alter_table(table, drop, add))
        return
    yield Statement(sql=alter_table(table, drop))
    for part in found:
        if part.is_partitioned and is_new:
            drop = drop_constraint(part.name)
            yield Statement(sql=alter_table(part.table, drop))
    for part in reversed(found):
        if part.is_partitioned:
            same = f"ADD {ddl.constraint(part.name, own)}"
            yield Statement(sql=alter_table(part.table, same))
        elif is_new:
            yield using_index(part.table, part.name, own, part.built)
        else:
            same = add_using_index(part.name, own, part.built)
            yield Statement(sql=alter_table(part.table, same))
    yield Statement(sql=alter_table(table, add))


def without_constraint(schema: Schema, table: Name, name: str) -> Schema:
    value = schema.tables[table]
    rest = {key: one for key, one in value.constraints.items() if key != name}
    return replace(
        schema, tables={**schema.tables, table: replace(value, constraints=rest)}
    )


def foreign_key_of_parts(
    schema: Schema, table: Name, name: str, value: ForeignKey
) -> Iterator[Statement]:
    """Yield what gives a partitioned table a foreign key that its partitions have validated."""
    later = replace(value, not_valid=True, comment=None)
    for part in partitions(schema, table):
        if not is_partitioned(schema, part):
            yield add_foreign_key(part, name, later)
            yield validate(part, name, value)
    yield add_foreign_key(table, name, value)


def drop_constraint(name: str) -> str:
    return f"DROP CONSTRAINT IF EXISTS {quote_name(name)}"
