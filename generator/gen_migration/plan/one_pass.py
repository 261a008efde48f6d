"""Changes of types that PostgreSQL makes in one pass over the rows of their table. Pure.

As statements of their own, each of them writes the table and its indexes anew. As actions of one
ALTER TABLE they are combined (manual, ALTER TABLE, Notes), and each USING reads the row as it was.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from gen_migration.diff.rewrites import cost_of
from gen_migration.operations import every as op

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name

Types = tuple[op.SetColumnType, ...]


def in_one_pass(operations: Sequence[op.Operation], start: Schema) -> dict[int, Types]:
    """Return the changes that are one statement, each with the position of the first of them.

    They are those in a row, from a schema on, of which several would read or write the table.
    """
    found: dict[int, Types] = {}
    position = done = 0
    for table, run in groupby(operations, retyped):
        steps = [*run]
        if table is not None and steps[1:]:
            start, done = op.apply(start, operations[done:position]), position
            first = position
            for one in as_they_read(steps):
                if sum(cost_of(each, start) is not None for each in one) > 1:
                    found[first] = one
                first += len(one)
        position += len(steps)
    return found


def retyped(operation: op.Operation) -> Name | None:
    """Return the table of a column that gets another type by one statement.

    One that becomes serial, or was, takes several.
    """
    match operation:
        case op.SetColumnType(table=table, old=old, new=new) if not (
            old.type.is_serial or new.type.is_serial
        ):
            return table
    return None


def as_they_read(steps: Iterable[op.Operation]) -> Iterator[Types]:
    """Yield changes of types of one table in groups, none of which reads what another has changed.

    In one statement, it would read what was there before.
    """
    group: list[op.SetColumnType] = []
    for one in steps:
        assert isinstance(one, op.SetColumnType)  # noqa: S101 - for the type checker
        if group and reads(one, {each.name for each in group}):
            yield tuple(group)
            group = []
        group.append(one)
    yield tuple(group)


def reads(operation: op.SetColumnType, columns: set[str]) -> bool:
    """Tell whether a change of type computes its values from some columns, or from whole rows."""
    if operation.using is None:
        return False
    from gen_migration.postgres.names_in import names_in

    named = names_in(operation.using).columns
    return not named.isdisjoint({*columns, operation.table.name, "*"})
