"""GRANT and REVOKE in a parse tree, as what becomes of the privileges of a role. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration.sql import grants, tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.model.access import Privilege, Privileges
    from gen_migration.postgres.privileges import Granting


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
        if self.is_grant:
            come = grants.canonical(
                granting, dict.fromkeys(self.privileges, self.option)
            )
            return {**held, **{k: one or held.get(k, False) for k, one in come.items()}}
        gone = [*grants.canonical(granting, dict.fromkeys(self.privileges, False))]
        if self.option:
            return grants.withheld(held, gone)
        return grants.without(self.apart(granting, held, gone), gone)

    def apart(
        self, granting: Granting, held: Privileges, gone: list[Privilege]
    ) -> Privileges:
        """Return privileges with `all` written out, where some of them go."""
        whole = held.get((grants.ALL, None))
        some = any(column is None and word != grants.ALL for word, column in gone)
        if whole is None or not some:
            return held
        rest = {key: one for key, one in held.items() if key != (grants.ALL, None)}
        return {(word, None): whole for word in granting.words} | rest


def change(node: Any) -> Change:
    """Return what a `GrantStmt` says. Raises ValueError for ALL of columns."""
    found: list[Privilege] = []
    for one in (each.access_priv for each in node.privileges):
        word = one.priv_name.lower()
        if not word:
            raise ValueError("GRANT ALL (columns)")
        found += [(word, column) for column in tree.strings(one.cols)] or [(word, None)]
    return Change(
        is_grant=node.is_grant,
        privileges=tuple(found) or ((grants.ALL, None),),
        roles=tuple(role(one.role_spec) for one in node.grantees),
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
