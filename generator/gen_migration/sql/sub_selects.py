"""Sub-selects of an expression without the names of their columns, which nothing there can see.

PostgreSQL prints a name for each that it can find one for, and once it has read that again, for
others. Source: `get_target_list` in ruleutils.c, `FigureColname` in parse_target.c.
"""

from __future__ import annotations

import contextlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gen_migration.postgres.expressions import canonical, parse_target
from gen_migration.postgres.parser import SqlMistake, plain, walk
from gen_migration.postgres.printing import printed
from gen_migration.postgres.queries import canonical as canonical_query
from gen_migration.postgres.queries import parse_query, select_of

if TYPE_CHECKING:
    from collections.abc import Iterator


@lru_cache(maxsize=10_000)
def nameless(text: str) -> str:
    """Return an expression in its canonical form, whose sub-selects name no columns."""
    tree, node = parse_target(text)
    if "select" in text.lower():
        take_names(node)
    return canonical(tree, node, text)


@lru_cache(maxsize=10_000)
def nameless_query(text: str) -> str:
    """Return a query of PostgreSQL's catalogs in its canonical form, in the same way.

    There, a column that is called as its sub-select is says so itself, as in no query of a spec.
    """
    if text.lower().count("select") > 1:
        tree = parse_query(text)
        take_names(tree)
        without = printed(tree)
        with contextlib.suppress(SqlMistake):
            if plain(select_of(parse_query(without))) == plain(select_of(tree)):
                return canonical_query(without)
    return canonical_query(text)


def take_names(node: Any) -> None:
    for kind, found in walk(node):
        if kind == "sub_link":
            for target in targets(found.subselect.select_stmt):
                target.name = ""


def targets(select: Any) -> Iterator[Any]:
    """Yield the columns of a sub-select that no other clause of it may name."""
    if select.sort_clause:
        return
    if select.HasField("larg"):
        yield from (*targets(select.larg), *targets(select.rarg))
        return
    if not select.group_clause:
        yield from (one.res_target for one in select.target_list)
