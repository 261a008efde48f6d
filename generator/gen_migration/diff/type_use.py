"""The use of a type by columns and other types, which decides whether it is made anew. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.kinds import BY_WORD, KINDS, type_of
from gen_migration.kinds.kind_changes import Use
from gen_migration.kinds.references import EVERY
from gen_migration.postgres.names import Name

if TYPE_CHECKING:
    from gen_migration.kinds.nodes import Node
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.types import Type


def is_anew(old: Schema, new: Schema, kind: str, name: Name) -> bool:
    """Tell whether an object that stays is made anew; what uses it goes over to the new one."""
    of = BY_WORD[kind]
    before, after = of.bare(old.of(kind)[name]), of.bare(new.of(kind)[name])
    return before != after and of.is_anew(before, after, use(old, name))


def use(schema: Schema, name: Name) -> Use:
    """Return where columns have a type."""
    types = made_of(schema, name)
    known = {one for kind in KINDS for one in schema.of(kind.word)} - {name}
    every = [
        one.type
        for table in schema.tables.values()
        for one in table.columns.values()
        if one.type.kind != "builtin"
    ]
    held = [one for one in every if Name(one.schema, one.name) in types]
    return Use(
        in_column=bool(held),
        within=any(is_within(schema, one, name) for one in held),
        in_types=not types.isdisjoint(known),
    )


def stays_in_use(old: Schema, new: Schema, name: Name) -> bool:
    """Tell whether a column or a type has a type before an edit and after it."""
    return not holders(old, name).isdisjoint(holders(new, name))


def holders(schema: Schema, name: Name) -> set[Node]:
    """Return the columns and the types that have a type, be it in other types."""
    types = made_of(schema, name)
    columns = {
        ("column", table, key)
        for table, one in schema.tables.items()
        for key, column in one.columns.items()
        if column.type.kind != "builtin"
        and Name(column.type.schema, column.type.name) in types
    }
    return columns | {
        (kind.word, one)
        for kind in KINDS
        if kind.space == "types"
        for one in (schema.of(kind.word).keys() & types) - {name}
    }


def is_within(schema: Schema, of: Type, name: Name) -> bool:
    """Tell whether a type that is made of another one is anything but that, or domains over it."""
    base: Type | None = of
    while base is not None and not base.array and (base.schema, base.name) != name:
        found = type_of(schema, base)
        base = None if found is None else found[0].base(found[1])
    return base is None or base.array


def made_of(schema: Schema, name: Name) -> set[Name]:
    """Return a type, and those that are made of it."""
    refers = {
        one: {each[1] for each in kind.refers(value, EVERY) if each[0] == "types"}
        for kind in KINDS
        if kind.space == "types"
        for one, value in schema.of(kind.word).items()
    }
    brought = (
        each
        for kind in KINDS
        if kind.space == "types" and name in schema.of(kind.word)
        for each in kind.brings(name, schema.of(kind.word)[name])
    )
    found, size = {name, *brought}, 0
    while len(found) > size:
        size = len(found)
        found |= {one for one, others in refers.items() if others & found}
    return found
