"""Values of a composite type as those of another one, attribute by attribute. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.model import casts
from gen_migration.postgres.names import Name, quote_name

if TYPE_CHECKING:
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.types import Type


def rebuilding(
    old: Schema, new: Schema, column: str, before: Type, after: Type
) -> str | None:
    """Return how a value of one composite type becomes one of another, attribute by attribute.

    None where they are no composite types, or are in arrays.
    """
    from gen_migration.postgres.expressions import parse_expression

    made = rebuilt(old, new, quote_name(column), before, after)
    return None if made is None else parse_expression(made).sql


def rebuilt(
    old: Schema, new: Schema, value: str, before: Type, after: Type
) -> str | None:
    """Return a value as one of another composite type; None where that is none."""
    types = [
        None
        if of.kind != "other" or of.array
        else schema.of("composite type").get(Name(of.schema, of.name))
        for schema, of in ((old, before), (new, after))
    ]
    if None in types:
        return None
    held, wanted = (one.attributes for one in types if one is not None)
    fields = []
    for key, one in wanted.items():
        part = f"({value}).{quote_name(key)}"
        if key not in held:
            fields.append("NULL")
        elif held[key].type == one.type:
            fields.append(part)
        else:
            inner = rebuilt(old, new, part, held[key].type, one.type)
            way = casts.path(held[key].type, one.type)
            if way is None:
                way = casts.unasked(held[key].type, one.type)
            fields.append(inner or "::".join((part, *(way or (one.type.sql,)))))
    made = f"ROW({', '.join(fields)})::{after.sql}"
    # `IS NOT NULL` would ask for each attribute.
    return f"CASE WHEN {value} IS DISTINCT FROM NULL THEN {made} END"
