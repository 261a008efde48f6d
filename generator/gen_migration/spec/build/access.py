"""The grants of a spec, as values: privileges of roles on one object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import nearest, quoted
from gen_migration.kinds import access
from gen_migration.postgres.privileges import SINCE
from gen_migration.sql.grants import ALL, PUBLIC, ROLES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from gen_migration.model.access import Grants, Privilege
    from gen_migration.postgres.privileges import Granting
    from gen_migration.spec.build.context import Spot
    from gen_migration.sql.grants import Given

OPTION = "with_grant_option"


def owner(at: Spot, shape: Any) -> str | None:
    """Return the owner that a shape names."""
    found: str | None = shape.owner
    if found is not None and found in ROLES:
        (at / "owner").wrong(
            f"{quoted(found)} is no role of its own", "write the name of a role"
        )
    elif found is not None:
        (at / "owner").identifier(found, at_key=False)
    return found


def grants(
    at: Spot, word: str, name: Any, shape: Any, columns: Collection[str] | None
) -> Grants | None:
    """Return the grants on an object, whose columns these are; None where it says nothing."""
    if shape.grants is None or name is None:
        return None
    given = access.given(word, name, shape.owner)
    return read(at / "grants", given, shape.grants, columns) or {}


def read(
    at: Spot, given: Given, said: Mapping[str, Any], columns: Collection[str] | None
) -> Grants | None:
    """Return grants beside those that there are by themselves; None where they are those."""
    every = given.roles
    for role, one in said.items():
        place = at / role
        if role in ROLES and role != PUBLIC:
            place.wrong_key(
                f"{quoted(role)} is no role of its own", "write the name of a role"
            )
        elif place.identifier(role):
            every[role] = privileges(place, given.granting, one, columns)
    return given.but(every)


def privileges(
    at: Spot, granting: Granting, said: Any, columns: Collection[str] | None
) -> dict[Privilege, bool]:
    """Return the privileges that one role has."""
    found: dict[Privilege, bool] = {}
    listed = enumerate(said) if isinstance(said, list) else [(None, said)]
    for number, one in listed:
        place = at if number is None else at / number
        for key, option in item(place, granting, one, columns):
            found[key] = found.get(key, False) or option
    return found


def item(
    at: Spot, granting: Granting, said: Any, columns: Collection[str] | None
) -> Iterator[tuple[Privilege, bool]]:
    """Yield the privileges of one item: a word, or words by which columns stand."""
    if isinstance(said, str):
        if is_known(at, granting, said, at_key=False):
            yield (said, None), False
        return
    option = said.get(OPTION, False) if isinstance(said, dict) else None
    if not isinstance(option, bool):
        hint = "write [select, insert], {select: [id, name]} or all"
        at.wrong("these are no privileges", hint)
        return
    words = {key: one for key, one in said.items() if key != OPTION}
    if not words:
        at.wrong("no privilege stands here", f"write one beside {OPTION}")
    for key, one in words.items():
        place = at / key
        if not is_known(place, granting, key, at_key=True):
            continue
        if one is True:
            yield (key, None), option
            continue
        for column in of_columns(place, granting, key, one, columns):
            yield (key, column), option


def is_known(at: Spot, granting: Granting, word: str, *, at_key: bool) -> bool:
    """Tell whether there is a privilege on such objects; report one that there is not."""
    every = (ALL, *granting.words)
    if word not in every:
        hint = nearest(word, every) or f"there are: {', '.join(every)}"
        at.wrong(f"{quoted(word)} is no privilege on this", hint, at_key=at_key)
        return False
    if word in SINCE:
        at.need(SINCE[word], f"the privilege {word}")
    return True


def of_columns(
    at: Spot,
    granting: Granting,
    word: str,
    said: Any,
    columns: Collection[str] | None,
) -> Iterator[str]:
    """Yield the columns of a privilege."""
    if not isinstance(said, list) or not said:
        at.wrong("these are no columns", f"write {word}: true, or a list of columns")
    elif word not in granting.of_columns:
        known = ", ".join(granting.of_columns) or "none"
        at.wrong_key(
            f"there is no privilege {quoted(word)} on columns",
            f"those on columns: {known}",
        )
    else:
        for number, one in enumerate(said):
            place = at / number
            if not isinstance(one, str):
                place.wrong("this is no column", "write its name")
            elif columns is not None and one not in columns:
                hint = nearest(one, columns) or "write a column of this"
                place.wrong(f"unknown column {quoted(one)}", hint)
            elif place.identifier(one, at_key=False):
                yield one
