"""Renames one after the other, each when its name is free, and the schema after them."""

from __future__ import annotations

from dataclasses import field
from functools import partial
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.diff.free_names import (
    MEMBERS,
    WITHIN,
    Thing,
    free,
    free_name,
    indexed,
    members,
    occupant,
)
from gen_migration.kinds.relations import Known
from gen_migration.model.automatic_names import sequence_name
from gen_migration.model.given import typed_tables
from gen_migration.model.partitions import is_partitioned
from gen_migration.operations import renames
from gen_migration.operations.alterations import altered
from gen_migration.operations.columns import SetNotNullName
from gen_migration.postgres.names import member

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from gen_migration.model.schema import Schema
    from gen_migration.operations.base import Operation
    from gen_migration.postgres.names import Name

PARTS: dict[str, Callable[..., Operation]] = {
    "column": renames.RenameColumn,
    "constraints": renames.RenameConstraint,
    "indexes": renames.RenameIndex,
}


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
        """Rename what a table has, or a column or an index of another relation.

        Those are parts of its value.
        """
        part, holder, old = thing
        if holder in self.schema.tables:
            made: Any = PARTS[part](table=holder, old=old, new=new)
            is_key = old in self.schema.tables[holder].foreign_keys
            if is_key and is_partitioned(self.schema, holder):
                made = replace(made, has_parts=True)
            self.do(made)
            return
        if part == "column":
            word, _ = Known(self.schema).node(holder) or ("", None)
            place: dict[str, Any] = {"kind": word, "name": holder}
            self.do(renames.RenameColumnOfObject(**place, old=old, new=new))
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
        if new not in self.schema.tables:
            return
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
