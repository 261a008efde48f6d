"""The mistakes of shapes in the words of a spec; and the spec without what they are about."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import MAX_PROBLEMS, Problem, choices, nearest
from gen_migration.kinds.forms import Mapped
from gen_migration.kinds.shape_base import ACTIONS
from gen_migration.postgres.type_names import COMMA

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gen_migration.base.errors import Place
    from gen_migration.kinds.forms import Mistake


def place_of(mistake: Mistake, document: Any) -> Place:
    """Return the path of a mistake in the document as it is written.

    What only the long form of a value has is dropped.
    """
    path: list[str | int] = []
    here: Any = document
    for part in mistake.path:
        if isinstance(here, dict) and part not in here:
            break  # it is missing
        if isinstance(here, dict) or (type(here), type(part)) == (list, int):
            here = here[part]
            path.append(part)
    return tuple(path)


MAX_MISTAKES = 2 * MAX_PROBLEMS


def problems_of(
    mistakes: Sequence[Mistake], document: Any, broken: Collection[Place] = ()
) -> tuple[list[Problem], set[Place]]:
    """Return mistakes in the words of a spec, one for each place, and all of their places.

    What was taken out since it is `broken` is not missing.
    """
    mistakes = mistakes[:MAX_MISTAKES]
    misspelt = {
        (*one.path[:-1], word)
        for one in mistakes
        if one.kind == "unknown"
        for word in difflib.get_close_matches(
            str(one.path[-1])[:50], one.form.shape.by_word(), n=1, cutoff=0.6
        )
    }
    found: dict[tuple[object, ...], Problem] = {}
    for one in mistakes:
        place, missing = place_of(one, document), one.kind == "missing"
        if missing and (one.path in misspelt or (*place, one.path[-1]) in broken):
            continue  # it is there, misspelt or taken out
        problem = problem_of(one, place)
        found.setdefault((problem.path, problem.at_key, missing), problem)
    return list(found.values()), {place_of(one, document) for one in mistakes}


def hint_of_kind(mistake: Mistake, place: Place) -> str:
    """Return what to write in the place of a value of the wrong kind."""
    noun, value = mistake.form.noun, mistake.value
    key = str(mistake.path[-1]) if mistake.path else ""
    if key in DURATIONS:
        return "write a number with its unit: 500ms, 3s, 30min or 2h"
    if noun == "text" and is_scalar(value):
        return f'put it in quotes: "{str(value).lower()}"'
    if noun == "true or false" and isinstance(value, str):
        return "YAML 1.2 knows true and false; yes, no, on and off are text"
    if isinstance(mistake.form, Mapped) and place[-1:] == ("columns",):
        return "list its columns: id: {type: bigint, primary_key: true}"
    return INSTEAD.get(key, "")


def problem_of(mistake: Mistake, place: Place) -> Problem:
    """Return a mistake in the words of a spec."""
    match mistake.kind:
        case "unknown":
            key, known = str(mistake.path[-1]), [*mistake.form.shape.by_word()]
            hint = HINTS.get(key) or nearest(key, known)
            hint = hint or "its keys are " + ", ".join(known)
            if ")" in key and "(" not in key:
                hint = COMMA
            return Problem(
                message=f'unknown key "{key}"', path=place, hint=hint, at_key=True
            )
        case "missing":
            key = str(mistake.path[-1])
            return Problem(
                message=f'missing key "{key}"', path=place, hint=f"add {key}"
            )
        case "kind":
            hint = hint_of_kind(mistake, place)
            found = kind_of(mistake.value)
            message = f"expected {mistake.form.noun}, found {found}"
            return Problem(message=message, path=place, hint=hint)
        case "choice":
            return no_choice(mistake, place)
        case "pattern":
            return unfit(mistake, place)
        case "empty":
            return Problem(
                message="nothing is here", path=place, hint="write at least one"
            )
        case "contradiction":
            return Problem(
                message="this is incomplete or says two things",
                path=place,
                hint=mistake.message,
            )
    return Problem(message=mistake.message, path=place)


def no_choice(mistake: Mistake, place: Place) -> Problem:
    """Return the problem of a value that is none of those that its key takes."""
    value, words = mistake.value, [str(one) for one in mistake.form.words]
    *most, last = [repr(one) for one in mistake.form.words]
    expected = " or ".join([", ".join(most), last] if most else [last])
    hint = f"write {expected}"
    if isinstance(value, str):
        hint = nearest(value, words) or hint
        if value in words:
            hint = f"write {value} without quotes"
    return Problem(
        message=f"{kind_of(value)} is none of {expected}", path=place, hint=hint
    )


def unfit(mistake: Mistake, place: Place) -> Problem:
    """Return the problem of a text that does not look as its key needs it."""
    value = mistake.value
    if mistake.path[-1] in {"on_delete", "on_update"}:
        near = nearest(str(value).replace("_", " "), ACTIONS)
        hint = near or f"write {choices(ACTIONS)}"
        return Problem(message=f'"{value}" is no action', path=place, hint=hint)
    hint = mistake.form.rule.about or ""
    return Problem(message=f'"{value}" does not fit here', path=place, hint=hint)


def is_scalar(value: Any) -> bool:
    return value is not None and not isinstance(value, dict | list)


def kind_of(value: Any) -> str:
    if isinstance(value, bool):
        return f"the truth value {str(value).lower()}"
    if value is None:
        return "nothing"
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    return f'the text "{value}"' if isinstance(value, str) else f"the number {value}"


# Words of other tools, and where they went.
HINTS = {
    "foreign_key": 'write "references: table.column" at the column, or "foreign_keys" at the table',
    "server_default": 'write "default"',
    "not_null": "a column is NOT NULL unless it says nullable: true",
    "null": 'write "nullable: true"',
    "required": "a column is NOT NULL unless it says nullable: true",
    "constraints": 'write "uniques", "checks", "foreign_keys" or "excludes"',
    "computed": 'write "generated: {stored: …}"',
    "length": 'the length stands in the type: "varchar(50)"',
    "using": 'write "method"',
}


# What to write where another form than ours comes to mind first.
DURATIONS = {"lock_timeout", "statement_timeout", "batch_pause"}
INSTEAD = {
    "generated": "write {stored: …}, or on PostgreSQL 18 {virtual: …}",
    "elements": 'write a list: ["room with =", "during with &&"]',
    "columns": "write a list: [a, b]",
    "partition_by": "write {range: [created_at]}",
    "include": "write a list: [a, b]",
}


# What a mistake inside of it takes along: the whole object, so that nothing half is looked at.
OBJECTS = (
    "uniques",
    "foreign_keys",
    "checks",
    "excludes",
    "indexes",
    "partitions",
    "enums",
)


def pruned(document: Any, places: set[Place]) -> Any:
    """Return a copy of a document without what stands at these places."""
    if () in places:
        return {"name": "broken"}
    result = {key: value for key, value in document.items() if (key,) not in places}
    result.setdefault("name", "broken")
    for place in sorted(places, key=lambda p: (len(p), str(p))):
        prune(result, place)
    return result


def prune(document: dict[str, Any], place: Place) -> None:
    target = [*place]
    for position, part in enumerate(place):
        if part in OBJECTS and position >= (0 if part == "enums" else 2):
            target = [*place[: position + 2]]
            break
        if part == "columns" and position in {2, 4} and len(place) > position + 1:
            column = place[: position + 2]
            shape = follow(document, column)
            # An unknown key is left out; any other mistake leaves the column without a type.
            if isinstance(shape, dict) and place[-1] not in {"type", column[-1]}:
                break
            replace(document, column, {"type": "?", "nullable": True})
            return
    if len(target) > 1:
        replace(document, tuple(target), None)


def follow(document: Any, place: Place) -> Any:
    for part in place:
        document = document.get(part) if isinstance(document, dict) else None
    return document


def replace(document: dict[str, Any], place: Place, value: Any) -> None:
    """Set, or with None remove, what stands at a place; the containers on the way are copied."""
    here: Any = document
    for part in place[:-1]:
        try:
            copy = here[part].copy()
        except (KeyError, IndexError, TypeError, AttributeError):
            return
        here[part] = copy
        here = copy
    last = place[-1]
    if isinstance(here, dict):
        if value is None:
            here.pop(last, None)
        else:
            here[last] = value
    elif isinstance(here, list) and isinstance(last, int) and last < len(here):
        del here[last]
