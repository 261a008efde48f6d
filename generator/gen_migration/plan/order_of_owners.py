"""The order of owners, of grants on the schemas of what they own, and of those on columns. Pure.

Who is to own something has to have CREATE on its schema (PostgreSQL manual, ALTER TABLE and others,
OWNER TO): it gets the one while it has the other, whichever way. Privileges on a column that an
object drops in its place go before, and those on one that it adds come after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.kinds import BY_WORD
from gen_migration.model.access import columns_in
from gen_migration.operations import every as op
from gen_migration.postgres.names import Name
from gen_migration.sql.grants import ALL, PUBLIC

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gen_migration.model.access import Grants


def of_owners(operations: Sequence[op.Operation]) -> Iterator[tuple[int, int]]:
    """Yield pairs of positions: what somebody owns, and the grants on its schema."""
    grants = [
        (position, one)
        for position, one in enumerate(operations)
        if isinstance(one, op.SetGrants) and one.kind == "schema"
    ]
    for position, one in enumerate(operations if grants else ()):
        for schema, role in owned(one):
            for other, granted in grants:
                before, after = (
                    may_create(side, role) for side in (granted.old, granted.new)
                )
                if granted.name == schema and before != after:
                    yield (position, other) if before else (other, position)


def of_granted(operations: Sequence[op.Operation]) -> Iterator[tuple[int, int]]:
    """Yield pairs of positions: grants on columns, and what drops and adds those."""
    grants = [
        (position, one)
        for position, one in enumerate(operations)
        if isinstance(one, op.SetGrants)
    ]
    for position, one in enumerate(operations if grants else ()):
        if not isinstance(one, op.AlterObject):
            continue
        kind = BY_WORD[one.kind]
        gone, come = (
            frozenset(kind.columns_gone(*sides))
            for sides in ((one.old, one.new), (one.new, one.old))
        )
        for other, granted in grants:
            if (granted.kind, granted.name) == (one.kind, one.name):
                before, after = columns_in(granted.old), columns_in(granted.new)
                if gone & (before - after):
                    yield other, position
                if come & (after - before):
                    yield position, other


def owned(operation: Any) -> set[tuple[str, str]]:
    """Return the schema of what an operation concerns, with each role that owns it."""
    match operation:
        case op.SetOwner(name=Name(schema=schema), old=old, new=new):
            pass
        case (
            op.CreateObject(name=Name(schema=schema))
            | op.DropObject(name=Name(schema=schema))
            | op.CreateTable(name=Name(schema=schema))
            | op.DropTable(name=Name(schema=schema))
        ):
            sides = (operation.old, operation.new)
            old, new = (getattr(side, "owner", None) for side in sides)
        case _:
            return set()
    return {(schema or "public", one) for one in (old, new) if one is not None}


def may_create(grants: Grants | None, role: str) -> bool:
    """Tell whether a role may create something in a schema, as far as grants say it."""
    held = [(grants or {}).get(one, {}) for one in (role, PUBLIC)]
    return any((word, None) in one for one in held for word in ("create", ALL))
