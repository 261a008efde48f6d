"""Indexes that some partitions have, built on each of those for itself. See `sql.only_indexes`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.model.partitions import is_partitioned
from gen_migration.render import online_partitions, repeatable
from gen_migration.sql import ddl
from gen_migration.sql.only_indexes import attach, parts

if TYPE_CHECKING:
    from gen_migration.model.schema import Index, Schema
    from gen_migration.postgres.names import Name
    from gen_migration.render.repeatable import Forms


def create_in_use(schema: Schema, table: Name, name: str, value: Index) -> Forms:
    """Yield what builds an index; what is left of an earlier run goes first.

    That of its own takes its parts along, but for those that were not attached yet.
    """
    yield repeatable.drop_index(table, name)
    yield ddl.create_index(table, name, value)
    for part, one, own in parts(value):
        if one.only is not None:
            yield from create_in_use(schema, part, one.name, own)
        elif is_partitioned(schema, part):
            yield from online_partitions.create_index(schema, part, one.name, own)
        else:
            yield from repeatable.create_index(part, one.name, own)
        yield attach(table, name, part, one.name)
