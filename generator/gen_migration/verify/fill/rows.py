"""The rows that a table gets, as texts by column; a column left out has its default. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gen_migration.base.data_class import dataclass
from gen_migration.diff.expansions import opened
from gen_migration.model.given import columns_of
from gen_migration.model.partitions import root, standalone
from gen_migration.model.schema import Check, ForeignKey
from gen_migration.verify.fill.guesses import columns_named
from gen_migration.verify.fill.values import longest, narrower, value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gen_migration.model.schema import Column, Schema
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type
    from gen_migration.verify.fill.keys import Order

RowKind = Literal["ordinary", "longest", "nulls"]
Row = dict[str, str | None]
Samples = dict["Type", tuple[str, ...]]

MOST = 200  # options that are tried for a part of a row


@dataclass(frozen=True, slots=True)
class Target:
    """A table that rows are put into, or a partition of it, which only they lead to.

    `led` are the columns that lead there. `types` are those that values are made of, `later` the
    foreign keys that are set once all is filled, `followers` the columns that a trigger fills.
    """

    table: Name
    columns: Mapping[str, Column]
    types: Mapping[str, Type]
    checks: tuple[str, ...]
    led: frozenset[str]
    keys: tuple[ForeignKey, ...]
    later: tuple[ForeignKey, ...]
    followers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Given:
    """What rows are made of: values of types, and the options of each part of a row.

    A part is of the columns of a foreign key, or of checks that have columns in common.
    """

    samples: Samples
    parts: tuple[tuple[Row, ...], ...] = ()

    @property
    def columns(self) -> set[str]:
        """The columns that parts are of."""
        return {name for part in self.parts for option in part for name in option}


def target(
    schema: Schema,
    order: Order,
    name: Name,
    bound: str,
    followers: Mapping[Name, frozenset[str]],
) -> Target:
    """Return what has to be known of a table; of a partition with its bound, as a check.

    `followers` are the columns of each table that a trigger fills.
    """
    table = root(schema, name)
    columns = columns_of(schema, table)
    later = tuple(one.key for one in order.later if one.table == table)
    types = {key: column.type.plain for key, column in columns.items()}
    for edge in order.edges:
        if edge.referred == table:
            others = columns_of(schema, edge.holder)
            for other, own in zip(
                edge.key.columns, edge.key.referred_columns, strict=True
            ):
                types[own] = narrower(types[own], others[other].type.plain)
    constraints = standalone(schema, name).constraints.values()
    checks = [
        one.expression
        for one in constraints
        if isinstance(one, Check) and not one.not_enforced
    ]
    keys = [
        one
        for one in constraints
        if isinstance(one, ForeignKey) and not one.not_enforced and one not in later
        if one.referred_table in schema.tables
    ]
    return Target(
        table=table,
        columns=columns,
        types=types,
        checks=tuple(filter(None, (*checks, bound))),
        led=frozenset(columns_named(bound)) if bound else frozenset(),
        keys=tuple(sorted(keys, key=lambda key: -len(key.columns))),
        later=later,
        followers=followers.get(table, frozenset()),
    )


def followers_of(schema: Schema) -> dict[Name, frozenset[str]]:
    """Return the columns of each table that the triggers of its open expansions fill.

    Written beside the old one, both would stay as they are, as no code of either version does.
    """
    found: dict[Name, frozenset[str]] = {}
    for one in opened(schema).values():
        found[one.table] = found.get(one.table, frozenset()) | {*one.names}
    return found


def is_counted(column: Column) -> bool:
    """Tell whether a column takes its values from a sequence."""
    return column.has_sequence or "nextval(" in (column.default or "")


def row(
    one: Target, kind: RowKind, number: int, given: Given, *, explicit: bool = False
) -> Row:
    """Return the row of this number.

    Columns that count by themselves get a value where they lead to a partition, or `explicit`.
    """
    left = {
        name
        for name, column in one.columns.items()
        if column.generated is not None
        or name in one.followers
        or (is_counted(column) and not explicit and name not in one.led)
    }
    parts = [
        ordered([without(option, left) for option in options], kind, number)
        for options in given.parts
    ]
    tries = (agreed(parts[:count], {}) for count in range(len(parts), -1, -1))
    found = next(each for each in tries if each is not None)
    for key in one.later:
        nullable = (name for name in key.columns if one.columns[name].nullable)
        found |= {name: found.get(name) for name in nullable}
    for name in one.columns:
        if name not in found and name not in left:
            found |= single(one, name, kind, number, given)
    for key in one.later:
        found |= itself(one, key, found)
    return found


def without(row: Row, names: set[str]) -> Row:
    return {name: text for name, text in row.items() if name not in names}


def ordered(options: Sequence[Row], kind: RowKind, number: int) -> list[Row]:
    """Return options, the likeliest first: with the most NULLs, or with the fewest, in turn."""
    counts = [nulls(one) for one in options]
    best = max(counts) if kind == "nulls" else min(counts)
    likely = [one for one, count in zip(options, counts, strict=True) if count == best]
    others = [one for one, count in zip(options, counts, strict=True) if count != best]
    place = number % len(likely)
    return [*likely[place:], *likely[:place], *others][:MOST]


def nulls(row: Row) -> int:
    return list(row.values()).count(None)


def agreed(parts: Sequence[list[Row]], fixed: Row) -> Row | None:
    """Return an option of each part that agree with each other; None where there are none."""
    if not parts:
        return fixed
    for option in parts[0]:
        if all(fixed.get(name, text) == text for name, text in option.items()):
            found = agreed(parts[1:], fixed | option)
            if found is not None:
                return found
    return None


def single(one: Target, name: str, kind: RowKind, number: int, given: Given) -> Row:
    """Return the value of a column, or nothing, for its default."""
    column, of = one.columns[name], one.types[name]
    has_default = column.default is not None
    if kind == "nulls" and (column.nullable or has_default):
        return {name: None} if column.nullable else {}
    if kind == "longest":
        text = longest(of, number)
        if text is not None or has_default:
            return {} if text is None else {name: text}
    text = value(of, number, given.samples)
    return {} if text is None and has_default else {name: text}


def itself(one: Target, key: ForeignKey, found: Row) -> Row:
    """Return a foreign key that cannot be NULL and points at its own row."""
    pairs = dict(zip(key.columns, key.referred_columns, strict=True))
    if key.referred_table != one.table or not all(
        other in found and found.get(own, "") is not None
        for own, other in pairs.items()
    ):
        return {}
    return {own: found[other] for own, other in pairs.items()}
