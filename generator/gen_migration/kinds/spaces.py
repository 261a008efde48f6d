"""The objects of a schema by the spaces and the names that references find them by. Pure.

Each step of an edit asks for them, and has changed some of a schema's mappings: what is found in a
mapping is kept by which one it is.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gen_migration import kinds
from gen_migration.kinds import BY_WORD
from gen_migration.model.automatic_names import column_sequence
from gen_migration.model.given import Same
from gen_migration.postgres.names import PUBLIC

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name

    # Nodes with the names that they are found by.
    Held = list[tuple[Name, tuple[Any, ...]]]
    ByName = Mapping[str, Held]


def spaces_of(schema: Schema) -> Mapping[str, list[ByName]]:
    """Return the objects by the space of their names, and by their names without the schema."""
    found: dict[str, list[ByName]] = defaultdict(list)
    for kind in kinds.of(schema):
        if kind.space:
            own = own_names(kind.word, Same(schema.of(kind.word)))
            found[str(kind.space)].append(own)
    for kind in kinds.of(schema):
        for space, held in other_names(kind.word, Same(schema.of(kind.word))).items():
            found[space].append(held)
    # A table is the type of its rows as well.
    tables = own_names("table", Same(schema.tables))
    found["relations"].append(tables)
    found["types"].append(tables)
    # So are the other relations.
    for kind in kinds.of(schema):
        if kind.has_columns:
            found["types"].append(plain_names(kind.word, schema.of(kind.word)))
    # So is a name that is announced, until the base type of it is there.
    word, types = "shell type", schema.of("base type")
    announced = [one for one in schema.of(word) if one not in types]
    found["types"].append(plain_names(word, announced))
    return found


@lru_cache(maxsize=64)
def own_names(word: str, objects: Same) -> Mapping[str, Held]:
    """Return the objects of a kind by the names that they have in the space of the kind."""
    found: dict[str, Held] = defaultdict(list)
    kind = BY_WORD.get(word)
    for name, value in objects.value.items():
        for one in (name, *(kind.brings(name, value) if kind else ())):
            found[one.name].append((one, (word, name)))
    return found


@lru_cache(maxsize=64)
def other_names(word: str, objects: Same) -> Mapping[str, Mapping[str, Held]]:
    """Return the objects of a kind by space and name of what comes with them in others."""
    found: dict[str, dict[str, Held]] = {}
    kind = BY_WORD[word]
    for name, value in objects.value.items():
        for space, one in kind.brings_others(value):
            held = found.setdefault(space, {}).setdefault(one.name, [])
            held.append((one, (word, name)))
    return found


def plain_names(word: str, names: Iterable[Name]) -> Mapping[str, Held]:
    """Return objects by their own names."""
    found: dict[str, Held] = defaultdict(list)
    for name in names:
        found[name.name].append((name, (word, name)))
    return found


@lru_cache(maxsize=8)
def sequences_of(tables: Same) -> Mapping[str, Held]:
    """Return the columns of tables by the names of the sequences that they bring."""
    found: dict[str, Held] = defaultdict(list)
    for table, value in tables.value.items():
        for name, key in sequences_in(table, Same(value)):
            found[name.name].append((name, ("column", table, key)))
    return found


@lru_cache(maxsize=10_000)
def sequences_in(table: Name, value: Same) -> tuple[tuple[Name, str], ...]:
    """Return the names of the sequences that columns of a table bring, with those columns."""
    return tuple(
        (column_sequence(table, key, column), key)
        for key, column in value.value.columns.items()
        if column.has_sequence
    )


def in_path(name: Name, held: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Return those of some objects of one name that a name with or without a schema may mean.

    They are those of its schema, or where there are none, those to which the search path leads.
    """
    schema = name.schema or PUBLIC
    for found in (
        [one for one in held if one[0].schema == name.schema],
        [one for one in held if (one[0].schema or PUBLIC) == schema],
    ):
        if found:
            return found
    # The search path decides, and may lead to any schema.
    if held and None in {name.schema, *(one.schema for one, _ in held)}:
        first = held[0][0].schema
        return [one for one in held if one[0].schema == first]
    return []
