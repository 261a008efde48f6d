"""The order of what is published, and of tables that become logged or unlogged. Pure.

PostgreSQL publishes no unlogged table by its name: one is logged before it is published, and
unlogged once it is published no more (manual, CREATE PUBLICATION; `ATPrepChangePersistence` in
tablecmds.c).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.operations import every as op

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gen_migration.kinds.graph import Graph
    from gen_migration.kinds.nodes import Node
    from gen_migration.kinds.references import Reference
    from gen_migration.plan.effects import Effect

PUBLICATION = "publication"


def of_published(
    operations: Sequence[op.Operation],
    effects: Sequence[Effect],
    old: Graph,
    new: Graph,
) -> Iterator[tuple[int, int]]:
    """Yield pairs of positions: a table is published only while it is logged."""
    toggled = [
        (position, ("table", one.table), one.new)
        for position, one in enumerate(operations)
        if isinstance(one, op.SetTableUnlogged)
    ]
    for position, one in enumerate(effects if toggled else ()):
        if one.node[0] == PUBLICATION:
            before, after = nodes(old, one.old), nodes(new, one.new)
            for other, table, is_unlogged in toggled:
                if is_unlogged and table in before - after:
                    yield position, other
                if not is_unlogged and table in after - before:
                    yield other, position


def nodes(graph: Graph, references: set[Reference] | None) -> set[Node]:
    """Return the nodes that references lead to."""
    return {node for one in references or () for node in graph.nodes(one)}
