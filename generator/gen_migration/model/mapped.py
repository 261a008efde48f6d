"""Values of the model with some of their fields changed, however deep those are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache
from operator import is_
from typing import Any, TypeVar

from gen_migration.base.data_class import replace
from gen_migration.model import schema as model

V = TypeVar("V")

# The fields of each class that hold values of others, alone, in a tuple or by their names.
INSIDE: dict[type, dict[str, tuple[type, ...]]] = {
    model.Table: {
        "columns": (model.Column,),
        "own": (dict,),
        "constraints": model.Constraint.__args__,
        "indexes": (model.Index,),
        "partition_by": (model.PartitionBy,),
        "partition_of": (model.PartitionOf,),
        "replica_identity": (model.ReplicaIdentity,),
    },
    model.Column: {
        "generated": (model.Generated,),
        "not_null_state": (model.NotNullState,),
    },
    model.Index: {"elements": (model.Element,)},
    model.Exclude: {"elements": (model.ExcludeElement,)},
    model.ExcludeElement: {"element": (model.Element,)},
    model.PartitionBy: {"elements": (model.Element,)},
}


def hold(of: type, **fields: tuple[type, ...]) -> None:
    """Say which fields of a class of values hold others."""
    INSIDE[of] = fields


Change = Callable[[Any], Any]


def mapped(value: V, changes: Mapping[str, Change]) -> V:
    """Return a value, or values by their names, with fields changed; itself where nothing is.

    `changes` are by the names of fields; what is None stays.
    """
    return walked(value, changes, frozenset(changes))  # type: ignore[no-any-return]


def walked(value: Any, changes: Mapping[str, Change], names: frozenset[str]) -> Any:
    """Return what `mapped` does; `names` are those of the fields that change."""
    kind: Any = type(value)
    if kind is tuple:
        found: Any = tuple([walked(one, changes, names) for one in value])
        return value if all(map(is_, found, value)) else found
    if not hasattr(kind, "__dataclass_fields__"):
        found = {}
        for key, held in value.items():
            if held is None or isinstance(held, str | int):
                # What a partition's column has of its own.
                is_text = isinstance(held, str) and key in names
                found[key] = changes[key](held) if is_text else held
            else:
                found[key] = walked(held, changes, names)
        return value if all(map(is_, found.values(), value.values())) else found
    changed = {}
    deeper, here = ways(kind, names)
    for name in deeper:
        held = getattr(value, name)
        if held and (new := walked(held, changes, names)) is not held:
            changed[name] = new
    for name in here:
        held = getattr(value, name)
        if held is not None and (new := changes[name](held)) is not held:
            changed[name] = new
    return replace(value, **changed) if changed else value


@cache
def ways(of: type, names: frozenset[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the fields of a class that lead to fields of these names, and those that are."""
    inside = INSIDE.get(of, {})
    deeper = tuple(
        field
        for field, classes in inside.items()
        if any(one is dict or any(ways(one, names)) for one in classes)
    )
    own = (one.name for one in fields(of))
    return deeper, tuple(one for one in own if one in names and one not in inside)
