"""Partition keys and bounds of a spec's tables.

Source: the PostgreSQL manual, chapter 5.12 (Table Partitioning) and CREATE TABLE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.model.schema import Bound, PartitionBy, PartitionOf
from gen_migration.postgres.types import Type
from gen_migration.spec.build.columns import not_plain
from gen_migration.spec.build.context import UNKNOWN
from gen_migration.spec.build.expressions import expression, is_sql
from gen_migration.spec.build.parts import element_of, named
from gen_migration.sql.literals import LiteralMistake, literal

if TYPE_CHECKING:
    from gen_migration.model.schema import Strategy
    from gen_migration.spec.build.context import Body, Spot
    from gen_migration.spec.table_shapes import PartitionShape

# What a partition of each strategy says, by the fields of its shape, and in words.
STRATEGIES: dict[Strategy, tuple[tuple[str, ...], str]] = {
    "range": (("from_", "bound"), '"from" and "to", or "default"'),
    "list": (("in_", "bound"), '"in", or "default"'),
    "hash": (("modulus",), '"modulus" and "remainder"'),
}
KEYWORDS = {"minvalue": "MINVALUE", "maxvalue": "MAXVALUE"}


def partition_by(body: Body) -> PartitionBy | None:
    """Return how a table is partitioned; None when it is not."""
    if body.shape.partition_by is None:
        if body.shape.partitions:
            (body.at / "partitions").wrong_key(
                "partitions of a table that is not partitioned",
                "add partition_by: {range: […]}",
            )
        return None
    strategy = strategy_of(body)
    at = body.at / "partition_by" / strategy
    elements = []
    for index, item in enumerate(getattr(body.shape.partition_by, strategy)):
        element, _ = element_of(body, item, at / index)
        if element is not None and (element.descending or element.nulls_first):
            (at / index).wrong("a partition key has no order", "leave it out")
        if element is not None:
            elements.append(element)
    if strategy == "list" and len(elements) > 1:
        at.wrong("a list partition has one column", "write one, or use range or hash")
    return PartitionBy(strategy=strategy, elements=tuple(elements))


def refused_constraints(body: Body) -> None:
    """Report constraints that a partitioned table cannot have (manual, CREATE TABLE).

    A new partition has its parent's NOT NULL for all of its rows, whatever the parent has.
    """
    for key, shape in getattr(body.shape, "columns", {}).items():
        if shape.not_null is not None:
            at = body.at / "columns" / key / "not_null"
            not_plain(at, shape.not_null, "a partitioned table")
    for _, shape, at in named(body.shape.checks, body.at / "checks"):
        if shape.no_inherit:
            (at / "no_inherit").wrong_key(
                "a check of a partitioned table is always inherited", "remove it"
            )
    for _, shape, at in named(body.shape.foreign_keys, body.at / "foreign_keys"):
        if shape.not_valid:
            (at / "not_valid").need(18, "NOT VALID on a partitioned table")
    for _, _, at in named(body.shape.excludes, body.at / "excludes"):
        at.need(17, "an exclusion constraint on a partitioned table")


def strategy_of(body: Body) -> Strategy:
    """Return the strategy of a table that is partitioned."""
    shape = body.shape.partition_by
    return next(one for one in STRATEGIES if getattr(shape, one) is not None)


def partition_of(body: Body) -> PartitionOf | None:
    """Return the parent and the bound of a partition; None for any other table."""
    if body.parent is None:
        return None
    parent = body.build.bodies[body.parent]
    if parent.shape.partition_by is None:
        return None  # reported at the parent
    shape: PartitionShape = body.shape  # type: ignore[assignment]
    strategy = strategy_of(parent)
    allowed, words = STRATEGIES[strategy]
    ways = ("bound", "from_", "in_", "modulus")
    given = next(way for way in ways if getattr(shape, way) is not None)
    if given not in allowed:
        body.at.wrong(f"this is no partition by {strategy}", f"write {words}")
        return None
    bound = bound_of(shape, key_types(parent), body.at)
    if bound.modulus is not None and (bound.remainder or 0) >= bound.modulus:
        (body.at / "remainder").wrong(
            f"remainder {bound.remainder} is not below modulus {bound.modulus}",
            f"write 0 to {bound.modulus - 1}",
        )
    return PartitionOf(parent=body.parent, bound=bound)


def bound_of(shape: PartitionShape, keys: list[Type | None], at: Spot) -> Bound:
    """Return which rows a partition holds."""
    lower: tuple[str, ...] = ()
    upper = listed = lower
    if shape.from_ is not None:
        lower = values(at / "from", shape.from_, keys)
        upper = values(at / "to", shape.to, keys)
    if shape.in_:
        listed = tuple(
            "NULL" if value is None else bound_value(at / "in" / index, value, keys[0])
            for index, value in enumerate(shape.in_)
        )
    return Bound(
        lower=lower,
        upper=upper,
        values=listed,
        modulus=shape.modulus,
        remainder=shape.remainder,
    )


def key_types(parent: Body) -> list[Type | None]:
    """Return the types of a partition key's columns; None for an expression."""
    types: list[Type | None] = []
    quiet = parent.build.silent().at()
    for item in getattr(parent.shape.partition_by, strategy_of(parent)):
        element, _ = element_of(parent, item, quiet)
        column = parent.columns.get(element.column or "") if element else None
        types.append(column.type if column and column.type is not UNKNOWN else None)
    return types


def values(at: Spot, given: Any, keys: list[Type | None]) -> tuple[str, ...]:
    """Return one side of a range as SQL, one value for each column of the key."""
    listed = given if isinstance(given, list) else [given]
    if len(listed) != len(keys):
        at.wrong(
            f"{len(listed)} values for {len(keys)} columns of the partition key",
            "write a list with one value for each",
        )
        return ()
    result: list[str] = []
    for index, (value, key) in enumerate(zip(listed, keys, strict=True)):
        place = at / index if isinstance(given, list) else at
        is_keyword = isinstance(value, str) and value.lower() in KEYWORDS
        text = KEYWORDS[value.lower()] if is_keyword else bound_value(place, value, key)
        # `validateInfiniteBounds` in parse_utilcmd.c
        endless = result[-1] if result and result[-1] in KEYWORDS.values() else text
        if text != endless:
            word = endless.lower()
            place.wrong(f"after {word} all is {word}", f"write {word}")
        result.append(text)
    return tuple(result)


def bound_value(at: Spot, value: Any, key: Type | None) -> str:
    """Return a value of a bound as SQL."""
    if is_sql(value) and isinstance(value["sql"], str):
        found = expression(at / "sql", value["sql"])
        if found is not None and found.references:
            (at / "sql").wrong("a bound cannot use a column", "write a constant")
        return found.sql if found else ""
    try:
        return literal(value, key or guess(value), at.build.enums)
    except LiteralMistake as mistake:
        message, hint = mistake.args
        at.wrong(message.replace("the default", "the bound"), hint)
        return ""


def guess(value: Any) -> Type:
    """Return a type for the value of a key that is an expression."""
    if isinstance(value, bool):
        return Type(name="boolean")
    return Type(name="text" if isinstance(value, str) else "numeric")
