"""Types of which columns may refer to each other, by a foreign key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.spec.build.context import UNKNOWN

if TYPE_CHECKING:
    from gen_migration.postgres.types import Type

# Types that share a B-tree operator family (pg_amop), so that each may refer to the others.
FAMILIES = (
    frozenset(("smallint", "integer", "bigint")),
    frozenset(("real", "double precision")),
    frozenset(("varchar", "text", "name")),
    frozenset(("char", "bpchar")),
    frozenset(("date", "timestamp", "timestamptz")),
    frozenset(("bit",)),
    frozenset(("varbit",)),
    frozenset(("inet", "cidr")),
)
# What converts by itself to the type that is referred to (pg_cast, implicit).
WIDER = {
    "numeric": frozenset(("smallint", "integer", "bigint")),
    "double precision": frozenset(("smallint", "integer", "bigint", "numeric", "real")),
    "real": frozenset(("smallint", "integer", "bigint", "numeric")),
    "text": frozenset(("char", "bpchar")),
    "varchar": frozenset(("char", "bpchar")),
}


def comparable(here: Type, there: Type) -> bool:
    """Tell whether a column may refer to one of another type."""
    if UNKNOWN in {here, there}:
        return True
    if here.array != there.array:
        return False
    if "other" in {here.kind, there.kind}:
        return True  # its operators are not known here
    if here.kind != there.kind:
        return False
    if here.kind == "enum":
        return (here.schema, here.name) == (there.schema, there.name)
    mine, theirs = here.plain.name, there.plain.name
    if mine.split()[0] == theirs.split()[0] == "interval" or mine == theirs:
        return True
    together = any(mine in family and theirs in family for family in FAMILIES)
    return together or mine in WIDER.get(theirs, ())
