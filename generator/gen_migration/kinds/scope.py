"""What of a schema belongs to a spec, and what to others in the same database. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from gen_migration.kinds import BY_WORD, KINDS
from gen_migration.model.mapped import mapped
from gen_migration.model.schema import Schema
from gen_migration.postgres import own_collations, own_objects, text_search
from gen_migration.postgres.own_relations import is_own
from gen_migration.postgres.types import builtin_name

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gen_migration.postgres.names import Name

K = TypeVar("K")
V = TypeVar("V")


def owned(found: Schema, spec: Schema) -> Schema:
    """Return those objects of a schema that a spec has too.

    With its tables go their partitions, which a spec has inside of them, the sequences of
    their columns, and what stands on them.
    """
    tables = with_partitions(found, spec.tables)
    objects = {
        kind.word: {
            name: value
            for name, value in found.of(kind.word).items()
            if name in spec.of(kind.word) or kind.goes_with(value, tables)
        }
        for kind in KINDS
    }
    relations = tables.union(*objects.values())
    for kind in KINDS:
        if kind.holders:
            held = found.of(kind.word).items()
            objects[kind.word] = {k: v for k, v in held if k.holder in relations}
    return Schema(
        objects=objects,
        tables={name: one for name, one in found.tables.items() if name in tables},
    )


def without(found: Schema, mine: Schema) -> Schema:
    """Return those objects of a schema that another one has not."""
    part = owned(found, mine)

    def rest(all_: Mapping[K, V], gone: Mapping[K, V]) -> dict[K, V]:
        return {key: value for key, value in all_.items() if key not in gone}

    objects = {word: rest(all_, part.of(word)) for word, all_ in found.objects.items()}
    return Schema(objects=objects, tables=rest(found.tables, part.tables))


def together(first: Schema, second: Schema) -> Schema:
    """Return the objects of two schemas; of those with one name, the second's."""
    words = {**first.objects, **second.objects}
    objects = {word: {**first.of(word), **second.of(word)} for word in words}
    return Schema(objects=objects, tables={**first.tables, **second.tables})


def with_partitions(found: Schema, tables: Collection[Name]) -> set[Name]:
    """Return tables and the partitions below them."""
    result = set(tables)
    waiting = [name for name in found.tables if name not in result]
    while True:
        below = {name for name in waiting if found.tables[name].parent in result}
        if not below:
            return result
        result |= below
        waiting = [name for name in waiting if name not in below]


def at_home(schema: Schema, home: str) -> Schema:
    """Return a schema whose objects are called as a catalog calls them.

    Those of the `home` schema stand there without it.
    """

    def named(found: Mapping[Name, V], word: str = "table") -> dict[Name, V]:
        return {
            name if is_hidden(word, name) else name_at_home(name, home): value
            for name, value in found.items()
        }

    tables = mapped(schema.tables, {"parent": lambda name: at_home_name(name, home)})
    objects = {
        word: named(all_, word) if BY_WORD[word].in_schema else all_
        for word, all_ in schema.objects.items()
    }
    return Schema(objects=objects, tables=named(tables))


def at_home_name(name: Name, home: str) -> Name:
    """Return the name of a table as a catalog has it."""
    return name if is_hidden("table", name) else name_at_home(name, home)


def name_at_home(name: Name, home: str) -> Name:
    """Return a name without its schema, where that is `home`."""
    return name._replace(schema=None) if name.schema == home else name


HIDDEN = frozenset(("conversion", "operator class", "operator family"))


def is_hidden(word: str, name: Any) -> bool:
    """Tell whether PostgreSQL's own hides an object: it has its schema in a catalog, too."""
    if word == "table":
        return is_own(name.name)
    kind = BY_WORD[word]
    if kind.holders:
        return is_own(name.of)
    is_type = kind.space == "types" and builtin_name(name.name) is not None
    is_relation = kind.space in {"types", "relations"} and is_own(name.name)
    if word in HIDDEN:
        return own_objects.is_called_so(word, name)
    own = own_collations.OWN if word == "collation" else text_search.OWN.get(word, ())
    return is_type or is_relation or name.name in own


def size(schema: Schema) -> int:
    """Return how many objects a schema has."""
    return len(schema.tables) + sum(map(len, schema.objects.values()))
