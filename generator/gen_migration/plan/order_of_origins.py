"""The order of changes of columns that tables then have from a parent, or from another. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.model.given import ancestry, heirs, held_column
from gen_migration.operations import every as op

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gen_migration.model.schema import Schema
    from gen_migration.plan.effects import Effect
    from gen_migration.postgres.names import Name

# A table, and a column or a constraint of it.
Part = tuple["Name", str]
# What PostgreSQL merges with what a child has.
MERGED = (
    op.AddColumn,
    op.DropColumn,
    op.SetColumnType,
    op.CreateConstraint,
    op.DropConstraint,
    op.AlterConstraint,
)


def of_exchanges(
    operations: Sequence[op.Operation], at: Mapping[Part, list[int]], old: Schema
) -> Iterator[tuple[int, int]]:
    """Yield pairs for columns that children have from another parent, for a while or from then on.

    PostgreSQL merges those of one type: one parent adds the column before another drops it, and
    after that has changed its type. What children have otherwise is changed after that.
    """
    for number, one in enumerate(operations):
        if not isinstance(one, op.AddColumn | op.DropColumn):
            continue
        every = heirs(old, one.table)
        below = [name for name in every if one.name not in old.tables[name].columns]
        is_new = isinstance(one, op.AddColumn)
        for position, other in enumerate(operations if every else ()):
            # Those that declare the column have its type as well.
            is_type = isinstance(other, op.SetColumnType)
            if not is_shared(other, one, every if is_type else below, old):
                continue
            if is_type:
                yield (position, number) if is_new else (number, position)
            elif is_new and isinstance(other, op.DropColumn):
                yield number, position
        for name in below if is_new else ():
            for position in at[name, one.name]:
                if not isinstance(operations[position], MERGED):
                    yield number, position


def is_shared(
    other: Any, one: op.WholeColumn, below: Sequence[Name], old: Schema
) -> bool:
    """Tell whether an operation is about a column that children of a table have from it as well."""
    if not isinstance(other, op.OfPart | op.OfColumn) or other.name != one.name:
        return False
    family = {one.table, *ancestry(old, one.table), *heirs(old, one.table)}
    return other.table not in family and not {*below}.isdisjoint(
        heirs(old, other.table)
    )


def of_returns(
    operations: Sequence[op.Operation],
    effects: Sequence[Effect],
    new: Schema,
) -> Iterator[tuple[int, int]]:
    """Yield pairs for columns that tables drop, and then have from others.

    What is to refer to such a column comes after both.
    """
    for position, one in enumerate(operations):
        if not isinstance(one, op.DropColumn) or is_gone(new, one.table, one.name):
            continue
        above = ancestry(new, one.table)
        firsts = [
            position,
            *(
                number
                for number, other in enumerate(operations)
                if isinstance(other, op.AddColumn)
                and other.name == one.name
                and other.table in above
            ),
        ]
        nodes = {
            ("column", name, one.name)
            for name in (one.table, *heirs(new, one.table))
            if not is_gone(new, name, one.name)
        }
        for then, effect in enumerate(effects):
            if not nodes.isdisjoint(effect.new or ()):
                yield from ((first, then) for first in firsts)


def is_declared(schema: Schema, table: Name, name: str) -> bool:
    """Tell whether a table declares a column itself."""
    return table in schema.tables and name in schema.tables[table].columns


def is_gone(schema: Schema, table: Name, name: str) -> bool:
    """Tell whether a table has no column of this name, or declares it itself."""
    return is_declared(schema, table, name) or not has_column(schema, (table, name))


def has_column(schema: Schema, part: Part) -> bool:
    """Tell whether a table has a column, from wherever it is."""
    return held_column(schema, *part) is not None
