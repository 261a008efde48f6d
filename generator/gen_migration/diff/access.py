"""Owners and grants that differ, and those that a schema leaves as they are. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration import kinds
from gen_migration.base.data_class import replace
from gen_migration.kinds import BY_WORD, access
from gen_migration.kinds.relations import Known
from gen_migration.model.access import columns_in, with_column
from gen_migration.model.own_columns import partitions
from gen_migration.operations.access import SetGrants, SetOwner
from gen_migration.operations.alterations import AlterObject
from gen_migration.operations.base import SetSequenceOwner
from gen_migration.operations.columns import DropColumn

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from gen_migration.kinds.nodes import Node
    from gen_migration.model.access import Grants
    from gen_migration.model.schema import Schema
    from gen_migration.operations.base import Operation
    from gen_migration.postgres.names import Name


def completed(old: Schema, new: Schema) -> Schema:
    """Return a schema with the owners and the grants of another one where it says none.

    Grants that are empty, which is what PostgreSQL gives by itself, are none from here on; what is
    new and says none has what the default privileges give that both have.
    """
    both, relations = with_later(old, new), Known(new)
    has_later = any(kind.is_of_later for kind in kinds.of(both))
    changed: dict[str, dict[Any, Any]] = {}
    for word, name, value in access.every(new):
        before = old.of(word).get(name)
        owner = owner_in(old, new, before, value)
        found: dict[str, Any] = {"owner": owner}
        if access.granting(word) is not None:
            if before is None and value.grants is None:
                first = access.at_first(both, word, name, owner) if has_later else None
                found["grants"] = first
            else:
                kept = grants_beside(before, value, owner)
                if value.grants is None:
                    kept = but_gone(kept, relations, word, name)
                found["grants"] = kept
        if any(getattr(value, key) != one for key, one in found.items()):
            objects = changed.setdefault(word, dict(new.of(word)))
            objects[name] = replace(value, **found)
    for word, objects in changed.items():
        new = new.with_(word, objects)
    for word, name, before, after in given_of(old, new):
        if name not in new.of(word):
            value = replace(after, owner=before.owner, grants=before.grants)
            found = BY_WORD[word].put(new.of(word), name, value)
            new = new.with_(word, found)
    return new


def but_gone(
    grants: Grants | None, relations: Known, word: str, name: Any
) -> Grants | None:
    """Return grants without those on columns that a relation has no more."""
    named = columns_in(grants)
    there = relations.columns(word, name) if named else None
    return grants if there is None else without(grants, named - {*dict(there)})


def with_later(old: Schema, new: Schema) -> Schema:
    """Return a schema without what is about what is created later, where another has it not."""
    for kind in kinds.of(old):
        if kind.is_of_later:
            kept = new.of(kind.word)
            held = {key: one for key, one in old.of(kind.word).items() if key in kept}
            old = old.with_(kind.word, held)
    return old


def grants_beside(before: Any, value: Any, owner: str | None) -> Grants | None:
    """Return the grants that an object gets, whose owner is then this one.

    Where it says none, they stay, but for those of who becomes the owner: they are no grants any
    more. Where it says nothing of an owner, it says nothing of what that has.
    """
    held: Grants = getattr(before, "grants", None) or {}
    if before is not None and owner != before.owner:
        held = {role: one for role, one in held.items() if role != owner}
    if value.grants is None:
        return held or None
    if value.owner == owner:
        return value.grants or None
    others = {role: one for role, one in value.grants.items() if role != owner}
    own = {role: one for role, one in held.items() if role == owner}
    return others | own or None


def owner_in(old: Schema, new: Schema, before: Any, value: Any) -> str | None:
    """Return the owner that an object gets; what belongs to a column has that of the table."""
    place = getattr(value, "owned_by", None)
    if place is not None and place[0] in new.tables:
        before, value = old.tables.get(place[0]), new.tables[place[0]]
    found: str | None = value.owner or getattr(before, "owner", None)
    return found


def access_changes(
    old: Schema, new: Schema, apart: Collection[Node], changes: Iterable[Operation]
) -> Iterator[Operation]:
    """Yield the changes of owners and grants of what both schemas have, but for what is `apart`.

    Grants on columns that go by `changes` go before, and come back with those that come again.
    """
    changes = [*changes]
    places = [(one.table, one.name) for one in changes if isinstance(one, DropColumn)]
    gone = {**of_tables(old, places), **dict(of_objects(changes))}
    moved = {one.name for one in changes if isinstance(one, SetSequenceOwner)}
    found = [
        Access(word, name, before, after, gone.get(name, ()))
        for word, name, after in access.every(new)
        if (before := old.of(word).get(name)) is not None and (word, name) not in apart
    ]
    found += [
        Access(word, name, before, after, ())
        for word, name, before, after in given_of(old, new)
        if name not in old.of(word) or name not in new.of(word)
    ]
    followers = [one for one in found if one.follows and one.name not in moved]
    for one in followers:
        yield from one.taken_off()
    for one in found:
        if one not in followers:
            yield from one.taken_off()
            yield from one.owner()
        yield from one.given()


def of_tables(
    schema: Schema, places: Iterable[tuple[Name, str]]
) -> dict[Name, set[str]]:
    """Return the columns of places by their tables; partitions have those of their parents."""
    found: dict[Name, set[str]] = {}
    for table, column in places:
        for one in (table, *partitions(schema, table)):
            found.setdefault(one, set()).add(column)
    return found


def of_objects(changes: Iterable[Operation]) -> Iterator[tuple[Name, Collection[str]]]:
    """Yield the columns that objects drop in their place, if only to add them again."""
    for one in changes:
        if isinstance(one, AlterObject):
            columns = BY_WORD[one.kind].columns_gone(one.old, one.new)
            if columns:
                yield one.name, columns


def let_go(schema: Schema, places: Iterable[tuple[Name, str]]) -> Iterator[SetGrants]:
    """Yield what takes the grants off columns that go and come back."""
    for name, gone in of_tables(schema, places).items():
        table = schema.tables[name]
        rest = without(table.grants, gone)
        if rest != table.grants:
            yield SetGrants(
                kind=access.TABLE,
                name=name,
                old=table.grants,
                new=rest,
                owner=table.owner,
            )


def without(grants: Grants | None, gone: Collection[str]) -> Grants | None:
    """Return grants without those on some columns."""
    for column in columns_in(grants).intersection(gone):
        grants = with_column(grants, column, None)
    return grants


def given_of(old: Schema, new: Schema) -> Iterator[tuple[str, Any, Any, Any]]:
    """Yield what each database has from the start and one of two schemas says something of.

    That is the word of its kind, its name, and both values.
    """
    for kind in kinds.of(old, new):
        for name, value in kind.given.items() if kind.has_owner else ():
            sides = [side.of(kind.word).get(name, value) for side in (old, new)]
            if sides != [value, value]:
                yield kind.word, name, *sides


class Access(NamedTuple):
    """The owner and the grants of one object in two schemas; `gone` are columns that go meanwhile.

    Where the owner changes, neither the old nor the new one has grants meanwhile: what an owner
    has is not granted.
    """

    word: str
    name: Any
    before: Any
    after: Any
    gone: Collection[str]

    @property
    def follows(self) -> bool:
        """Whether it belongs to a column of a table, and so gets the owner that this gets."""
        places = (getattr(one, "owned_by", None) for one in (self.before, self.after))
        return all(one is not None for one in places)

    @property
    def between(self) -> Grants | None:
        """What is granted while the owner changes."""
        before, after = self.before, self.after
        found = without(before.grants, self.gone)
        if before.owner == after.owner or not found:
            return found
        owners = before.owner, after.owner
        return {
            role: held for role, held in found.items() if role not in owners
        } or None

    def taken_off(self) -> Iterator[SetGrants]:
        """Yield what comes before another owner."""
        if access.granting(self.word) is not None:
            yield from self.grants(self.before.grants, self.between, self.before.owner)

    def owner(self) -> Iterator[SetOwner]:
        """Yield what gives it another owner."""
        old, new = self.before.owner, self.after.owner
        if old != new:
            yield SetOwner(kind=self.word, name=self.name, old=old, new=new)

    def given(self) -> Iterator[SetGrants]:
        """Yield what comes after another owner."""
        if access.granting(self.word) is not None:
            yield from self.grants(self.between, self.after.grants, self.after.owner)

    def grants(
        self, old: Grants | None, new: Grants | None, owner: str | None
    ) -> Iterator[SetGrants]:
        if old != new:
            key: dict[str, Any] = {"kind": self.word, "name": self.name}
            yield SetGrants(**key, old=old, new=new, owner=owner)
