"""Names that PostgreSQL would give to parts of indexes and keys, and that the spec gives to others.

A part gets the first name that is free when it is made (`ChooseRelationName`, indexcmds.c); what a
spec calls so has to be there by then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.diff.free_names import relations
from gen_migration.model.automatic_names import label
from gen_migration.model.own_columns import partitions
from gen_migration.model.partitions import is_only
from gen_migration.model.schema import Check, ForeignKey
from gen_migration.postgres.names import object_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Constraint, Index, Schema, Table
    from gen_migration.postgres.names import Name

DIGITS = "0123456789"  # at the end of a name: one without them was not free


def waiting(schema: Schema) -> dict[Name, set[str]]:
    """Return the indexes and keys, by their tables, that wait for what is called as their parts."""
    wholes = [one for one in schema.tables.items() if one[1].partition_by is not None]
    if not wholes:
        return {}
    taken = {name._replace(name=name.name.rstrip(DIGITS)) for name in relations(schema)}
    return {
        table: {
            key
            for key, value in divided(whole)
            if not taken.isdisjoint(chosen(schema, table, value))
        }
        for table, whole in wholes
    }


def divided(table: Table) -> Iterator[tuple[str, Constraint | Index]]:
    """Yield what of a partitioned table its partitions get an index for."""
    for key, value in (*table.constraints.items(), *table.indexes.items()):
        if not (isinstance(value, Check | ForeignKey) or is_only(value)):
            yield key, value


def chosen(schema: Schema, table: Name, value: Constraint | Index) -> set[Name]:
    """Return the names that PostgreSQL tries first for the parts of an index or a key."""
    return {
        part._replace(name=object_name(part.name, *label(value)))
        for part in partitions(schema, table)
    }
