"""What comes out of a query, and what it is called. Pure.

The names of UNION and the like are those of its first query. Source: the manual, SELECT; which
clauses find what comes out by its name, `findTargetlistEntrySQL92` in parse_clause.c.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.postgres.expressions import deparsed
from gen_migration.postgres.labels import label
from gen_migration.postgres.printing import printed
from gen_migration.postgres.queries import canonical, parsed, select_of
from gen_migration.sql.outputs import star_of

if TYPE_CHECKING:
    from collections.abc import Iterator


def selected(sql: str) -> list[str] | None:
    """Return the expressions that a canonical query selects; None where it does not list them."""
    *_, first = naming(select_of(parsed(sql)))
    targets = [one.res_target for one in first.target_list]
    if first.values_lists or any(star_of(one) is not None for one in targets):
        return None
    return [deparsed(one.val) for one in targets]


def with_label(sql: str, number: int, new: str) -> str | None:
    """Return a canonical query of which what comes out at a place is called `new`.

    None where it has no name there, or where another clause may mean that by a name.
    """
    found = selected(sql)
    if found is None or number >= len(found):
        return None
    tree = parsed(sql)
    selects = [*naming(select_of(tree))]
    target = selects[-1].target_list[number].res_target
    by_itself = label(target.val)
    old = target.name or by_itself
    for select in selects:
        for node in ordering(select):
            if named(node) == new:
                return None  # it is a column of FROM
            if named(node) == old:
                node.column_ref.fields[0].string.sval = new
    is_column = target.val.HasField("column_ref") and by_itself == old
    if not is_column and old in map(named, selects[-1].group_clause):
        return None
    target.name = "" if by_itself == new else new
    return canonical(printed(tree))


def naming(select: Any) -> Iterator[Any]:
    """Yield a query, and the first ones in it down to that which names the columns."""
    yield select
    while select.HasField("larg"):
        select = select.larg
        yield select


def ordering(select: Any) -> Iterator[Any]:
    """Yield what a query orders by, and tells rows apart by: these may name what comes out."""
    yield from (one.sort_by.node for one in select.sort_clause)
    yield from select.distinct_clause


def named(node: Any) -> str | None:
    """Return the name that a part of a clause is; None where it is something else."""
    if not node.HasField("column_ref") or len(node.column_ref.fields) != 1:
        return None
    name: str = node.column_ref.fields[0].string.sval
    return name
