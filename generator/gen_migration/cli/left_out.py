"""Words for what an import leaves out: kind by kind, or each by itself. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.errors import listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.catalog.values import Unheld

SHOWN = 3  # of a kind
# What a table has once, and is called after it.
OF_TABLES = frozenset(
    ("row level security", "replica identity", "access method", "inheritance")
)
# What there is no plural of: a "grants" is all of them on one object.
UNCOUNTED = frozenset(("grants", "default privileges", "statistics", "clustering"))


def lines(left_out: Iterable[Unheld], *, verbose: bool) -> list[str]:
    """Return a line for each kind and reason, or with `verbose` one for each object."""
    if verbose:
        return [str(one) for one in left_out]
    groups: dict[tuple[str, str], list[str]] = {}
    for one in left_out:
        groups.setdefault((one.kind, one.reason), []).append(one.name)
    return [line(kind, reason, names) for (kind, reason), names in groups.items()]


def line(kind: str, reason: str, names: list[str]) -> str:
    """Return what is said of the objects of a kind."""
    count, shown = len(names), listed(names, SHOWN)
    if count == 1:
        named = f"{kind} {shown}"
    elif kind in OF_TABLES:
        named = f"{kind} on {count} tables: {shown}"
    elif kind in UNCOUNTED:
        named = f"{kind} on {count} objects: {shown}"
    else:
        named = f"{count} {plural(kind)}: {shown}"
    return f"{named}: {reason}" if reason else named


def plural(kind: str) -> str:
    """Return the plural of a kind: of its first noun where it says of what it is."""
    for word in (" of ", " on "):
        head, found, rest = kind.partition(word)
        if found:
            return f"{plural(head)}{word}{rest}"
    if kind.endswith("y"):
        return f"{kind[:-1]}ies"
    if kind == "settings":
        return kind
    return f"{kind}es" if kind.endswith(("x", "ss")) else f"{kind}s"
