"""Mistakes among the bounds of the partitions of one table, as far as their literals tell. Pure.

Source: the PostgreSQL manual, CREATE TABLE (PARTITION OF).
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import quoted
from gen_migration.model.given import columns_of
from gen_migration.model.schema import Bound

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gen_migration.model.schema import Schema, Spec
    from gen_migration.postgres.names import Name
    from gen_migration.spec.build.context import Build

    # The partition, where in it something is wrong, what, and what to do.
    Fault = tuple[Name, str, str, str]
    Bounds = Mapping[Name, Bound]

INTEGERS = frozenset(("smallint", "integer", "bigint"))
INTEGER = re.compile(r"'?(-?\d+)'?")
# MINVALUE and MAXVALUE stand before and after all values, and whatever follows means nothing.
ENDS = {"MINVALUE": (-1,), "MAXVALUE": (1,)}


def partition_bounds(build: Build, spec: Spec) -> None:
    """Report partitions that hold nothing, or what another one of their table holds."""
    siblings: dict[Name, dict[Name, Bound]] = defaultdict(dict)
    for name, table in spec.schema.tables.items():
        if table.partition_of is not None and name in build.bodies:
            siblings[table.partition_of.parent][name] = table.partition_of.bound
    for parent, bounds in siblings.items():
        types = key_types(spec.schema, parent)
        found = (*of_defaults(bounds), *of_lists(bounds), *of_hashes(bounds))
        for name, key, message, hint in (*found, *of_ranges(bounds, types)):
            at = build.bodies[name].at
            (at / key if key else at).wrong(message, hint)


def of_defaults(bounds: Bounds) -> Iterator[Fault]:
    defaults = [name for name, one in bounds.items() if one == Bound()]
    for name in defaults[1:]:
        message = f"partition {quoted(defaults[0])} is the default already"
        yield name, "", message, "a table has one: remove it"


def of_lists(bounds: Bounds) -> Iterator[Fault]:
    held: dict[str, Name] = {}
    for name, bound in bounds.items():
        for text in filter(None, bound.values):  # none is reported
            other = held.setdefault(text, name)
            if other is not name:
                message = f"partition {quoted(other)} holds {text} already"
                yield name, "in", message, "remove it from one of the two"


def of_hashes(bounds: Bounds) -> Iterator[Fault]:
    """Yield what is wrong with partitions by hash, from the smallest modulus on."""
    held: dict[int, dict[int, Name]] = {}
    hashed = [
        (one.modulus, one.remainder, name)
        for name, one in bounds.items()
        if one.modulus is not None and one.remainder is not None
    ]
    for modulus, remainder, name in sorted(hashed, key=lambda one: one[0]):
        for smaller, theirs in held.items():
            other = theirs.get(remainder % smaller)
            if modulus % smaller:
                message = f"modulus {modulus} is no multiple of {smaller}"
                hint = f"partition {quoted(next(iter(theirs.values())))} has that: make it one"
                yield name, "modulus", message, hint
            elif other is not None:
                message = f"partition {quoted(other)} holds these rows already"
                yield name, "remainder", message, "write one that is left"
        held.setdefault(modulus, {})[remainder] = name


def of_ranges(bounds: Bounds, types: Sequence[str | None]) -> Iterator[Fault]:
    """Yield what is wrong with partitions by range, in the order of what they hold."""
    found: list[tuple[Any, Any, Name]] = []
    for name, bound in bounds.items():
        lower, upper = (side(one, types) for one in (bound.lower, bound.upper))
        if lower is None or upper is None:
            continue
        if lower < upper:
            found.append((lower, upper, name))
        else:
            yield name, "to", "the range holds nothing", 'write a value above "from"'
    end, last = None, None
    for lower, upper, name in sorted(found, key=lambda one: one[:2]):
        if last is not None and lower < end:
            message = f"partition {quoted(last)} holds a part of this range already"
            yield name, "from", message, 'begin where that ends: "to" is not in it'
        if last is None or end < upper:
            end, last = upper, name


def key_types(schema: Schema, parent: Name) -> list[str | None]:
    """Return the names of the types that a table is partitioned by; None of an expression's."""
    by, held = schema.tables[parent].partition_by, columns_of(schema, parent)
    names = [one.column or "" for one in by.elements] if by else []
    return [held[one].type.name if one in held else None for one in names]


def side(texts: Sequence[str], types: Sequence[str | None]) -> tuple[Any, ...] | None:
    """Return one side of a range to compare with others; None where it is not known."""
    found: list[Any] = []
    for text, of in zip(texts, types, strict=False):
        if text in ENDS:
            return *found, ENDS[text]
        value = ordered(text, of)
        if value is None:
            return None
        found.append((0, value))
    return tuple(found) or None


def ordered(text: str, of: str | None) -> Any:
    """Return the value of a literal where Python orders it as PostgreSQL does, else None."""
    if of in INTEGERS and (found := INTEGER.fullmatch(text)):
        return int(found[1])
    if of == "date":
        try:
            return date.fromisoformat(text.strip("'"))
        except ValueError:
            return None
    return None
