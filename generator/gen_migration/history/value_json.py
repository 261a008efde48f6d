"""Values of the model as JSON and back. What is read makes values of the model and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from gen_migration.kinds import BY_CLASS
from gen_migration.model import schema
from gen_migration.operations import origins
from gen_migration.postgres.names import Member, Name
from gen_migration.postgres.signatures import Signature
from gen_migration.postgres.types import Type

TUPLE, MAPPING = "", "{}"
NAMES: dict[str, Any] = {"Name": Name, "Member": Member, "Signature": Signature}
PLAIN = frozenset((type(None), bool, int, str))


def dumps(value: Any) -> bytes:
    """Return a value as JSON: a list for what is made of parts, led by what it is.

    Raises TypeError for what is no value of the model.
    """
    return json.dumps(encoded(value), separators=(",", ":")).encode()


def loads(data: bytes) -> Any:
    """Return the value in JSON. Raises ValueError where it is none of the model."""
    try:
        return decoded(json.loads(data))
    except (TypeError, RecursionError) as error:
        raise ValueError(str(error)) from None


def encoded(value: Any) -> Any:
    kind = type(value)
    if kind in PLAIN:
        return value
    if kind.__name__ in NAMES:
        return [kind.__name__, *map(encoded, value)]
    if kind is tuple:
        return [TUPLE, *map(encoded, value)]
    known = class_of(kind.__name__)
    if known is not None and known[0] is kind:
        names = known[1]
        return [kind.__name__, *[encoded(getattr(value, name)) for name in names]]
    if isinstance(value, str | int):
        return value
    if isinstance(value, Mapping):
        pairs = (encoded(one) for pair in value.items() for one in pair)
        return [MAPPING, *pairs]
    raise TypeError(f"{kind.__name__} is no value of the model")


def decoded(data: Any) -> Any:
    if type(data) in PLAIN:
        return data
    if not isinstance(data, list) or not data:
        raise ValueError("no value of the model")
    kind, *parts = data
    values = [decoded(one) for one in parts]
    if kind == TUPLE:
        return tuple(values)
    if kind == MAPPING:
        return dict(zip(values[::2], values[1::2], strict=True))
    if kind in NAMES:
        return NAMES[kind](*values)
    found = class_of(kind) if isinstance(kind, str) else None
    if found is None:
        raise ValueError(f"{kind!r} is no class of the model")
    made, names = found
    return made(**dict(zip(names, values, strict=True)))


@cache
def class_of(name: str) -> tuple[type, tuple[str, ...]] | None:
    """Return a class of the model with its fields; None where none is called so."""
    kind = BY_CLASS.get(name)
    own = () if kind is None else kind.classes
    every = {**vars(schema), **{one.__name__: one for one in (*own, *OTHERS)}}
    found = every.get(name)
    if not (isinstance(found, type) and is_dataclass(found)):
        return None
    return found, tuple(each.name for each in fields(found))


OTHERS = (Type, origins.Origins)
