"""The names of what a schema has: what shares its names with what, and which are free."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration import kinds
from gen_migration.kinds import BY_WORD, KINDS
from gen_migration.kinds.relations import known_of
from gen_migration.model.given import given_columns
from gen_migration.model.schema import Check, ForeignKey
from gen_migration.postgres.names import MAX_NAME_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from gen_migration.kinds.kind import Kind
    from gen_migration.model.schema import Constraint, Index, Schema, Table
    from gen_migration.postgres.names import Name

# What has a name: a kind, the table or the enum that it belongs to (or None), and its key there.
Thing = tuple[str, Any, Any]

# What can get another name in its schema, and what each shares its names with.
SPACES: dict[str, frozenset[str]] = {
    "table": frozenset(("relations", "types")),
    "constraints": frozenset(("relations",)),
    "indexes": frozenset(("relations",)),
    **{kind.word: kind.spaces for kind in KINDS if kind.space},
}
# What has a name on its relation alone.
MEMBERS = [kind.word for kind in KINDS if kind.holders]
# What is in no schema (schemas get their names before all else).
OF_DATABASE = [
    kind.word for kind in KINDS if not (kind.in_schema or kind.word == "schema")
]
# What has types in its name.
ROUTINES = [kind.word for kind in KINDS if kind.space in {"functions", "operators"}]
WHOLE = [word for word in SPACES if word == "table" or word in BY_WORD]


def members(schema: Schema, kind: str, holder: Name) -> list[str]:
    """Return what of a kind stands on a relation, by its own name."""
    return [one.name for one in schema.of(kind) if one.holder == holder]


def columns_within(schema: Schema, holder: Name) -> list[str]:
    """Return the columns of a relation that get other names there."""
    if holder in schema.tables:
        return own_columns(schema, schema.tables[holder])
    return [key for key, _ in known_of(schema)(holder) or ()]


def own_columns(schema: Schema, table: Table) -> list[str]:
    """Return the columns of a table that it has from no other: those get other names there."""
    given = given_columns(schema, table) if table.is_heir else {}
    return [key for key in table.columns if key not in given]


# The names within a table or a type that are free or taken there alone.
WITHIN: dict[str, Callable[[Schema, Name], Collection[str]]] = {
    "column": columns_within,
    "constraints": lambda schema, holder: schema.tables[holder].constraints,
    "value": lambda schema, holder: schema.enums[holder].values,
    "attribute": lambda schema, holder: schema.of("composite type")[holder].attributes,
}


def keys(table: Table) -> Iterator[str]:
    """Yield the constraints of a table that share their names with tables."""
    for key, constraint in table.constraints.items():
        if is_relation(constraint):
            yield key


def relations(schema: Schema) -> set[Name]:
    """Return the names of all relations, but for what partitions have of the tables above them."""
    return {name for name, thing in things(schema) if "relations" in SPACES[thing[0]]}


def within(word: str, name: Name, value: Any) -> Iterator[Name]:
    """Yield the names among relations that come with one; indexes of a table come after it."""
    if word == "table":
        yield from (name._replace(name=key) for key in keys(value))
    elif BY_WORD[word].space == "relations":
        yield from BY_WORD[word].brings(name, value)


def is_relation(part: Constraint | Index) -> bool:
    """Tell whether a constraint or an index shares its names with tables."""
    return not isinstance(part, Check | ForeignKey)


def indexed(schema: Schema) -> Iterator[tuple[Kind, Name, Any]]:
    """Yield the objects that have indexes as tables have, with their kind."""
    for kind in kinds.of(schema):
        if kind.has_indexes:
            for name, value in schema.of(kind.word).items():
                yield kind, name, value


def indexes_of(schema: Schema) -> Iterator[tuple[Name, Mapping[str, Index]]]:
    """Yield all relations that may have indexes, with those."""
    for name, table in schema.tables.items():
        yield name, table.indexes
    for _, name, value in indexed(schema):
        yield name, value.indexes


def things(schema: Schema) -> Iterator[tuple[Name, Thing]]:
    """Yield the name of each relation and type of a schema, and what it is."""
    for kind in WHOLE:
        for name in schema.of(kind):
            yield name, (kind, None, name)
    for name, table in schema.tables.items():
        for key in keys(table):
            yield name._replace(name=key), ("constraints", name, key)
    for name, indexes in indexes_of(schema):
        for key in indexes:
            yield name._replace(name=key), ("indexes", name, key)


def occupant(schema: Schema, thing: Thing) -> Thing | None:
    """Return what has the name that a thing is to get, or None."""
    kind, table, key = thing
    name = key if table is None else table._replace(name=key)
    for other in WHOLE:
        if SPACES[kind] & SPACES[other] and name in schema.of(other):
            return other, None, name
    if "relations" not in SPACES[kind]:
        return None
    for of, indexes in indexes_of(schema):
        if of.schema == name.schema and name.name in indexes:
            return "indexes", of, name.name
    for table_name, value in schema.tables.items():
        if table_name.schema != name.schema:
            continue
        constraint = value.constraints.get(name.name)
        if constraint is not None and is_relation(constraint):
            return "constraints", table_name, name.name
    return None


def free_name(old: Schema, new: Schema, name: Name) -> Name:
    """Return a name like this one that neither schema has."""
    taken = {one for schema in (old, new) for one, _ in things(schema)}
    return name._replace(
        name=free(name.name, {one.name for one in taken if one.schema == name.schema})
    )


def free(name: str, taken: Collection[str]) -> str:
    """Return a name like this one that is not taken."""
    number = 0
    while True:
        number += 1
        end = f"_old{number if number > 1 else ''}"
        start = name.encode()[: MAX_NAME_BYTES - len(end)].decode(errors="ignore")
        if start + end not in taken:
            return start + end
