"""Values of partition keys that lead into each partition of a table. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.verify.fill.checks import columns_named, guesses, literal_text
from gen_migration.verify.fill.values import step, value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.model.schema import Bound, PartitionBy, Schema
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type

FAR = 10_000  # steps behind the last bound, for a default partition


@dataclass(frozen=True, slots=True)
class Step:
    """A level of partitions: the columns of its key (None for none), and a partition's bound.

    `last` is the upper bound of a sibling.
    """

    columns: tuple[str | None, ...]
    condition: str | None  # the key, where it is an expression
    bound: Bound
    last: tuple[
        str, ...
    ] = ()  # the upper bound of a sibling, where this is the default


@dataclass(frozen=True, slots=True)
class Leaf:
    """A partition that holds rows, and the bounds that lead to it."""

    name: Name
    steps: tuple[Step, ...]

    @property
    def is_chance(self) -> bool:
        """Whether chance leads rows into it: a hash, an expression, or what no other one takes."""
        return any(
            one.condition or not (one.bound.values or one.bound.lower)
            for one in self.steps
        )

    def pins(self, number: int, types: Mapping[str, Type]) -> dict[str, str | None]:
        """Return the values of key columns for the row of this number in the partition."""
        found: dict[str, str | None] = {}
        for one in self.steps:
            found |= pinned(one, number, types)
        return found


def leaves(schema: Schema, name: Name) -> list[Leaf]:
    """Return the partitions of a table that hold rows; none if it has none."""
    children: dict[Name, list[Name]] = {}
    for key, table in schema.tables.items():
        if table.partition_of is not None:
            children.setdefault(table.partition_of.parent, []).append(key)
    found: list[Leaf] = []
    open_: list[Leaf] = [Leaf(name, ())]
    while open_:
        leaf = open_.pop(0)
        by = schema.tables[leaf.name].partition_by
        if by is None:
            found.append(leaf)
            continue
        keys = key_columns(by)
        condition = by.elements[0].expression
        siblings = children.get(leaf.name, [])
        uppers = [bound_of(schema, one).upper for one in siblings]
        last = max((one for one in uppers if one), default=())
        open_ += [
            Leaf(one, (*leaf.steps, Step(keys, condition, bound_of(schema, one), last)))
            for one in siblings
        ]
    return found


def bound_of(schema: Schema, name: Name) -> Bound:
    place = schema.tables[name].partition_of
    if place is None:
        raise ValueError(name)
    return place.bound


def key_columns(by: PartitionBy) -> tuple[str | None, ...]:
    """Return the column of each element of a key; of an expression, the one that it names."""
    return tuple(
        one.column or next(iter(sorted(columns_named(one.expression or "NULL"))), None)
        for one in by.elements
    )


def pinned(one: Step, number: int, types: Mapping[str, Type]) -> dict[str, str | None]:
    """Return values of the key's columns that lie within a bound."""
    bound = one.bound
    found: dict[str, str | None] = {}
    if bound.values:
        found |= listed(one, bound.values[number % len(bound.values)], number, types)
    for place, column in enumerate(one.columns if bound.lower else ()):
        if column is None or column not in types:
            continue
        low, high = literal(bound.lower[place]), literal(bound.upper[place])
        text = None
        if low is not None:
            text = step(types[column], low, number) or low
        elif high is not None:
            text = step(types[column], high, -1 - number)
        if text is None:
            text = value(types[column], number, {})
        if text is not None:
            found[column] = text
    is_default = not (bound.values or bound.lower or bound.modulus)
    for place, text_of in enumerate(one.last if is_default else ()):
        column, high = one.columns[place], literal(text_of)
        far = step(types[column], high, FAR + number) if column and high else None
        if column is not None and far is not None:
            found[column] = far
    return found


def listed(
    one: Step, sql: str, number: int, types: Mapping[str, Type]
) -> dict[str, str | None]:
    """Return values of a list partition: of the column, or of those in a condition."""
    text = literal_text(sql)
    if one.condition is not None and text in {"true", "false"}:
        # Some of them make the condition true, others false.
        found = guesses(one.condition, frozenset(types.items()))
        return {
            name: texts[number % len(texts)] for name, texts in found.items() if texts
        }
    return {} if one.columns[0] is None else {one.columns[0]: text}


def literal(text: str) -> str | None:
    return None if text in {"MINVALUE", "MAXVALUE"} else literal_text(text)
