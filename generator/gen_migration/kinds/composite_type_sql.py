"""SQL of composite types: their attributes, and changes of those. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.postgres.names import Name, quote_name
from gen_migration.sql import ddl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.kinds.composite_type_values import Attribute, CompositeType


def shape_of(value: Attribute) -> tuple[Any, Any]:
    return value.type, value.collation


def said(value: Attribute | None) -> str | None:
    return None if value is None else " ".join(ddl.type_with_collation(value))


def defined(value: CompositeType) -> Iterator[str]:
    """Yield the attributes as `CREATE TYPE` has them."""
    for key, one in value.attributes.items():
        yield f"{quote_name(key)} {said(one)}"


def actions(old: CompositeType, new: CompositeType) -> list[str]:
    """Return what `ALTER TYPE` does to the attributes."""
    before, after = old.attributes, new.attributes
    gone = [f"DROP ATTRIBUTE {quote_name(key)}" for key in before if key not in after]
    typed = [
        f"ALTER ATTRIBUTE {quote_name(key)} TYPE {said(one)}"
        for key, one in after.items()
        if key in before and shape_of(before[key]) != shape_of(one)
    ]
    come = [
        f"ADD ATTRIBUTE {quote_name(key)} {said(one)}"
        for key, one in after.items()
        if key not in before
    ]
    return [*gone, *typed, *come]


def comment(name: Name, attribute: str, text: str | None) -> str:
    return ddl.comment(f"COLUMN {name.sql}.{quote_name(attribute)}", text)
