"""The `ignore` of a spec's objects: known codes, each with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import nearest
from gen_migration.model.rule_codes import CODES, STALE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.base.errors import Place
    from gen_migration.spec.build.context import Build

    Key = tuple[str, Any]


def ignores(
    state: Build, places: Mapping[Key, Place]
) -> Iterator[tuple[Key, Mapping[str, str], Place]]:
    """Yield objects with what they ignore and where; mistakes are in the state's problems.

    `places` are those of all objects by kind and name.
    """
    for key, shape, path in objects(state, places):
        if found := getattr(shape, "ignore", None):
            where = (*path, "ignore")
            for code, reason in found.items():
                check(state, code, reason, where)
            yield key, found, where


def objects(
    state: Build, places: Mapping[Key, Place]
) -> Iterator[tuple[Key, Any, Place]]:
    """Yield key, shape and path of everything that may have an `ignore`."""
    yield ("spec", ""), state.shape, ()
    for key, path in places.items():
        if path[2:3] == ("columns",):
            continue  # a constraint that is written at a column: what it says is the column's
        yield key, at(state.shape, path), path
    for body in state.bodies.values():
        if body.parent is None:
            for name, shape in body.shape.columns.items():  # type: ignore[attr-defined]
                path = (*body.path, "columns", name)
                yield ("column", (body.name, name)), shape, path


def at(shape: Any, path: Place) -> Any:
    """Return the shape at a path of the document."""
    for key in path:
        held = isinstance(shape, dict | list)
        shape = shape[key] if held else getattr(shape, str(key), None)
    return shape


def check(state: Build, code: str, reason: str, where: Place) -> None:
    """Report a code that is none, and a reason that says nothing."""
    known = [one for one in CODES if one != STALE]
    if code == STALE:
        state.problem(
            f"{STALE} cannot be ignored",
            *where,
            code,
            hint="remove the ignore that does nothing instead",
            at_key=True,
        )
    elif code not in known:
        state.problem(
            f'there is no finding "{code}"',
            *where,
            code,
            hint=nearest(code, known) or "gen-migration explain lists them all",
            at_key=True,
        )
    if not reason.strip():
        state.problem(
            "the reason is empty",
            *where,
            code,
            hint="say why this is no matter here, for those who read the spec",
        )
