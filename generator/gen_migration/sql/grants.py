"""GRANT and REVOKE: the statements that lead from some grants to others, and what they do. Pure.

Source: the manual, GRANT ("a privilege on the whole table implies none on its columns"), REVOKE
("revoking a privilege on a table revokes the privileges on each column as well"), 5.8 (Privileges).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gen_migration.postgres.names import quote_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gen_migration.model.access import Grants, Privilege, Privileges
    from gen_migration.postgres.privileges import Granting

ALL, PUBLIC = "all", "public"
EVERYTHING: Privileges = {(ALL, None): False}
# Words of SQL that stand for a role.
ROLES = ("public", "current_user", "current_role", "session_user")


class Given(NamedTuple):
    """What is granted on an object by itself: of its kind, to all roles and to its owner."""

    granting: Granting
    public: tuple[str, ...]
    owner: str | None

    @property
    def roles(self) -> dict[str, Privileges]:
        """The privileges that roles have by themselves; none of the owner where unknown."""
        found: dict[str, Privileges] = {
            PUBLIC: {(word, None): False for word in self.public}
        }
        if self.owner is not None:
            found[self.owner] = canonical(self.granting, EVERYTHING)
        return found

    def all(self, grants: Grants | None) -> dict[str, Privileges]:
        """Return the privileges of all roles that have others than none."""
        return self.roles | dict(grants or {})

    def held(self, role: str, found: Privileges) -> Privileges:
        """Return the privileges of a role; who owns it may always grant them on."""
        return dict.fromkeys(found, False) if role == self.owner else found

    def but(self, every: Mapping[str, Privileges]) -> Grants | None:
        """Return the grants of roles that have others than by themselves, in their order."""
        own = self.roles
        found = {
            role: canonical(self.granting, self.held(role, held))
            for role, held in sorted(every.items())
        }
        found = {role: one for role, one in found.items() if one != own.get(role, {})}
        return found or None


def canonical(granting: Granting, held: Privileges) -> Privileges:
    """Return privileges in their one form: `all` where it is all that there is.

    What is `all` of a relation depends on the version: there it is a word of its own.
    """
    found = dict(held)
    whole = found.get((ALL, None))
    if whole is not None and not granting.grows:
        del found[ALL, None]
        for word in granting.words:
            found[word, None] = found.get((word, None), False) or whole
    elif whole is not None:
        found = {
            key: one
            for key, one in found.items()
            if key[0] == ALL or key[1] is not None or one > whole
        }
    return {key: found[key] for key in in_order(granting, found)}


def together(held: Privileges, more: Privileges) -> Privileges:
    """Return privileges with more of them."""
    return {**held, **{key: one or held.get(key, False) for key, one in more.items()}}


def in_order(granting: Granting, found: Iterable[Privilege]) -> list[Privilege]:
    """Return privileges in the order of the manual, those of columns behind the others."""
    words = (ALL, *granting.words)
    return sorted(found, key=lambda one: (words.index(one[0]), one[1] or ""))


def whole(granting: Granting, held: Privileges, version: int) -> Privileges:
    """Return privileges that a catalog of a version has, with `all` for each of them."""
    from gen_migration.postgres.privileges import SINCE

    every = [one for one in granting.words if SINCE.get(one, 0) <= version]
    if not granting.grows or not all((one, None) in held for one in every):
        return canonical(granting, held)
    least = min(held[one, None] for one in every)
    return canonical(granting, {**held, (ALL, None): least})


def statements(
    what: str, given: Given, old: Grants | None, new: Grants | None
) -> Iterator[str]:
    """Yield what leads from grants to others; roles for which it is the same are named together.

    What goes, goes first.
    """
    before, after = given.all(old), given.all(new)
    found: dict[str, list[str]] = {}
    for role in sorted({*before, *after}):
        for text in changes(
            what, given.granting, before.get(role, {}), after.get(role, {})
        ):
            found.setdefault(text, []).append(role)
    ordered = sorted(found.items(), key=lambda one: not one[0].startswith("REVOKE"))
    for text, roles in ordered:
        yield text.format(", ".join(map(spelled, roles)))


def changes(
    what: str, granting: Granting, old: Privileges, new: Privileges
) -> Iterator[str]:
    """Yield the statements for one role, which is a place to fill in."""
    what = what.replace("{", "{{").replace("}", "}}")

    def revoke(words: Iterable[Privilege], start: str = "REVOKE ") -> str:
        listed = privileges(granting, words).replace("{", "{{").replace("}", "}}")
        return f"{start}{listed} ON {what} FROM {{}}"

    if not new:
        if old:
            yield revoke([(ALL, None)])
        return
    held = dict(old)
    gone = [key for key in old if key not in new and not implied(key, new)]
    if (ALL, None) in gone:
        gone, held = [(ALL, None)], {}
    lost = {word for word, column in gone if column is None}
    gone = [key for key in gone if key[1] is None or key[0] not in lost]
    if gone:
        yield revoke(gone)
        held = without(held, gone)
    bound = [key for key, grantable in held.items() if grantable and not of(new, key)]
    if bound:
        yield revoke(bound, "REVOKE GRANT OPTION FOR ")
        held = withheld(held, bound)
    for grantable in (False, True):
        come = [
            key
            for key, one in new.items()
            if one is grantable and held.get(key) is not one
        ]
        if come:
            listed = privileges(granting, come).replace("{", "{{").replace("}", "}}")
            option = " WITH GRANT OPTION" if grantable else ""
            yield f"GRANT {listed} ON {what} TO {{}}{option}"


def implied(key: Privilege, held: Privileges) -> bool:
    """Tell whether a privilege is one of all that somebody has."""
    return key[1] is None and (ALL, None) in held


def of(held: Privileges, key: Privilege) -> bool:
    """Tell whether somebody may grant a privilege on."""
    found = held.get(key)
    return (
        held.get((ALL, None), False)
        if found is None and key[1] is None
        else bool(found)
    )


def without(held: Privileges, gone: Iterable[Privilege]) -> dict[Privilege, bool]:
    """Return privileges after a REVOKE: with one of the whole go those of its columns."""
    gone = set(gone)
    whole = {word for word, column in gone if column is None}
    return {
        key: one
        for key, one in held.items()
        if key not in gone and key[0] not in whole and ALL not in whole
    }


def withheld(held: Privileges, bound: Iterable[Privilege]) -> dict[Privilege, bool]:
    """Return privileges after a `REVOKE GRANT OPTION FOR`."""
    bound = set(bound)
    whole = {word for word, column in bound if column is None}
    return {
        key: one and key not in bound and key[0] not in whole and ALL not in whole
        for key, one in held.items()
    }


def privileges(granting: Granting, found: Iterable[Privilege]) -> str:
    """Return privileges as SQL: `SELECT, UPDATE (a, b)`."""
    columns: dict[str, list[str]] = {}
    listed: list[str] = []
    for word, column in in_order(granting, found):
        if column is not None:
            columns.setdefault(word, []).append(quote_name(column))
        else:
            listed.append(word.upper())
    listed += [f"{word.upper()} ({', '.join(of)})" for word, of in columns.items()]
    return ", ".join(listed)


def spelled(role: str) -> str:
    """Return a role as SQL."""
    return role.upper() if role in ROLES else quote_name(role)


def words(granting: Granting, value: Grants) -> str:
    """Return grants in words: `app: select, insert; public: nothing`."""
    said = []
    for role, held in value.items():
        option = [key for key, grantable in held.items() if grantable]
        plain = [key for key in held if key not in option]
        text = ", ".join(
            privileges(granting, part).lower() + note
            for part, note in ((plain, ""), (option, " with grant option"))
            if part
        )
        said.append(f"{role}: {text or 'nothing'}")
    return "; ".join(said)
