"""The rows that a table gets, as texts by column; a column left out has its default. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from gen_migration.model.own_columns import columns_of
from gen_migration.model.schema import Check
from gen_migration.verify.fill.partitions import leaves
from gen_migration.verify.fill.values import TEXTS, longest, value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.model.schema import Column, ForeignKey, Schema
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type
    from gen_migration.verify.fill.order import Order
    from gen_migration.verify.fill.partitions import Leaf

RowKind = Literal["ordinary", "longest", "nulls"]
Row = dict[str, str | None]
Samples = dict["Type", tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Target:
    """A table that rows are put into.

    `later` are the foreign keys that are set once all is filled, `types` those that values are
    made of; `wanted` are values that partitions of other tables need to refer to.
    """

    name: Name
    columns: Mapping[str, Column]
    checks: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]
    later: tuple[ForeignKey, ...]
    leaves: tuple[Leaf, ...]
    types: Mapping[str, Type]
    wanted: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Given:
    """What rows are made of.

    `choices` are the combinations of values that satisfy checks, one list for checks that have
    columns in common; `keys` what other tables hold that are referred to. `explicit` columns are
    those that count by themselves and get a value all the same.
    """

    samples: Samples
    choices: tuple[tuple[Row, ...], ...] = ()
    keys: Mapping[Name, tuple[Row, ...]] | None = None
    explicit: bool = False

    def referred(self, key: ForeignKey) -> list[Row]:
        """Return what a foreign key may be, by its own columns."""
        rows = (self.keys or {}).get(key.referred_table, ())
        named = [
            {
                own: row.get(other)
                for own, other in zip(key.columns, key.referred_columns, strict=True)
            }
            for row in rows
        ]
        return [row for row in named if None not in row.values()]

    @cached_property
    def with_explicit(self) -> Given:
        return replace(self, explicit=True)


def target(schema: Schema, order: Order, name: Name) -> Target:
    """Return what has to be known of a table, its partitions included."""
    table = schema.tables[name]
    columns = columns_of(schema, name)
    later = tuple(edge.key for edge in order.broken if edge.table == name)
    keys = [key for key in order.keys_of(name) if key not in later]
    types = {key: column.type.plain for key, column in columns.items()}
    wanted: dict[str, tuple[str, ...]] = {}
    for edge in order.pointing_at(name):
        others = columns_of(schema, edge.holder)
        pairs = zip(edge.key.columns, edge.key.referred_columns, strict=True)
        for other, own in pairs:
            types[own] = narrower(types[own], others[other].type.plain)
            if schema.tables[edge.table].partition_by is not None:
                wanted[own] = bounds(schema, edge.table, other)
    return Target(
        name=name,
        columns=columns,
        checks=tuple(
            one.expression
            for one in table.constraints.values()
            if isinstance(one, Check) and not one.not_enforced
        ),
        foreign_keys=tuple(sorted(keys, key=lambda key: -len(key.columns))),
        later=later,
        leaves=tuple(leaves(schema, name)) if table.partition_by is not None else (),
        types=types,
        wanted=wanted,
    )


def bounds(schema: Schema, name: Name, column: str) -> tuple[str, ...]:
    """Return a value of a column for each partition of a table that has such a bound."""
    types = {key: one.type.plain for key, one in columns_of(schema, name).items()}
    found = [leaf.pins(0, types).get(column) for leaf in leaves(schema, name)]
    return tuple(dict.fromkeys(text for text in found if text is not None))


def narrower(own: Type, other: Type) -> Type:
    """Return that of two types whose values the other one takes, as far as that is known."""
    ranks = ["smallint", "integer", "bigint", "numeric", "real", "double precision"]
    if own.name in ranks and other.name in ranks:
        return min(own, other, key=lambda kind: ranks.index(kind.name))
    lengths = [int(kind.arguments[0]) for kind in (own, other) if kind.arguments]
    if own.name in TEXTS and other.name in TEXTS and lengths:
        return other if other.arguments == (str(min(lengths)),) else own
    return own


def is_counted(column: Column) -> bool:
    """Tell whether a column takes its values from a sequence."""
    return column.has_sequence or "nextval(" in (column.default or "")


def row(one: Target, kind: RowKind, number: int, given: Given) -> Row:
    """Return the row of this number."""
    result: Row = {}
    if one.leaves:
        turn, place = divmod(number, len(one.leaves))
        result = one.leaves[place].pins(turn, one.types)
    for options in given.choices:
        result |= chosen(one, kind, number, options, result, given)
    result |= references(one, kind, number, given, result)
    for key in one.later:
        result |= {
            name: result.get(name) for name in key.columns if one.columns[name].nullable
        }
    for name, column in one.columns.items():
        if name in result or column.generated is not None:
            continue
        if is_counted(column) and not given.explicit:
            continue
        put(result, name, one, kind, number, given)
    for key in one.later:
        result |= itself(one, key, result)
    return result


def itself(one: Target, key: ForeignKey, found: Row) -> Row:
    """Return a foreign key that cannot be NULL and points at its own row."""
    pairs = dict(zip(key.columns, key.referred_columns, strict=True))
    if key.referred_table != one.name or not all(
        other in found and found.get(own, "") is not None
        for own, other in pairs.items()
    ):
        return {}
    return {own: found[other] for own, other in pairs.items()}


def put(
    result: Row, name: str, one: Target, kind: RowKind, number: int, given: Given
) -> None:
    """Give a column a value, or leave it out for its default."""
    column, of = one.columns[name], one.types[name]
    if number < len(wanted := one.wanted.get(name, ())):
        result[name] = wanted[number]
        return
    has_default = column.default is not None
    if kind == "nulls":
        if column.nullable:
            result[name] = None
            return
        if has_default:
            return
    if kind == "longest":
        if (text := longest(of, number)) is not None:
            result[name] = text
            return
        if has_default:
            return
    text = value(of, number, given.samples)
    if text is not None or not has_default:
        result[name] = text


def chosen(
    one: Target,
    kind: RowKind,
    number: int,
    options: tuple[Row, ...],
    fixed: Row,
    given: Given,
) -> Row:
    """Return values that satisfy checks and agree with what is fixed already."""
    fitting = [
        option
        for option in options
        if all(fixed.get(name, text) == text for name, text in option.items())
    ]
    if not fitting:
        return {}
    if kind == "nulls":
        option = max(fitting, key=nulls)
    else:
        least = min(map(nulls, fitting))
        full = [option for option in fitting if nulls(option) == least]
        option = full[number % len(full)]
    composite = {
        name for key in one.foreign_keys if key.columns[1:] for name in key.columns
    }
    return {
        name: text
        for name, text in option.items()
        if not (is_counted(one.columns[name]) and not given.explicit)
        and not (name in composite and text is not None)
    }


def nulls(row: Row) -> int:
    return list(row.values()).count(None)


def references(
    one: Target, kind: RowKind, number: int, given: Given, fixed: Row
) -> Row:
    """Return the columns of foreign keys, which agree where keys share columns."""
    keys = []
    found: Row = {}
    for key in one.foreign_keys:
        free = [
            name
            for name in key.columns
            if one.columns[name].nullable and name not in fixed
        ]
        enough = len(free) == len(key.columns) if key.match_full else bool(free)
        if enough and (kind == "nulls" or not given.referred(key)):
            found |= dict.fromkeys(free)
        else:
            keys.append(key)
    agreeing = agreed(keys, number, given, fixed | found)
    if agreeing is None:  # a row that is there, in whatever partition it leads to
        own = {name for key in keys for name in key.columns}
        free_ones = {name: text for name, text in fixed.items() if name not in own}
        agreeing = agreed(keys, number, given, free_ones | found)
    return found | (agreeing or {})


def agreed(keys: list[ForeignKey], number: int, given: Given, fixed: Row) -> Row | None:
    """Return values of all these keys; None where there are none that agree."""
    if not keys:
        return {}
    key, rest = keys[0], keys[1:]
    if any(name in fixed and fixed[name] is None for name in key.columns):
        return agreed(rest, number, given, fixed)
    rows = given.referred(key)
    for turn in range(len(rows)):
        option = rows[(number + turn) % len(rows)]
        if any(fixed.get(name, text) != text for name, text in option.items()):
            continue
        others = agreed(rest, number, given, fixed | option)
        if others is not None:
            return option | others
    return None
