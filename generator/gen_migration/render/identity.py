"""The id of a revision, a hash of what it follows and of what it does. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import MISSING, fields
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from gen_migration.base.meanwhile import mapped
from gen_migration.model.schema import Column
from gen_migration.postgres.types import Type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gen_migration.operations.base import Operation

ID_LENGTH = 12


def revision_id(
    parents: Iterable[str], spec: str, operations: Iterable[Operation]
) -> str:
    """Return the id: the first 12 hex digits of a SHA-256 over parents, spec and operations."""
    steps = ",".join(mapped(canonical, [*operations]))
    text = f"[{canonical(sorted(parents))},{quoted(spec)},[{steps}]]"
    return hashlib.sha256(text.encode()).hexdigest()[:ID_LENGTH]


quoted = json.encoder.encode_basestring_ascii


def canonical(value: Any) -> str:
    """Return a value as JSON.

    Fields that have their default are left out, so that a field that is added to the model
    later changes no id; and so are the names of classes. An operation has a name on the wire, a
    constraint its word; what else there is, the field tells that holds it.
    """
    kind = type(value)
    if kind is str:
        return quoted(value)
    if kind is tuple:
        return of_items(value)
    return WRITERS[kind](value)


class Writers(dict[type, "Callable[[Any], str]"]):
    """What makes JSON of the values of a class."""

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        self[kind] = of_fields
        if issubclass(kind, dict):
            self[kind] = of_mapping
        elif issubclass(kind, tuple | list):
            self[kind] = of_items
        return self[kind]


def of_mapping(value: dict[Any, Any]) -> str:
    pairs = [f"[{canonical(key)},{canonical(one)}]" for key, one in value.items()]
    return f"[{','.join(pairs)}]"


def of_items(value: Iterable[Any]) -> str:
    return f"[{','.join([canonical(one) for one in value])}]"


@lru_cache(maxsize=1000)
def repeated(value: Type | Column) -> str:
    """Return a value as JSON that many tables have alike."""
    if isinstance(value, Type):
        return f"[{quoted(value.kind)},{quoted(value.spelled)}]"
    return of_fields(value)


def of_fields(value: Any) -> str:
    """Return a value with those of its fields that do not have their default."""
    word, known = fields_of(type(value))  # type: ignore[arg-type]
    found = [quoted(getattr(value, word)) if word else NAMELESS]
    for name, start, default in known:
        item = getattr(value, name)
        if item is not default and item != default:
            found.append(f"{start}{canonical(item)}]")
    return f"[{','.join(found)}]"


WRITERS = Writers(
    {
        type(None): lambda _: "null",
        bool: lambda value: "true" if value else "false",
        int: int.__repr__,
        Type: repeated,
        Column: repeated,
    }
)
NAMELESS = '""'


@cache
def fields_of(of: type) -> tuple[str | None, list[tuple[str, str, Any]]]:
    """Return the attribute that names a value of a class, and the fields of the class.

    Of a field, those are its name, how it starts in JSON, and its default.
    """
    word = next((one for one in ("wire", "word") if hasattr(of, one)), None)
    return word, [
        (
            field.name,
            f"[{quoted(field.name)},",
            field.default
            if field.default_factory is MISSING
            else field.default_factory(),
        )
        for field in fields(of)
    ]
