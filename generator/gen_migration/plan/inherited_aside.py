"""What partitions have otherwise of indexes and constraints that PostgreSQL makes anew. Pure.

It does so where a column gets another type. An index or a constraint of a partitioned table goes
with all that its partitions have of it, and these get it once more, called as PostgreSQL chooses,
without comments and storage parameters of their own; before 18, they also get the comment that the
index of their parent has. Source: `ATPostAlterTypeCleanup` in tablecmds.c, DefineIndex.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.diff.inherited import let_go
from gen_migration.model.own_columns import partitions
from gen_migration.model.schema import Index
from gen_migration.operations import every as op
from gen_migration.plan.dependents import families, is_concerned
from gen_migration.plan.rebuilt import rebuilt

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from gen_migration.model.schema import Constraint, Schema
    from gen_migration.postgres.names import Name

# The PostgreSQL that gives the comment of an index to that alone.
OWN_COMMENT = 18


def inherited_parts(
    schema: Schema,
    operations: Iterable[op.Operation],
    postgresql: int,
    gone: Collection[tuple[Name, str]] = (),
) -> Iterator[op.Operation]:
    """Yield what takes it away before operations; what is `gone` already is not made anew."""
    columns = families(
        schema, (place for one in operations for place in rebuilt(schema, one))
    )
    for table, value in schema.tables.items() if columns else ():
        if not partitions(schema, table):
            continue
        own = columns.get(table, set())
        for name, part in {**value.constraints, **value.indexes}.items():
            if (table, name) not in gone and is_concerned(
                part, table, columns, own, set()
            ):
                yield from let_go(schema, table, name)
                if postgresql < OWN_COMMENT:
                    yield from without_comment(table, name, part)


def without_comment(
    table: Name, name: str, part: Constraint | Index
) -> Iterator[op.Operation]:
    """Yield what takes the comment off an index."""
    if isinstance(part, Index):
        if part.comment is not None:
            old = part.comment
            yield op.SetComment(kind="index", name=table, part=name, old=old, new=None)
    else:
        comment = getattr(part, "index_comment", None)
        if comment is not None:
            yield op.SetIndexComment(table=table, name=name, old=comment, new=None)
