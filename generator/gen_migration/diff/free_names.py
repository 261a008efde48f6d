"""Names that relations and types share, and an order of renames in which they are free."""

from __future__ import annotations

from dataclasses import field
from functools import partial
from typing import TYPE_CHECKING, Any

from gen_migration import kinds
from gen_migration.base.data_class import dataclass, replace
from gen_migration.kinds import BY_WORD, KINDS
from gen_migration.model.automatic_names import sequence_name
from gen_migration.model.given import given_columns, typed_tables
from gen_migration.model.partitions import is_partitioned
from gen_migration.model.schema import Check, ForeignKey
from gen_migration.operations import renames
from gen_migration.operations.alterations import altered
from gen_migration.operations.columns import SetNotNullName
from gen_migration.postgres.names import MAX_NAME_BYTES, member

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from gen_migration.kinds.kind import Kind
    from gen_migration.model.schema import Constraint, Index, Schema, Table
    from gen_migration.operations.base import Operation
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
PARTS: dict[str, Callable[..., Operation]] = {
    "column": renames.RenameColumn,
    "constraints": renames.RenameConstraint,
    "indexes": renames.RenameIndex,
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


@dataclass(slots=True)
class Moves:
    """The renames that were found so far, and the schema after them.

    Those of `once_detached`, by the tables, are of what partitions have from their parents until
    then, and come right after that.
    """

    schema: Schema
    operations: list[Operation] = field(default_factory=list)
    once_detached: dict[Name, list[Operation]] = field(default_factory=dict)

    def do(self, operation: Operation) -> None:
        self.schema = operation.apply(self.schema)
        self.operations.append(operation)

    def rename(self, thing: Thing, new: Any) -> Thing:
        """Give a thing another name where it is, and return it."""
        kind, holder, old = thing
        if kind == "constraints":
            self.free_of_not_null(holder, new)
        if kind in MEMBERS:
            before, after = member(holder, old), member(holder, new)
            self.do(renames.RenameObject(kind=kind, old=before, new=after))
        elif kind in PARTS:
            self.rename_part(thing, new)
        elif kind == "value":
            self.do(renames.RenameEnumValue(name=holder, old=old, new=new))
        elif kind == "attribute":
            found = renames.RenameAttribute(
                name=holder,
                old=old,
                new=new,
                has_heirs=bool(typed_tables(self.schema, holder)),
            )
            self.do(found)
        elif kind == "table":
            self.do(renames.RenameTable(old=old, new=new))
        else:
            self.do(renames.RenameObject(kind=kind, old=old, new=new))
        if kind == "table":
            for key in self.schema.tables[new].columns:
                self.rename_sequence(old, key, new, key)
        elif kind == "column":
            self.rename_sequence(holder, old, holder, new)
        return kind, holder, new

    def free_of_not_null(self, table: Name, name: str) -> None:
        """Let a NOT NULL give up its name for a constraint."""
        for key, column in self.schema.tables[table].columns.items():
            if column.not_null == name:
                self.do(SetNotNullName(table=table, name=key, old=name, new=None))

    def rename_part(self, thing: Thing, new: str) -> None:
        """Rename what a table has, or an index of an object, which is a part of its value."""
        part, holder, old = thing
        if holder in self.schema.tables:
            made: Any = PARTS[part](table=holder, old=old, new=new)
            is_key = old in self.schema.tables[holder].foreign_keys
            if is_key and is_partitioned(self.schema, holder):
                made = replace(made, has_parts=True)
            self.do(made)
            return
        objects = {name: (kind, value) for kind, name, value in indexed(self.schema)}
        kind, value = objects[holder]
        bare = kind.read_index(value, old, None)
        for one in altered(
            kind, holder, value, kind.read_index(bare, new, value.indexes[old])
        ):
            self.do(one)

    def rename_sequence(
        self, old: Name, old_column: str, new: Name, new_column: str
    ) -> None:
        """Rename the sequence of a column, which is called `table_column_seq` by itself."""
        column = self.schema.tables[new].columns[new_column]
        is_named = column.identity is not None and column.identity.sequence is not None
        if column.has_sequence and not is_named:
            before = sequence_name(new._replace(name=old.name), old_column)
            after = sequence_name(new, new_column)
            self.do(renames.RenameColumnSequence(old=before, new=after))

    def set_aside(self, thing: Thing, new: Schema) -> Thing:
        """Give a thing that is in the way a name that neither schema has; return it."""
        _, table, key = thing
        if table is None:
            return self.rename(thing, free_name(self.schema, new, key))
        name = free_name(self.schema, new, table._replace(name=key)).name
        return self.rename(thing, name)


def when_free(
    pending: dict[Thing, Thing],
    occupant: Callable[[Thing], Thing | None],
    set_aside: Callable[[Thing], Thing],
) -> Iterator[tuple[Thing, Thing]]:
    """Yield renames (what a thing becomes, and what it is so far), each when its name is free.

    What has the name meanwhile, and none of them takes away, is set aside.
    """
    while pending:
        target = next(
            (one for one in pending if occupant(one) is None), next(iter(pending))
        )
        thing = occupant(target)
        if thing is not None and thing != pending[target]:
            aside = set_aside(thing)
            for one, source in pending.items():
                if source == thing:
                    pending[one] = aside
            continue
        yield target, pending.pop(target)


def rename_in_turn(state: Moves, pending: dict[Thing, Thing], new: Schema) -> None:
    """Rename relations and types, each when its name is free."""
    for target, thing in in_turn(state, pending, new):
        state.rename(thing, target[2])


def in_turn(
    state: Moves, pending: dict[Thing, Thing], new: Schema
) -> Iterator[tuple[Thing, Thing]]:
    """Yield renames of relations and types, each when its name is free."""
    return when_free(
        pending,
        lambda thing: occupant(state.schema, thing),
        partial(state.set_aside, new=new),
    )


def rename_within(
    state: Moves,
    kind: str,
    holder: Name | None,
    found: Mapping[str, str],
    taken: Collection[str],
) -> None:
    """Rename parts (new name to old one) whose names are those of their table or enum alone.

    Without a holder, they are those of the kind.
    """

    def present() -> Collection[str]:
        if holder is None:
            return state.schema.of(kind)
        if kind in MEMBERS:
            return members(state.schema, kind, holder)
        return WITHIN[kind](state.schema, holder)

    def there(thing: Thing) -> Thing | None:
        return thing if thing[2] in present() else None

    def aside(thing: Thing) -> Thing:
        return state.rename(thing, free(thing[2], {*taken, *present()}))

    pending = {
        (kind, holder, target): (kind, holder, source)
        for target, source in found.items()
    }
    for target, thing in when_free(pending, there, aside):
        state.rename(thing, target[2])


def members(schema: Schema, kind: str, holder: Name) -> list[str]:
    """Return what of a kind stands on a relation, by its own name."""
    return [one.name for one in schema.of(kind) if one.holder == holder]


# The names within a table or a type that are free or taken there alone.
WITHIN: dict[str, Callable[[Schema, Name], Collection[str]]] = {
    "column": lambda schema, holder: own_columns(schema, schema.tables[holder]),
    "constraints": lambda schema, holder: schema.tables[holder].constraints,
    "value": lambda schema, holder: schema.enums[holder].values,
    "attribute": lambda schema, holder: schema.of("composite type")[holder].attributes,
}


def own_columns(schema: Schema, table: Table) -> list[str]:
    """Return the columns of a table that it has from no other: those get other names there."""
    given = given_columns(schema, table) if table.is_heir else {}
    return [key for key in table.columns if key not in given]


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
