"""GRANT and REVOKE in a parse tree, as what becomes of the privileges of a role. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration.sql import grants, tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gen_migration.model.access import Privilege, Privileges
    from gen_migration.postgres.privileges import Granting


# Words for who runs a statement.
RUNNING = frozenset(grants.ROLES) - {grants.PUBLIC}


class Change(NamedTuple):
    """What a statement says: which privileges, for which roles, given or taken.

    `option` is whether they may be granted on; or that only this is taken.
    """

    is_grant: bool
    privileges: tuple[Privilege, ...]
    roles: tuple[str, ...]
    option: bool

    def of_role(self, granting: Granting, held: Privileges) -> Privileges:
        """Return the privileges of a role after it."""
        said = [each for one in self.privileges for each in expanded(granting, one)]
        found = grants.canonical(granting, dict.fromkeys(said, self.option))
        if self.is_grant:
            return grants.together(held, found)
        if self.option:
            return grants.withheld(held, found)
        return grants.without(self.apart(granting, held, found), found)

    def apart(
        self, granting: Granting, held: Privileges, gone: Iterable[Privilege]
    ) -> Privileges:
        """Return privileges with `all` written out, where some of them go."""
        whole = held.get((grants.ALL, None))
        some = any(column is None and word != grants.ALL for word, column in gone)
        if whole is None or not some:
            return held
        rest = {key: one for key, one in held.items() if key != (grants.ALL, None)}
        return {(word, None): whole for word in granting.words} | rest


def expanded(granting: Granting, one: Privilege) -> list[Privilege]:
    """Return the privileges that one of a statement is: ALL of a column are several."""
    word, column = one
    if word != grants.ALL or column is None:
        return [one]
    return [(each, column) for each in granting.of_columns]


def change(node: Any) -> Change:
    """Return what a `GrantStmt` says, but of the role that runs it, which owns what it grants."""
    found: list[Privilege] = []
    for one in (each.access_priv for each in node.privileges):
        word = one.priv_name.lower() or grants.ALL
        found += [(word, column) for column in tree.strings(one.cols)] or [(word, None)]
    return Change(
        is_grant=node.is_grant,
        privileges=tuple(found) or ((grants.ALL, None),),
        roles=tuple(
            name
            for one in node.grantees
            if (name := role(one.role_spec)) not in RUNNING
        ),
        option=node.grant_option,
    )


def role(node: Any) -> str:
    """Return the name of a role in a tree."""
    word = tree.word(node, "roletype", "ROLESPEC_")
    return str(node.rolename) if word == "CSTRING" else word.lower()


def owner(node: Any) -> str | None:
    """Return the owner that a tree names; None is the role that runs it."""
    found = role(node)
    return None if found in grants.ROLES else found


def changed(
    given: grants.Given, held: Mapping[str, Privileges] | None, said: Change
) -> Mapping[str, Privileges] | None:
    """Return the grants on an object after a statement."""
    every = given.all(held)
    for one in said.roles:
        every[one] = said.of_role(given.granting, every.get(one, {}))
    return given.but(every)
