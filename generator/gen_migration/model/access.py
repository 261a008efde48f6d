"""Access to an object: its owner, and who else may do what with it.

Grants are by the name of a role: privileges, each of the whole object or of one column of it, and
whether the role may grant it on. `public` stands for all roles. What PostgreSQL gives by itself is
not among them: a role is there where it has something else. Source: the manual, 5.8 (Privileges).
"""

from __future__ import annotations

from collections.abc import Mapping

from gen_migration.base.data_class import dataclass

# A privilege and a column; None is the whole object.
Privilege = tuple[str, str | None]
Privileges = Mapping[Privilege, bool]
Grants = Mapping[str, Privileges]


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """What has an owner; None is whoever creates it."""

    owner: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted(Owned):
    """What has an owner, and that others may have rights on.

    In a spec, None are grants that it does not say, and an empty mapping is what PostgreSQL gives
    by itself; elsewhere that is None.
    """

    grants: Grants | None = None


def with_column(grants: Grants | None, old: str, new: str | None) -> Grants | None:
    """Return grants in which a column has another name; None takes those on it away."""
    if grants is None:
        return None
    found = {
        role: {
            (word, new if column == old else column): grantable
            for (word, column), grantable in held.items()
            if new is not None or column != old
        }
        for role, held in grants.items()
    }
    return {
        role: held for role, held in found.items() if held or not grants[role]
    } or None


def columns_in(grants: Grants | None) -> set[str]:
    """Return the columns that grants name."""
    return {
        column
        for held in (grants or {}).values()
        for _, column in held
        if column is not None
    }
