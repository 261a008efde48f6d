"""Sub-selects of an expression without the names of their columns, which nothing there can see.

PostgreSQL prints a name for each that it can find one for, and once it has read that again, for
others. Source: `get_target_list` in ruleutils.c, `FigureColname` in parse_target.c.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gen_migration.postgres.expressions import canonical, parse_target
from gen_migration.postgres.parser import walk

if TYPE_CHECKING:
    from collections.abc import Iterator


@lru_cache(maxsize=10_000)
def nameless(text: str) -> str:
    """Return an expression in its canonical form, whose sub-selects name no columns."""
    tree, node = parse_target(text)
    if "select" in text.lower():
        for kind, found in walk(node):
            if kind == "sub_link":
                for target in targets(found.subselect.select_stmt):
                    target.name = ""
    return canonical(tree, node, text)


def targets(select: Any) -> Iterator[Any]:
    """Yield the columns of a sub-select that no other clause of it may name."""
    if select.sort_clause:
        return
    if select.HasField("larg"):
        yield from (*targets(select.larg), *targets(select.rarg))
        return
    if not select.group_clause:
        yield from (one.res_target for one in select.target_list)
