"""The SQL of a spec that stands in files of its own, put in its place.

Where a kind has a key of the type `Body`, `{file: sql/recent.sql}` stands for the text of that
file; what is built of the document sees the text alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base import beside
from gen_migration.base.errors import Error, Problem
from gen_migration.kinds import KINDS
from gen_migration.kinds.keys import BODY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from gen_migration.base.errors import Place

    # Returns where a file is, for errors, and what is in it; raises Error.
    Read = Callable[[str], tuple[str, bytes]]

FILE = "file"


def bodies(
    value: Mapping[str, Any],
) -> dict[str, tuple[str | None, frozenset[str]]]:
    """Return the keys of a document whose objects have bodies of SQL, by which keys those are.

    Before them comes the key that a text in the place of an object stands for.
    """
    found = {
        kind.key: (
            kind.short,
            frozenset(one.name for one in kind.keys if one.type.startswith(BODY)),
        )
        for kind in KINDS
        if kind.key in value
    }
    return {key: one for key, one in found.items() if one[1]}


def places(value: dict[str, Any]) -> Iterator[Place]:
    """Yield where a document has files in place of a text."""
    for section, (_, keys) in bodies(value).items():
        objects = value.get(section)
        for name, one in objects.items() if isinstance(objects, dict) else ():
            for key in sorted(keys) if isinstance(one, dict) else ():
                if isinstance(one.get(key), dict) and FILE in one[key]:
                    yield section, name, key


def at(value: Any, place: Place) -> Any:
    """Return what stands at a place of a document."""
    for key in place:
        value = value[key]
    return value


def put(value: Any, place: Place, text: str) -> Any:
    """Return a document with a text at a place; what aliases share stays as it is."""
    if not place:
        return text
    key, *rest = place
    return {**value, key: put(value[key], tuple(rest), text)}


def problem_at(value: Any, place: Place, known: set[str]) -> Problem | None:
    """Return what is wrong with the naming of a file; `known` are names that the files hold."""
    found = at(value, place)
    name = found[FILE]
    if len(found) > 1 or not isinstance(name, str):
        message, hint = "this is neither SQL nor a file of it", "write {file: NAME.sql}"
        return Problem(message=message, path=place, hint=hint)
    message = beside.fault(name) or ""
    if not message and name not in known:
        message = "the name of a file stands in a spec without escapes"
    if not message:
        return None
    return Problem(message=message, path=(*place, FILE), hint=beside.GOOD)


def unread(error: Error, place: Place) -> Problem:
    """Return the problem that a file cannot be read."""
    message = f"{error.where}: {error.message}"
    return Problem(message=message, path=(*place, FILE), hint=error.hint)
