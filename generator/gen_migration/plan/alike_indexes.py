"""Indexes of partitions that PostgreSQL takes for one of a table above, with another order.

Where a table is attached, or gets an index, PostgreSQL looks in each partition for one that is the
same, and takes the oldest: of one that is `DESC` or `NULLS FIRST` as well as of one that is not.
Source: `CompareIndexInfo` in index.c, which looks at no order, and `AttachPartitionEnsureIndexes`
and `DefineIndex`. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.base.errors import Problem, quoted
from gen_migration.diff.same_parts import same_index
from gen_migration.model.own_columns import partitions
from gen_migration.model.partitions import ancestors, is_only
from gen_migration.model.places import spec_path
from gen_migration.operations import every as op

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Index, Spec
    from gen_migration.plan.link import Plan
    from gen_migration.postgres.names import Name

INSTEAD = "leave this index out in this edit, and write it again in a later one"


def alike_indexes(made: Plan, spec: Spec) -> Iterator[Problem]:
    """Yield the indexes of partitions that would become a part of another one than they are."""
    if not made.links:
        return
    start, tables = made.links[0].upgrade.start, spec.schema.tables
    for operation in made.operations:
        match operation:
            case op.AttachPartition(table=table) if table in tables:
                for above in ancestors(spec.schema, table):
                    for name, index in tables[above].indexes.items():
                        for part in (table, *partitions(spec.schema, table)):
                            yield from taken(spec, part, above, name, index)
            case op.CreateIndex(table=table, name=name, new=index) if table in tables:
                for part in partitions(spec.schema, table):
                    # What is new comes later.
                    held = start.tables[part].indexes if part in start.tables else {}
                    for one in taken(spec, part, table, name, index):
                        yield from [one] if one.path[-1] in held else []


def taken(
    spec: Spec, part: Name, above: Name, name: str, wanted: Index
) -> Iterator[Problem]:
    """Yield the indexes of a partition that PostgreSQL takes for one of a table above it."""
    if is_only(wanted):
        return
    for key, held in spec.schema.tables[part].indexes.items():
        if not same_index(held, wanted) and same_index(
            unordered(held), unordered(wanted)
        ):
            yield Problem(
                message=f"PostgreSQL takes this index for {quoted(name)} of table"
                f" {quoted(above)}, from which it differs in order alone",
                path=spec_path(spec, part, "indexes", key),
                hint=INSTEAD,
                at_key=True,
            )


def unordered(index: Index) -> Index:
    """Return an index whose elements are in the order that is usual."""
    elements = tuple(
        replace(one, descending=False, nulls_first=False) for one in index.elements
    )
    return replace(index, elements=elements)
