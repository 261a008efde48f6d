"""Owners and grants of a catalog. Pure."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.catalog.values import Unheld
from gen_migration.kinds import access
from gen_migration.model.access import Granted, Owned
from gen_migration.sql import grants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from gen_migration.catalog.rows import Reading
    from gen_migration.model.access import Grants, Privilege
    from gen_migration.model.schema import Schema

# Before this one, all roles could create objects in `public`.
CLOSED = 15


def access_of(reading: Reading, word: str, name: Any, oid: int) -> dict[str, Any]:
    """Return the owner of an object and its grants, as fields of its value."""
    row = reading.owners.get((access.catalog(word), oid))
    if row is None:
        return {}
    if access.granting(word) is None:
        return {"owner": row.owner}
    return {"owner": row.owner, "grants": grants_of(reading, word, name, row)}


def grants_of(reading: Reading, word: str, name: Any, row: Any) -> Grants | None:
    """Return the grants on an object, of which this is the row of its owner."""
    rows = reading.grants.get((row.class_, row.oid), ())
    if not (row.has_grants or rows):  # they are those that PostgreSQL gives by itself
        return None
    owner = row.owner
    every: dict[str, dict[Privilege, bool]] = defaultdict(dict)
    given = access.given(word, name, owner)
    if not row.has_grants:
        every |= {role: dict(found) for role, found in given.roles.items()}
    for one in rows:
        if one.grantor is not None and owner is not None:
            reading.grantors[word, name].add(one.grantor)
        if one.is_owner and owner is None:
            continue
        found = every[one.grantee or grants.PUBLIC]
        key = (one.privilege, one.column)
        # Whoever owns it may always grant it on.
        found[key] = found.get(key, False) or (one.grantable and not one.is_owner)
    whole = {
        role: grants.whole(given.granting, found, reading.version)
        for role, found in every.items()
    }
    if row.has_grants:  # who has nothing left is in no row
        whole |= {role: {} for role in given.roles.keys() - whole.keys()}
    if word == "schema" and reading.version < CLOSED and name == "public":
        whole = but_open(whole)
    return given.but(whole)


def but_open(held: Mapping[str, Any]) -> dict[str, Any]:
    """Return grants on `public` without what all roles had there before PostgreSQL 15."""
    found = dict(held)
    if found.get(grants.PUBLIC) == {("usage", None): False, ("create", None): False}:
        found[grants.PUBLIC] = {("usage", None): False}
    return found


def unheld_grants(reading: Reading, schema: Schema) -> Iterator[Unheld]:
    """Yield what a spec cannot say of grants: by whom one is, where that is not the owner."""
    for (word, name), grantors in reading.grantors.items():
        if name in schema.of(word):
            who = ", ".join(sorted(grantors))
            yield Unheld(
                kind="grantor",
                name=f"of {word} {name}",
                table=name if word == access.TABLE else None,
                reason=f"what {who} grants, who does not own it, its owner does then",
            )


def left_open(found: Any, wanted: Any) -> Any:
    """Return an object without the owner and the grants that a spec's value does not say.

    Grants that are those that PostgreSQL gives by itself are empty. Where the spec leaves the
    owner open, what it grants to whoever that is says nothing.
    """
    if not isinstance(found, Owned):
        return found
    changed: dict[str, Any] = {"owner": None if wanted.owner is None else found.owner}
    if isinstance(found, Granted):
        held: dict[str, Any] | None = None
        if wanted.grants is not None:
            held = dict(found.grants or {})
            if wanted.owner is None and found.owner is not None:
                said = wanted.grants.get(found.owner)
                own = {} if said is None else {found.owner: said}
                others = {r: one for r, one in held.items() if r != found.owner}
                held = dict(sorted((others | own).items()))
        changed["grants"] = held
    return replace(found, **changed)


def without_owners(
    schema: Schema, spec: Schema | None = None
) -> tuple[Schema, list[Unheld]]:
    """Return a schema without owners, and what that leaves out: what was taken from an owner.

    Those of objects that are in a spec as well stay.
    """
    unheld = []
    changed: dict[str, dict[Any, Any]] = {}
    for word, name, value in access.every(schema):
        if value.owner is None or (spec is not None and name in spec.of(word)):
            continue
        found: dict[str, Any] = {"owner": None}
        held = getattr(value, "grants", None)
        if held is not None and value.owner in held:
            rest = {role: one for role, one in held.items() if role != value.owner}
            found["grants"] = rest or None
            unheld.append(
                Unheld(
                    kind="rights of the owner",
                    name=f"{word} {name}",
                    table=name if word == access.TABLE else None,
                    reason="some were taken away, and owners are left out (--owners)",
                )
            )
        changed.setdefault(word, {})[name] = replace(value, **found)
    for word, objects in changed.items():
        schema = schema.with_(word, {**schema.of(word), **objects})
    return schema, unheld


def both_told(old: Schema, new: Schema) -> tuple[Schema, Schema]:
    """Return the schemas of two databases without owners; both say what is granted."""
    before, after = (without_owners(one)[0] for one in (old, new))

    def is_told(word: str, name: Any) -> bool:
        return getattr(before.of(word).get(name), "grants", None) is not None

    return before, told(after, is_told)


def told(
    schema: Schema, is_meant: Callable[[str, Any], bool] = lambda *_: True
) -> Schema:
    """Return a schema whose objects, by word and name, say that nothing else is granted."""
    changed: dict[str, dict[Any, Any]] = {}
    for word, name, value in access.every(schema):
        is_silent = isinstance(value, Granted) and value.grants is None
        if is_silent and is_meant(word, name):
            changed.setdefault(word, {})[name] = replace(value, grants={})
    for word, objects in changed.items():
        schema = schema.with_(word, {**schema.of(word), **objects})
    return schema
