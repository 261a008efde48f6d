"""Owners and grants that differ, and those that a schema leaves as they are. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration import kinds
from gen_migration.base.data_class import replace
from gen_migration.kinds import BY_WORD, access
from gen_migration.model.access import columns_in, with_column
from gen_migration.model.own_columns import partitions
from gen_migration.operations.access import SetGrants, SetOwner
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
    both = with_later(old, new)
    changed: dict[str, dict[Any, Any]] = {}
    for word, name, value in access.every(new):
        before = old.of(word).get(name)
        owner = value.owner or getattr(before, "owner", None)
        found = {"owner": owner}
        if access.granting(word) is not None:
            if before is None and value.grants is None:
                found["grants"] = access.at_first(both, word, name, owner)
            else:
                found["grants"] = grants_beside(before, value, owner)
        if any(getattr(value, key) != one for key, one in found.items()):
            objects = changed.setdefault(word, dict(new.of(word)))
            objects[name] = replace(value, **found)
    for word, objects in changed.items():
        new = new.with_(word, objects)
    new = with_owners_of_tables(new)
    for word, name, before, after in given_of(old, new):
        if name not in new.of(word):
            value = replace(after, owner=before.owner, grants=before.grants)
            found = BY_WORD[word].put(new.of(word), name, value)
            new = new.with_(word, found)
    return new


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
    if value.grants is None:
        is_new = before is not None and owner != before.owner
        gone = {owner} if is_new else set()
        return {role: one for role, one in held.items() if role not in gone} or None
    if value.owner == owner:
        return value.grants or None
    others = {role: one for role, one in value.grants.items() if role != owner}
    own = {role: one for role, one in held.items() if role == owner}
    return others | own or None


def with_owners_of_tables(schema: Schema) -> Schema:
    """Return a schema whose sequences have the owners of the tables that they belong to."""
    changed = {}
    for name, one in schema.sequences.items():
        table = schema.tables.get(one.owned_by[0]) if one.owned_by else None
        if table is not None and table.owner != one.owner:
            changed[name] = replace(one, owner=table.owner)
    found = {**schema.sequences, **changed}
    return schema.with_("sequence", found) if changed else schema


def access_changes(
    old: Schema, new: Schema, apart: Collection[Node], changes: Iterable[Operation]
) -> Iterator[Operation]:
    """Yield the changes of owners and grants of what both schemas have, but for what is `apart`.

    Grants on columns that go by `changes` go before, and come back with those that come again.
    """
    places = [(one.table, one.name) for one in changes if isinstance(one, DropColumn)]
    gone = of_tables(old, places)
    for word, name, after in access.every(new):
        before = old.of(word).get(name)
        if before is not None and (word, name) not in apart:
            if follows(before, after, old):
                before = replace(before, owner=after.owner)
            yield from changed(word, name, before, after, gone.get(name, ()))
    for word, name, before, after in given_of(old, new):
        if name not in old.of(word) or name not in new.of(word):
            yield from changed(word, name, before, after, ())


def follows(before: Any, after: Any, old: Schema) -> bool:
    """Tell whether something belongs to a column, and so gets the owner that the table gets."""
    place = getattr(after, "owned_by", None)
    table = None if place is None else old.tables.get(place[0])
    return table is not None and table.owner == before.owner


def of_tables(
    schema: Schema, places: Iterable[tuple[Name, str]]
) -> dict[Name, set[str]]:
    """Return the columns of places by their tables; partitions have those of their parents."""
    found: dict[Name, set[str]] = {}
    for table, column in places:
        for one in (table, *partitions(schema, table)):
            found.setdefault(one, set()).add(column)
    return found


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


def changed(
    word: str, name: Any, old: Any, new: Any, gone: Collection[str]
) -> Iterator[Operation]:
    """Yield what changes owner and grants of one object; `gone` are columns that go meanwhile.

    Where the owner changes, neither the old nor the new one has grants meanwhile: what an owner
    has is not granted.
    """
    owners = old.owner, new.owner
    if access.granting(word) is None:
        if old.owner != new.owner:
            yield SetOwner(kind=word, name=name, old=old.owner, new=new.owner)
        return
    between: Grants | None = without(old.grants, gone)
    if old.owner != new.owner and between:
        rest = {role: held for role, held in between.items() if role not in owners}
        between = rest or None
    place: dict[str, Any] = {"kind": word, "name": name}
    if between != old.grants:
        yield SetGrants(**place, old=old.grants, new=between, owner=old.owner)
    if old.owner != new.owner:
        yield SetOwner(**place, old=old.owner, new=new.owner)
    if between != new.grants:
        yield SetGrants(**place, old=between, new=new.grants, owner=new.owner)
