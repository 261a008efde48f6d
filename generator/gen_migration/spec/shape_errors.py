"""Pydantic's errors in the words of a spec."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import MAX_PROBLEMS, Problem, choices, nearest, quoted
from gen_migration.kinds.shape import Rule, Shape, is_text
from gen_migration.kinds.shape_base import ACTIONS
from gen_migration.spec.key_places import shape_at
from gen_migration.spec.left_out import original
from gen_migration.spec.shape_hints import (
    NAMES,
    WORDS,
    about,
    hint_of_key,
    hint_of_kind,
    keys_at,
    known_at,
)
from gen_migration.spec.shapes import SpecShape

if TYPE_CHECKING:
    from collections.abc import Collection

    from pydantic_core import ErrorDetails, ValidationError

    from gen_migration.base.errors import Place
    from gen_migration.spec.left_out import Left


def place_of(detail: ErrorDetails, document: Any) -> Place:
    """Return the path of Pydantic's location in the document as it is written.

    Marks of union members are dropped, and so is what only the long form of a value has.
    """
    path: list[str | int] = []
    here = document
    for part in detail["loc"]:
        if isinstance(here, dict) and part in here:
            here = here[part]
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            here = here[int(part)]
        elif isinstance(here, dict) and not str(part).startswith("\0"):
            break
        else:
            continue
        path.append(part)
    return tuple(path)


MAX_DETAILS = 2 * MAX_PROBLEMS


def problems_of(
    error: ValidationError,
    document: Any,
    broken: Collection[Place] = (),
    left: Left | None = None,
    shape: type[Shape] = SpecShape,
) -> tuple[list[Problem], set[Place]]:
    """Return Pydantic's errors in the words of a spec, one for each mistake, and all places.

    What was taken out since it is `broken` is not missing. Both are places of the document that is
    given; `broken` are those of the one that was written. `shape` is that of the document.
    """
    left = left or {}
    details = error.errors(include_url=False)[:MAX_DETAILS]
    misspelt = {
        (detail["loc"][:-1], word)
        for detail in details
        if detail["type"] == "extra_forbidden"
        for word in difflib.get_close_matches(
            str(detail["loc"][-1])[:50], keys_at(detail["loc"], shape), n=1, cutoff=0.6
        )
    }
    found: dict[tuple[object, ...], Problem] = {}
    for detail in details:
        missing = detail["type"] == "missing"
        if missing and (detail["loc"][:-1], detail["loc"][-1]) in misspelt:
            continue  # it is there, misspelt
        place = original(place_of(detail, document), left)
        if missing and (*place, detail["loc"][-1]) in broken:
            continue
        if detail["type"] in {"too_short", "value_error"} and any(
            not kept and where[: len(place)] == place for where, kept in left.items()
        ):
            continue  # it lacks a list whose items are all told already
        problem = problem_of(detail, document, shape)
        # The members of a union each complain; the first says it for all.
        found.setdefault((problem.path, problem.at_key, missing), problem)
    return list(found.values()), {place_of(detail, document) for detail in details}


TAGS = frozenset(("union_tag_not_found", "union_tag_invalid"))


def problem_of(detail: ErrorDetails, document: Any, shape: type[Shape]) -> Problem:
    """Return one of Pydantic's errors in the words of a spec."""
    kind, place, value = detail["type"], place_of(detail, document), detail["input"]
    if kind == "extra_forbidden":
        return unknown(detail, place, document, shape)
    if kind == "missing":
        return missing(detail, place, shape)
    if kind in NAMES:
        hint = hint_of_kind(detail, place, shape)
        known_here = known_at(detail["loc"], shape)
        expected = NAMES[kind]
        if kind in TAGS and known_here is not None and is_text(known_here.annotation):
            expected = "text or a list"
        message = f"expected {expected}, found {kind_of(value)}"
        return Problem(message=message, path=place, hint=hint)
    if kind in {"literal_error", "string_pattern_mismatch"}:
        return unfit(detail, place, shape)
    if kind in {"too_short", "string_too_short"}:
        return Problem(message="nothing is here", path=place, hint="write at least one")
    if kind in OUTSIDE:
        message = f"{kind_of(value)} is too {OUTSIDE[kind]}"
        return Problem(message=message, path=place, hint=bounds_of(detail, shape))
    message = detail["msg"].removeprefix("Value error, ")
    if kind == "value_error":
        return Problem(
            message="this is incomplete or says two things", path=place, hint=message
        )
    return Problem(message=message[:1].lower() + message[1:], path=place)


def unknown(
    detail: ErrorDetails, place: Place, document: Any, shape: type[Shape]
) -> Problem:
    """Return the problem of a key that a value cannot have."""
    key = str(detail["loc"][-1])
    for one in shape_at(detail["loc"], shape).refused:
        if one.name == key:
            return Problem(message=one.reason, path=place, hint=one.hint, at_key=True)
    hint = hint_of_key(detail, place, document, shape)
    return Problem(
        message=f"unknown key {quoted(key)}", path=place, hint=hint, at_key=True
    )


def missing(detail: ErrorDetails, place: Place, shape: type[Shape]) -> Problem:
    """Return the problem of a value that lacks a key."""
    key = str(detail["loc"][-1])
    if (lacking := shape_at(detail["loc"], shape).lacking) is None:
        hint = f"add {about(detail['loc'], shape) or key}"
        return Problem(message=f"missing key {quoted(key)}", path=place, hint=hint)
    wrong, hint = lacking
    return Problem(message=f"{quoted(place[-1])} {wrong}", path=place, hint=hint)


OUTSIDE = {"greater_than_equal": "small", "less_than_equal": "large"}


def bounds_of(detail: ErrorDetails, shape: type[Shape]) -> str:
    """Return what numbers to write in the place of one that is too small or too large."""
    known = known_at(detail["loc"], shape)
    rule = known.entry.rule if known else Rule()
    if rule.least is not None and rule.most is not None:
        return f"write a number from {rule.least} to {rule.most}"
    least, most = detail["ctx"].get("ge"), detail["ctx"].get("le")
    return f"write {most} or less" if least is None else f"write {least} or more"


def unfit(detail: ErrorDetails, place: Place, shape: type[Shape]) -> Problem:
    """Return the problem of a value that is none of those that its key takes."""
    kind, value, key = detail["type"], detail["input"], detail["loc"][-1]
    if kind == "literal_error":
        expected = detail["ctx"]["expected"]
        words = expected.replace("'", "").replace(" or ", ", ").split(", ")
        near = isinstance(value, str) and nearest(value, words)
        hint = near or WORDS.get(str(key)) or f"write {expected}"
        if value in words and isinstance(value, str):
            hint = f"write {value} without quotes"
        message = f"{kind_of(value)} is {'none of' if words[1:] else 'not'} {expected}"
        if value is None:
            message = f"expected {expected}, found nothing"
        return Problem(message=message, path=place, hint=hint)
    if key in {"on_delete", "on_update"}:
        near = nearest(str(value).replace("_", " "), ACTIONS)
        hint = near or f"write {choices(ACTIONS)}"
        return Problem(message=f"{quoted(value)} is no action", path=place, hint=hint)
    known = known_at(detail["loc"], shape)
    hint = (known and known.about) or ""
    return Problem(message=f"{quoted(value)} does not fit here", path=place, hint=hint)


def kind_of(value: Any) -> str:
    if isinstance(value, bool):
        return f"the truth value {str(value).lower()}"
    if value is None:
        return "nothing"
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    return (
        f"the text {quoted(value)}" if isinstance(value, str) else f"the number {value}"
    )
