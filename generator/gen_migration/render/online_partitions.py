"""Indexes and keys of partitioned tables, on each partition for itself and then on the whole.

PostgreSQL builds none CONCURRENTLY on a partitioned table, but takes what a partition has already
for its part of it (PostgreSQL manual, CREATE INDEX, Notes: "Each partition is first checked"; ALTER
TABLE, ADD table_constraint). So only partitions that the spec does not know are built under lock.
Before 18, there is no foreign key NOT VALID on a partitioned table (release notes, E.4.3.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration.base.data_class import replace
from gen_migration.diff.inherited import relations
from gen_migration.model.automatic_names import free_name, label
from gen_migration.model.own_columns import partitions
from gen_migration.model.partitions import is_partitioned
from gen_migration.postgres.names import ASIDE, Name, aside, is_aside
from gen_migration.render import repeatable
from gen_migration.render.alter_clauses import alter_table
from gen_migration.sql import ddl, part_names

if TYPE_CHECKING:
    from gen_migration.model.schema import (
        Constraint,
        ForeignKey,
        Index,
        PrimaryKey,
        Schema,
        Unique,
    )
    from gen_migration.render.repeatable import Forms


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


def create_index(schema: Schema, table: Name, name: str, value: Index) -> Forms:
    """Yield what builds an index; what is left of an earlier run goes first, with its parts.

    What is built aside gets its name, and those of its parts, by `rename_index`.
    """
    found = parts(schema, table, name, value)
    own = replace(value, comment=None, tablespace=None)
    yield repeatable.drop_index(table, name)
    for part in found:
        if part.is_partitioned:
            yield repeatable.drop_index(part.table, part.built)
    for part in reversed(found):
        if part.is_partitioned:
            yield ddl.create_index(part.table, part.built, own)
        else:
            yield from repeatable.create_index(part.table, part.built, own)
    yield ddl.create_index(table, name, value)
    if not is_aside(name):
        yield from rename_parts(found, table._replace(name=name), value)


def rename_index(schema: Schema, table: Name, old: str, new: str) -> Forms:
    """Yield what gives an index that was built aside its name, and its parts theirs before it.

    In this order, a run that follows a crash finds either all of them aside, or drops them.
    """
    index = schema.tables[table].indexes[old]
    found = parts(without(schema, table, "indexes", old), table, old, index)
    yield from rename_parts(found, table._replace(name=old), index)
    yield repeatable.rename_index(table, old, new)


def rename_parts(found: list[IndexPart], whole: Name, value: Index) -> Forms:
    """Yield what gives the parts of an index the names that PostgreSQL would choose.

    Which of those are free, the database knows alone: others of the same columns have some.
    """
    for part in found:
        yield part_names.rename_back(part.table, whole, value)


def key(schema: Schema, table: Name, name: str, value: PrimaryKey | Unique) -> Forms:
    """Yield what gives a partitioned table a key, in the place of one of that name.

    While an old one holds, the indexes are built. What replaces it is to be one statement: the old
    one goes with its parts. A new one may have come to some partitions in a run before.
    """
    found = parts(without(schema, table, "constraints", name), table, name, value)
    own = replace(value, comment=None)
    is_new = name not in schema.tables[table].constraints
    for part in found:
        if not part.is_partitioned:
            yield from repeatable.create_index(
                part.table, part.built, repeatable.index_of(own)
            )
    drop, add = repeatable.dropping(name), f"ADD {ddl.constraint(name, value)}"
    if not found:
        yield alter_table(table, drop, add)
        return
    yield alter_table(table, drop)
    for part in found:
        if part.is_partitioned and is_new:
            yield alter_table(part.table, repeatable.dropping(part.name))
    for part in reversed(found):
        if part.is_partitioned:
            yield alter_table(part.table, f"ADD {ddl.constraint(part.name, own)}")
        elif is_new:
            yield repeatable.using_index(part.table, part.name, own, part.built)
        else:
            yield alter_table(
                part.table, repeatable.add_using_index(part.name, own, part.built)
            )
    yield alter_table(table, add)


def without(schema: Schema, table: Name, mapping: str, name: str) -> Schema:
    """Return a schema in which a table lacks an index or a constraint, or never had it."""
    value = schema.tables[table]
    rest = {key: one for key, one in getattr(value, mapping).items() if key != name}
    changed: dict[str, Any] = {mapping: rest}
    tables = {**schema.tables, table: replace(value, **changed)}
    return replace(schema, tables=tables)


def foreign_key(schema: Schema, table: Name, name: str, value: ForeignKey) -> Forms:
    """Yield what gives a partitioned table a foreign key that its partitions have validated."""
    later = replace(value, not_valid=True, comment=None)
    for part in partitions(schema, table):
        if not is_partitioned(schema, part):
            yield repeatable.add_foreign_key(part, name, later)
            yield repeatable.validate(part, name, value)
    yield repeatable.add_foreign_key(table, name, value)
