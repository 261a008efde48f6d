"""Partition keys and bounds of a spec's tables.

Source: the PostgreSQL manual, chapter 5.12 (Table Partitioning) and CREATE TABLE.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gen_migration.model.schema import Bound, PartitionBy, PartitionOf
from gen_migration.postgres.types import Type
from gen_migration.spec.build.columns import expression
from gen_migration.spec.build.context import UNKNOWN
from gen_migration.spec.build.parts import element_of, named
from gen_migration.sql.literals import LiteralMistake, literal

if TYPE_CHECKING:
    from gen_migration.base.errors import Place
    from gen_migration.model.schema import Element, Strategy
    from gen_migration.spec.build.context import Body, Build
    from gen_migration.spec.shapes import PartitionShape

STRATEGIES: tuple[Strategy, ...] = ("range", "list", "hash")
KEYWORDS = {"minvalue": "MINVALUE", "maxvalue": "MAXVALUE"}


def partition_by(state: Build, body: Body) -> PartitionBy | None:
    """Return how a table is partitioned; None when it is not."""
    shape = body.shape.partition_by
    if shape is None:
        if body.shape.partitions:
            state.problem(
                "partitions of a table that is not partitioned",
                *body.path,
                "partitions",
                hint="add partition_by: {range: […]}",
                at_key=True,
            )
        return None
    strategy = strategy_of(body)
    path = (*body.path, "partition_by", strategy)
    elements = []
    for index, item in enumerate(getattr(shape, strategy)):
        element, _ = element_of(state, body, item, (*path, index))
        if element is not None and (element.descending or element.nulls_first):
            state.problem(
                "a partition key has no order", *path, index, hint="leave it out"
            )
        if element is not None:
            elements.append(element)
    if strategy == "list" and len(elements) > 1:
        state.problem(
            "a list partition has one column",
            *path,
            hint="write one, or use range or hash",
        )
    return PartitionBy(strategy=strategy, elements=tuple(elements))


def refused_constraints(state: Build, body: Body) -> None:
    """Report constraints that a partitioned table cannot have (manual, CREATE TABLE)."""
    for _, shape, path in named(body.shape.checks, (*body.path, "checks")):
        if shape.no_inherit:
            state.problem(
                "a check of a partitioned table is always inherited",
                *path,
                "no_inherit",
                hint="remove it",
                at_key=True,
            )
    for _, shape, path in named(body.shape.foreign_keys, (*body.path, "foreign_keys")):
        if shape.not_valid:
            state.need(18, "NOT VALID on a partitioned table", *path, "not_valid")
    for _, _, path in named(body.shape.excludes, (*body.path, "excludes")):
        state.need(17, "an exclusion constraint on a partitioned table", *path)


def strategy_of(body: Body) -> Strategy:
    shape = body.shape.partition_by
    return next(s for s in STRATEGIES if getattr(shape, s) is not None)


def partition_of(state: Build, body: Body) -> PartitionOf | None:
    """Return the parent and the bound of a partition; None for any other table."""
    if body.parent is None:
        return None
    parent = state.bodies[body.parent]
    if parent.shape.partition_by is None:
        return None  # reported at the parent
    shape: PartitionShape = body.shape  # type: ignore[assignment]
    strategy = strategy_of(parent)
    allowed = {
        "range": ("from_", "bound"),
        "list": ("in_", "bound"),
        "hash": ("modulus",),
    }
    given = next(
        k for k in ("bound", "from_", "in_", "modulus") if getattr(shape, k) is not None
    )
    if given not in allowed[strategy]:
        words = {
            "range": '"from" and "to", or "default"',
            "list": '"in", or "default"',
            "hash": '"modulus" and "remainder"',
        }
        state.problem(
            f"this is no partition by {strategy}",
            *body.path,
            hint=f"write {words[strategy]}",
        )
        return None
    keys = key_types(state, parent)
    path = body.path
    bound = Bound(
        lower=values(state, shape.from_, keys, (*path, "from"))
        if given == "from_"
        else (),
        upper=values(state, shape.to, keys, (*path, "to")) if given == "from_" else (),
        values=in_values(state, shape.in_, keys[0], (*path, "in")) if shape.in_ else (),
        modulus=shape.modulus,
        remainder=shape.remainder,
    )
    if bound.modulus is not None and (bound.remainder or 0) >= bound.modulus:
        state.problem(
            f"remainder {bound.remainder} is not below modulus {bound.modulus}",
            *path,
            "remainder",
            hint=f"write 0 to {bound.modulus - 1}",
        )
    return PartitionOf(parent=body.parent, bound=bound)


def key_types(state: Build, parent: Body) -> list[Type | None]:
    """Return the types of a partition key's columns; None for an expression."""
    elements = getattr(parent.shape.partition_by, strategy_of(parent))
    quiet: list[Element | None] = [
        element_of(silent(state), parent, item, ())[0] for item in elements
    ]
    types: list[Type | None] = []
    for element in quiet:
        column = parent.columns.get(element.column or "") if element else None
        types.append(column.type if column and column.type is not UNKNOWN else None)
    return types


def silent(state: Build) -> Build:
    """Return a state that throws its problems away: they are reported elsewhere."""
    return replace(state, problems=[])


def values(
    state: Build, given: Any, keys: list[Type | None], path: Place
) -> tuple[str, ...]:
    """Return one side of a range as SQL, one value for each column of the key."""
    listed = given if isinstance(given, list) else [given]
    if len(listed) != len(keys):
        state.problem(
            f"{len(listed)} values for {len(keys)} columns of the partition key",
            *path,
            hint="write a list with one value for each",
        )
        return ()
    result = []
    for index, (value, key) in enumerate(zip(listed, keys, strict=True)):
        place = (*path, index) if isinstance(given, list) else path
        if isinstance(value, str) and value.lower() in KEYWORDS:
            result.append(KEYWORDS[value.lower()])
        else:
            result.append(bound_value(state, value, key, place))
    return tuple(result)


def in_values(
    state: Build, given: list[Any], key: Type | None, path: Place
) -> tuple[str, ...]:
    return tuple(
        "NULL" if value is None else bound_value(state, value, key, (*path, index))
        for index, value in enumerate(given)
    )


def bound_value(state: Build, value: Any, key: Type | None, path: Place) -> str:
    if (
        isinstance(value, dict)
        and list(value) == ["sql"]
        and isinstance(value["sql"], str)
    ):
        found = expression(state, value["sql"], (), (*path, "sql"))
        if found is not None and found.references:
            state.problem(
                "a bound cannot use a column", *path, "sql", hint="write a constant"
            )
        return found.sql if found else ""
    try:
        return literal(value, key or guess(value), state.enums)
    except LiteralMistake as mistake:
        message, hint = mistake.args
        state.problem(message.replace("the default", "the bound"), *path, hint=hint)
        return ""


def guess(value: Any) -> Type:
    """Return a type for the value of a key that is an expression."""
    if isinstance(value, bool):
        return Type(name="boolean")
    return Type(name="text" if isinstance(value, str) else "numeric")
