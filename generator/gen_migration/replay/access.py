"""GRANT, REVOKE and `ALTER … OWNER` of a revision's SQL as operations."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.kinds import BY_WORD, KINDS, access
from gen_migration.operations import every as op
from gen_migration.replay import lookup
from gen_migration.sql import grant_tree
from gen_migration.sql import tree as values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.replay.state import Replay

RELATIONS, ROUTINES = (
    frozenset(("TABLE", "SEQUENCE")),
    frozenset(("FUNCTION", "PROCEDURE")),
)


def grant(replay: Replay, node: Any) -> None:
    """Do GRANT and REVOKE; nothing is done for what others have."""
    called = values.word(node, "objtype").replace("FDW", "FOREIGN DATA WRAPPER")
    found = [*granted(replay, node, called.replace("_", " "))]
    said = grant_tree.change(node) if found else None
    for word, name in found:
        assert said is not None  # noqa: S101 - something is granted on
        objects = replay.schema.of(word)
        value = objects[name] if name in objects else access.of_given(word, name)
        given = access.given(word, name, value.owner)
        new = grant_tree.changed(given, value.grants, said)
        if new != value.grants:
            replay.do(
                op.SetGrants(
                    kind=word,
                    name=name,
                    old=value.grants,
                    new=new,
                    owner=value.owner,
                )
            )


def granted(replay: Replay, node: Any, called: str) -> Iterator[tuple[str, Any]]:
    """Yield the known objects that a statement grants on, with the words of their kinds."""
    schema = replay.schema
    within = values.word(node, "targtype", "ACL_TARGET_") == "ALL_IN_SCHEMA"
    for word, kind_called in access.grantable(schema):
        objects = schema.of(word)
        if not is_called(kind_called, called):
            continue
        for one in node.objects:
            if within:
                home = one.string.sval
                yield from (
                    (word, name)
                    for name in objects
                    if (name.schema or "public") == home
                )
            else:
                name = access.name_in(word, one, objects)
                if name in objects or access.of_given(word, name) is not None:
                    yield word, name


def is_called(kind: str, statement: str) -> bool:
    """Tell whether a statement may mean objects of a kind by what it calls them."""
    if statement == "ROUTINE":
        return kind in ROUTINES
    types = {"TYPE", "DOMAIN"}
    # `GRANT … ON name` may be about a sequence, too.
    return kind == statement or {kind, statement} in (types, RELATIONS)


def alter_owner(replay: Replay, node: Any) -> None:
    """Do `ALTER … OWNER TO`, where the object is known."""
    called = values.word(node, "object_type")
    found = lookup.object_called(replay.schema, called, node.object)
    if found is not None and found[0].has_owner:
        kind, name = found
        set_owner(replay, kind.word, name, node.newowner)


def alter_table_owner(replay: Replay, name: Any, node: Any) -> None:
    """Do `OWNER TO` of what `ALTER TABLE` takes for a table."""
    words = ("table", *(kind.word for kind in KINDS if kind.space == "relations"))
    for word in words:
        if name in replay.schema.of(word):
            set_owner(replay, word, name, node)


def set_owner(replay: Replay, word: str, name: Any, node: Any) -> None:
    value = replay.schema.of(word).get(name) or access.of_given(word, name)
    new = grant_tree.owner(node)
    if value is not None and new != value.owner:
        replay.do(op.SetOwner(kind=word, name=name, old=value.owner, new=new))


def default_privileges(replay: Replay, node: Any) -> None:
    """Do `ALTER DEFAULT PRIVILEGES`, for each of the roles and schemas that it names."""
    from gen_migration.kinds.default_privileges import DefaultPrivileges, Scope

    kind, action = BY_WORD["default privileges"], node.action
    objects = (
        values.word(action, "objtype").lower().replace("largeobject", "large object")
    )
    said = grant_tree.change(action)
    given: dict[str, list[Any]] = {"roles": [None], "schemas": [None]}
    for one in (one.def_elem for one in node.options):
        items = one.arg.list.items
        if one.defname == "schemas":
            given[one.defname] = [*values.strings(items)]
        else:
            given[one.defname] = [grant_tree.owner(each.role_spec) for each in items]
    for role, schema in product(given["roles"], given["schemas"]):
        scope = Scope(f"{objects}s", schema, role)
        name, held = str(scope), replay.schema.of(kind.word)
        old = held.get(name)
        new = grant_tree.changed(scope.given, old and old.given, said)
        place: dict[str, Any] = {"kind": kind.word, "name": name}
        if new is None and old is not None:
            replay.do(op.DropObject(**place, old=old))
        elif new is not None and old is None:
            value = DefaultPrivileges(given=new)
            replay.do(op.CreateObject(**place, new=value))
        elif new is not None and old is not None:
            replay.alter(kind, name, replace(old, given=new))
