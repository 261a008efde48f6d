"""The secrets of a schema: variables of the environment that its objects name. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from gen_migration import kinds
from gen_migration.postgres.secret_values import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Schema


def variables(schema: Schema) -> dict[str, str]:
    """Return the variables that a schema names, each with the object that has it first."""
    found: dict[str, str] = {}
    for kind in kinds.of(schema):
        for name, value in schema.of(kind.word).items():
            for secret in inside(value):
                found.setdefault(secret.env, f"{kind.word} {name}")
    return found


def inside(value: Any) -> Iterator[Secret]:
    """Yield the secrets of a value of the model."""
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from inside(one)
    elif is_dataclass(value):
        for field in fields(value):
            yield from inside(getattr(value, field.name))
