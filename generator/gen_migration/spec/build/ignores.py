"""The `ignore` of a spec's objects: known codes, each with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import nearest, quoted
from gen_migration.model.rule_codes import CODES, STALE, is_own

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.base.errors import Place
    from gen_migration.spec.build.context import Build, Spot

    Key = tuple[str, Any]


def ignores(
    build: Build, places: Mapping[Key, Place]
) -> Iterator[tuple[Key, Mapping[str, str], Place]]:
    """Yield objects with what they ignore and where; mistakes are in the problems of the build.

    `places` are those of all objects by kind and name.
    """
    for key, found, path in objects(build, places):
        at = build.at(*path, "ignore")
        for code, reason in found.items():
            check(at / code, code, reason)
        yield key, found, at.path


def objects(
    build: Build, places: Mapping[Key, Place]
) -> Iterator[tuple[Key, Any, Place]]:
    """Yield key, `ignore` and path of everything that has one."""
    if "ignore" not in build.words:
        return
    if build.shape.ignore:
        yield ("spec", ""), build.shape.ignore, ()
    for part, shape in build.parts.items():
        if shape.ignore:
            yield ("part", part), shape.ignore, build.spots[part].path
    for key, path in places.items():
        # What is written at a column has no shape of its own: what it says is the column's.
        if key[0] == "part":
            continue
        if found := getattr(shape_at(build.shape, path), "ignore", None):
            yield key, found, path
    yield from columns(build)


def columns(build: Build) -> Iterator[tuple[Key, Any, Place]]:
    """Yield those of columns."""
    for body in build.bodies.values():
        if body.parent is None:
            for name, shape in body.shape.columns.items():  # type: ignore[attr-defined]
                if shape.ignore:
                    path = (*body.at.path, "columns", name)
                    yield ("column", (body.name, name)), shape.ignore, path


def shape_at(shape: Any, path: Place) -> Any:
    """Return the shape at a path of the document."""
    for key in path:
        held = isinstance(shape, dict | list)
        shape = shape[key] if held else getattr(shape, str(key), None)
    return shape


def check(at: Spot, code: str, reason: str) -> None:
    """Report a code that is none, and a reason that says nothing."""
    known = [one for one in CODES if one != STALE]
    if code == STALE:
        hint = "remove the ignore that does nothing instead"
        at.wrong_key(f"{STALE} cannot be ignored", hint)
    elif code not in known and not is_own(code):
        hint = nearest(code, known) or "gen-migration explain lists them all"
        at.wrong_key(f"there is no finding {quoted(code)}", hint)
    if not reason.strip():
        hint = "say why this is no matter here, for those who read the spec"
        at.wrong("the reason is empty", hint)
