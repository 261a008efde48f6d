"""Values of the model as JSON and back. What is read makes values of the model and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration.kinds import BY_CLASS
from gen_migration.model import schema
from gen_migration.operations import origins
from gen_migration.postgres.names import Member, MethodName, Name
from gen_migration.postgres.signatures import CastName, Signature, TransformName
from gen_migration.postgres.types import Type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from dataclasses import Field

TUPLE, MAPPING, AGAIN = "", "{}", "="
NAMES: dict[str, Any] = {
    one.__name__: one
    for one in (Name, Member, MethodName, Signature, CastName, TransformName)
}
PLAIN = frozenset((type(None), bool, int, str))
# What many tables have alike.
REPEATED = frozenset((Type, schema.Column))


def dumps(value: Any) -> bytes:
    """Return a value as JSON: a list for what is made of parts, led by what it is.

    The last fields of one that have their defaults are left out (a column has thirteen, and most
    columns but a type), and of what many tables have alike, all but the first are its number.
    Raises TypeError for what is no value of the model.
    """
    return json.dumps(encoded(value, {}), separators=(",", ":")).encode()


def loads(data: bytes) -> Any:
    """Return the value in JSON. Raises ValueError where it is none of the model."""
    try:
        return decoded(json.loads(data), [])
    except (TypeError, RecursionError) as error:
        raise ValueError(str(error)) from None


def encoded(value: Any, seen: dict[Any, int]) -> Any:
    kind = type(value)
    if kind in PLAIN:
        return value
    if kind in REPEATED and (number := seen.get(value)) is not None:
        return [AGAIN, number]
    known = class_of(kind.__name__)
    if known is not None and known.made is kind:
        found = [kind.__name__, *encoded_all(known.said(value), seen)]
        if kind in REPEATED:
            seen[value] = len(seen)
        return found
    if kind.__name__ in NAMES:
        return [kind.__name__, *encoded_all(value, seen)]
    if kind is tuple:
        return [TUPLE, *encoded_all(value, seen)]
    if isinstance(value, str | int):
        return value
    if isinstance(value, Mapping):
        pairs = [one for pair in value.items() for one in pair]
        return [MAPPING, *encoded_all(pairs, seen)]
    raise TypeError(f"{kind.__name__} is no value of the model")


def encoded_all(values: Iterable[Any], seen: dict[Any, int]) -> list[Any]:
    return [one if type(one) in PLAIN else encoded(one, seen) for one in values]


def decoded(data: Any, seen: list[Any]) -> Any:
    if type(data) in PLAIN:
        return data
    if not isinstance(data, list) or not data:
        raise ValueError("no value of the model")
    kind, *parts = data
    if kind == AGAIN:
        (number,) = parts
        if type(number) is not int or not 0 <= number < len(seen):
            raise ValueError(f"there is no {number}")
        return seen[number]
    values = [one if type(one) in PLAIN else decoded(one, seen) for one in parts]
    if kind == TUPLE:
        return tuple(values)
    if kind == MAPPING:
        return dict(zip(values[::2], values[1::2], strict=True))
    if kind in NAMES:
        return NAMES[kind](*values)
    known = class_of(kind) if isinstance(kind, str) else None
    if known is None or len(values) > len(known.names):
        raise ValueError(f"{kind!r} is no class of the model, or one with fewer fields")
    found = known.made(**dict(zip(known.names, values, strict=False)))
    if known.made in REPEATED:
        seen.append(found)
    return found


class Known(NamedTuple):
    """A class of the model: the names of its fields, their defaults, and what returns them."""

    made: Any
    names: tuple[str, ...]
    defaults: tuple[Any, ...]
    values: Callable[[Any], Any]

    def said(self, value: Any) -> tuple[Any, ...]:
        """Return the fields of a value, up to the last that does not have its default."""
        found = self.values(value)
        values: tuple[Any, ...] = found if len(self.names) > 1 else (found,)
        end = len(values)
        while end and is_default(values[end - 1], self.defaults[end - 1]):
            end -= 1
        return values[:end]


def is_default(value: Any, default: Any) -> bool:
    return value is default or (type(value) is type(default) and value == default)


@cache
def class_of(name: str) -> Known | None:
    """Return a class of the model; None where none is called so."""
    kind = BY_CLASS.get(name)
    own = () if kind is None else kind.classes
    every = {**vars(schema), **{one.__name__: one for one in (*own, *OTHERS)}}
    found = every.get(name)
    if not (isinstance(found, type) and is_dataclass(found)):
        return None
    named = {one.name: default_of(one) for one in fields(found)}
    values = attrgetter(*named) if named else tuple
    return Known(found, tuple(named), tuple(named.values()), values)


def default_of(field: Field[Any]) -> Any:
    return (
        field.default if field.default_factory is MISSING else field.default_factory()
    )


OTHERS = (Type, origins.Origins)
