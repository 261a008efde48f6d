"""What an edit sets back beside what it changes, and statements of a spec may have set. Pure.

What an index, a constraint or an identity was set to goes with the old one. A trigger that is
replaced is as its table has it in all partitions, and so is that of one that is attached. The
sequences of a table become logged, or unlogged, with it. Source: the manual, ALTER TABLE and
CREATE TRIGGER.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration import kinds
from gen_migration.kinds import BY_WORD
from gen_migration.kinds.graph import Graph
from gen_migration.model.given import heirs
from gen_migration.operations import every as op

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gen_migration.kinds.nodes import Node
    from gen_migration.model.schema import Schema
    from gen_migration.operations.base import Operation
    from gen_migration.postgres.names import Name


def undone(
    old: Schema, new: Schema, changes: Iterable[Operation], moving: Iterable[Name]
) -> set[Node]:
    """Return the statements that both schemas have, and whose effects are set back.

    The tables of `moving` leave their parents, or get some.
    """
    statements = {
        (kind.word, name)
        for kind in kinds.of(old)
        if kind.is_as_written
        for name in old.of(kind.word).keys() & new.of(kind.word).keys()
    }
    if not statements:
        return set()
    return {
        node
        for schema in (old, new)
        for node in Graph(schema).standing_on(
            {
                *(node for one in changes for node in set_back(one, schema)),
                *(node for name in moving for node in from_above(schema, name)),
            }
        )
        if node in statements
    }


def set_back(operation: Operation, schema: Schema) -> Iterator[Node]:
    """Yield the nodes of which an operation sets back what is no part of a schema."""
    match operation:
        case (
            op.DropPart(table=table, name=name)
            | op.AlterConstraint(table=table, name=name)
            | op.ReplaceIndex(table=table, name=name)
        ):
            yield (operation.noun, table, name)
            yield from (("inherited", one, name) for one in heirs(schema, table))
        case op.SetColumnIdentity(table=table, name=name, old=before, new=after) if (
            before is None or after is None
        ):
            yield ("column", table, name)
        case op.SetTableUnlogged(table=table):
            columns = schema.tables[table].columns
            yield from (
                ("column", table, key) for key, one in columns.items() if one.identity
            )
        case op.SetPartition(table=table) | op.SetPartitionBound(table=table):
            yield from from_above(schema, table)
        case op.AlterObject(kind=word, name=name) if BY_WORD[word].is_reset:
            yield (word, name)


def from_above(schema: Schema, table: Name) -> Iterator[Node]:
    """Yield what a partition has of those above it, as long as it is attached."""
    graph = Graph(schema)
    for above in graph.lineage(table)[1:]:
        for kind in kinds.of(schema):
            if kind.is_reset:
                held = schema.of(kind.word)
                yield from ((kind.word, one) for one in held if one.holder == above)
