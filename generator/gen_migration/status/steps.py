"""The steps of a revision whose traces a database shows before the revision is recorded. Pure.

A revision whose statements commit one by one leaves those behind that it had come to. What is
there under the same name before the revision is no trace of it, nor is what stands on a table that
the revision makes itself: it does so in one transaction. Of such a revision nothing is left: what
is there of it has been made by hand, and so has what one that commits has not come to.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.operations import every as op
from gen_migration.render.backfill import filled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name


class Trace(Enum):
    """What a step leaves behind, by the word that the query of it knows."""

    INDEX = "index"
    CONSTRAINT = "constraint"
    COLUMN = "column"
    TABLE = "table"
    ROWS = "rows"


class Found(Enum):
    """How far a step is: `half` is an index that is invalid, or rows that are left."""

    ABSENT = "absent"
    HALF = "half"
    DONE = "done"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step, and where its trace is: a table, or in its indexes, constraints, columns or rows."""

    trace: Trace
    table: Name
    name: str
    summary: str


def steps(
    operations: Iterable[op.Operation], statements: Iterable[str], before: Schema
) -> Iterator[Step]:
    """Yield the steps of a revision that leave a trace, where it begins at a schema.

    A schema knows no rows, so backfills are among the statements that the revision runs.
    """
    for found in dict.fromkeys(map(filled, statements)):
        if found is not None:
            table, column = found
            what = f"fill column {table}.{column}"
            yield Step(trace=Trace.ROWS, table=table, name=column, summary=what)
    for one in operations:
        match one:
            case op.CreateTable(name=made) if made not in before.tables:
                yield Step(trace=Trace.TABLE, table=made, name="", summary=one.summary)
                continue
            case op.CreateIndex(table=table, name=name):
                trace = Trace.INDEX
            case op.CreateConstraint(table=table, name=name):
                trace = Trace.CONSTRAINT
            case op.AddColumn(table=table, name=name):
                trace = Trace.COLUMN
            case _:
                continue
        if table in before.tables and not is_there(before, trace, table, name):
            yield Step(trace=trace, table=table, name=name, summary=one.summary)


def by_hand(found: Sequence[tuple[Step, Found]], *, commits: bool) -> frozenset[Step]:
    """Return the steps of a revision whose traces others have left; it has not been recorded.

    `commits` says that its statements commit one by one, in the order of the steps. Of a backfill
    nobody knows who has filled the rows.
    """
    traced = [(step, how) for step, how in found if step.trace is not Trace.ROWS]
    first = (
        number for number, (_, how) in enumerate(traced, 1) if how is not Found.DONE
    )
    come_to = next(first, len(traced)) if commits else 0
    return frozenset(
        step for step, how in traced[come_to:] if how in {Found.DONE, Found.HALF}
    )


def is_there(schema: Schema, trace: Trace, table: Name, name: str) -> bool:
    """Tell whether a table of a schema has an index, a constraint or a column of this name."""
    value = schema.tables[table]
    parts = {
        Trace.INDEX: value.indexes,
        Trace.CONSTRAINT: value.constraints,
        Trace.COLUMN: value.columns,
    }
    return name in parts[trace]
