"""Who may do what with objects, whatever their kind: tables are one of them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration import kinds
from gen_migration.kinds import BY_WORD
from gen_migration.postgres.names import PUBLIC
from gen_migration.postgres.privileges import RELATION
from gen_migration.sql import grants

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.model.access import Grants
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.privileges import Granting

TABLE = "table"


def granting(word: str) -> Granting | None:
    """Return which privileges there are on objects of a kind; None where there are none."""
    return RELATION if word == TABLE else BY_WORD[word].granting


def given(word: str, name: Any, owner: str | None) -> grants.Given:
    """Return what is granted on an object by itself."""
    found = granting(word)
    assert found is not None, word  # noqa: S101 - it has grants
    public = found.public if word == TABLE else BY_WORD[word].public(name)
    return grants.Given(found, public, owner)


def grantable(schema: Schema) -> Iterator[tuple[str, str]]:
    """Yield the kinds that a schema has, and that there are privileges on.

    They are by their words, with what GRANT calls each; so are schemas, of which one is given.
    """
    yield TABLE, RELATION.called
    for kind in dict.fromkeys((BY_WORD["schema"], *kinds.of(schema))):
        if kind.granting is not None:
            yield kind.word, kind.granting.called


def of_given(word: str, name: Any) -> Any:
    """Return the value of an object that each database has from the start; None of others."""
    return None if word == TABLE else BY_WORD[word].given.get(name)


def name_in(word: str, node: Any, objects: Mapping[Any, Any]) -> Any:
    """Return the name of an object in a `GrantStmt`."""
    from gen_migration.sql import tree

    if node.WhichOneof("node") == "range_var":
        return tree.relation(node.range_var)
    return None if word == TABLE else BY_WORD[word].name_in(node, objects)


def catalog(word: str) -> str | None:
    """Return the catalog that objects of a kind are kept in; None where they have no owner."""
    found = granting(word)
    return BY_WORD[word].catalog if found is None else found.catalog


def called(word: str, name: Any) -> str:
    """Return what GRANT calls an object."""
    found = granting(word)
    assert found is not None, word  # noqa: S101 - it has grants
    spelled = name.sql if word == TABLE else BY_WORD[word].spelled(name)
    return f"{found.called} {spelled}"


def object_called(word: str, name: Any) -> str:
    """Return what ALTER calls an object."""
    return f"TABLE {name.sql}" if word == TABLE else BY_WORD[word].sql(name)


def owner_statement(word: str, name: Any, owner: str | None) -> str:
    """Return what gives an object an owner; None is the role that runs it."""
    role = "CURRENT_ROLE" if owner is None else grants.spelled(owner)
    return f"ALTER {object_called(word, name)} OWNER TO {role}"


def at_first(schema: Schema, word: str, name: Any, owner: str | None) -> Grants | None:
    """Return the grants that an object has once it is created in a schema, and has its owner.

    They are what default privileges say.
    """
    said, place = granting(word), getattr(name, "schema", None) or PUBLIC
    later = [kind for kind in kinds.of(schema) if kind.is_of_later]
    if said is None or not later:
        return None
    found = [
        one
        for kind in later
        for key, value in schema.of(kind.word).items()
        if (one := kind.granted(key, value, said, place)) is not None
    ]
    itself = given(word, name, owner)
    every = itself.roles
    for takes_place, roles in sorted(found, key=lambda one: not one[0]):
        for role, held in roles.items():
            if role != owner:  # what an owner has is not granted
                before = {} if takes_place else every.get(role, {})
                every[role] = grants.together(before, held)
    return itself.but(every)


def of_new(word: str, name: Any, value: Any, first: Grants | None) -> Iterator[str]:
    """Yield what gives an object that is new grants beside its first ones, and its owner.

    As long as it belongs to who creates it, that one can grant; what an owner may not do is taken
    from it once it is the owner.
    """
    owner, held = getattr(value, "owner", None), getattr(value, "grants", None)
    if not (owner or held or first):
        return
    own = {role: one for role, one in (held or {}).items() if role == owner}
    others = {role: one for role, one in (held or {}).items() if role != owner}
    if others != (first or {}):
        found = given(word, name, None)
        yield from grants.statements(called(word, name), found, first, others)
    if owner is not None:
        yield owner_statement(word, name, owner)
    if own:
        found = given(word, name, owner)
        yield from grants.statements(called(word, name), found, None, own)


def words(word: str, value: Grants | None) -> str | None:
    """Return grants in words: `app: select, insert; public: nothing`."""
    found = granting(word)
    if value is None or found is None:
        return None
    return grants.words(found, value)


def every(schema: Schema) -> Iterator[tuple[str, Any, Any]]:
    """Yield the objects that may have an owner: the word of the kind, the name, the value."""
    for name, value in schema.tables.items():
        yield TABLE, name, value
    for word, objects in schema.objects.items():
        if BY_WORD[word].has_owner:
            for name, value in objects.items():
                yield word, name, value


def roles_of(schema: Schema) -> set[str]:
    """Return the roles that owners and grants name."""
    found = set()
    for _, _, value in every(schema):
        found |= {value.owner} | set(getattr(value, "grants", None) or ())
    return found - {None, *grants.ROLES}
