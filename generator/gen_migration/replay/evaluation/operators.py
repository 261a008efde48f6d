"""Operators and comparisons of a revision, on constants; a Call stays the same."""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING, Any

from gen_migration.alembic_ops.calls import Call
from gen_migration.alembic_ops.stubs import described
from gen_migration.replay.evaluation import calls
from gen_migration.replay.evaluation.texts import percent
from gen_migration.replay.evaluation.values import (
    CONSTANT,
    MAX_BITS,
    UnknownError,
    weight,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from gen_migration.replay.evaluation.values import Position

ARITHMETIC: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}


def combined(kind: type, left: Any, right: Any, place: Position) -> Any:
    """Return what an operator gives. Raises UnknownError, Error or what the operator raises."""
    if isinstance(left, Call) or isinstance(right, Call):
        return left if isinstance(left, Call) else right
    if kind is ast.Mod and isinstance(left, str):
        return percent(left, right, place)
    numbers = isinstance(left, int | float) and isinstance(right, int | float)
    if numbers and kind in ARITHMETIC:
        return computed(kind, left, right)
    if kind is ast.Mult and isinstance(right, str | list | tuple):
        left, right = right, left
    if kind is ast.Mult and isinstance(left, str | list | tuple):
        count = calls.number(place, right) if isinstance(right, int) else None
        if count is not None:
            place.spend(1 + weight(left) * max(count, 0))
            place.text(len(left) * max(count, 0))
            return left * count
    same = type(left) is type(right)
    if kind is ast.Add and same and isinstance(left, str | list | tuple):
        place.spend(weight(left) + weight(right))
        return left + right
    if kind is ast.BitOr and same and isinstance(left, dict):
        return left | right
    raise UnknownError(f"an operator between {described(left)} and {described(right)}")


def computed(kind: type, left: Any, right: Any) -> Any:
    """Return what arithmetic gives. Raises UnknownError where the numbers are too large."""
    sizes = [one.bit_length() for one in (left, right) if isinstance(one, int)]
    power = kind is ast.Pow and isinstance(left, int) and isinstance(right, int)
    if max(sizes, default=0) > MAX_BITS or (
        power and left.bit_length() * abs(right) > MAX_BITS
    ):
        raise UnknownError("a number that is so large")
    value = ARITHMETIC[kind](left, right)
    if not isinstance(value, int | float):  # a complex one
        raise UnknownError("a number that is not real")
    return value


ORDERS: dict[type, Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def compared(op: ast.cmpop, left: Any, right: Any, place: Position) -> Any:
    """Return what a comparison gives. Raises UnknownError or what it raises."""
    if isinstance(op, ast.Is | ast.IsNot):
        if (
            left is not None
            and right is not None
            and not (isinstance(left, bool) and isinstance(right, bool))
        ):
            raise UnknownError("whether two values are the same object")
        return (left is right) is isinstance(op, ast.Is)
    if isinstance(left, Call) or isinstance(right, Call):
        return left if isinstance(left, Call) else right
    for one in (left, right):
        if not isinstance(one, (*CONSTANT, tuple, list, dict, frozenset, range)):
            raise UnknownError(f"a comparison with {described(one)}")
    place.spend(weight(left) + weight(right))
    if isinstance(op, ast.Eq | ast.NotEq):
        return (left == right) is isinstance(op, ast.Eq)
    if isinstance(op, ast.In | ast.NotIn):
        if isinstance(right, range) and not isinstance(left, int):
            raise UnknownError(f"whether {described(left)} is in a range")
        return (left in right) is isinstance(op, ast.In)
    return ORDERS[type(op)](left, *calls.comparable([right]))
