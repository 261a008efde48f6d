"""Texts that a revision puts together: f-strings, `format` and `%`, from constants alone."""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING, Any

from gen_migration.alembic_ops.stubs import described
from gen_migration.replay.evaluation.values import CONSTANT, UnknownError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.replay.evaluation.values import Position

# No width can make a text long.
SPEC = re.compile(r"[<>^]?0?[0-9]{0,3}(\.[0-9]{1,2})?[,_]?[bdfosxX]?")
PERCENT = re.compile(r"%(?:\((?P<key>\w+)\))?(?P<kind>[sdir%])")


def shown(value: Any, conversion: str = "", spec: str = "") -> str:
    """Return a constant as text. Raises UnknownError or ValueError."""
    if not isinstance(value, CONSTANT):
        raise UnknownError(f"the text of {described(value)}")
    if not SPEC.fullmatch(spec):
        raise UnknownError(f"the format {spec!r}")
    if conversion == "r":
        value = repr(value)
    elif conversion == "a":
        value = ascii(value)
    elif conversion == "s" or value is None:
        value = str(value)
    return format(value, spec)


def joined(parts: list[str], place: Position, between: str = "") -> str:
    """Return texts as one. Raises Error where it is too long."""
    place.text(sum(map(len, parts)) + len(between) * len(parts))
    return between.join(parts)


def formatted(
    text: str, arguments: list[Any], keywords: Mapping[str, Any], place: Position
) -> str:
    """Return what `text.format(…)` gives. Raises UnknownError, KeyError, IndexError or Error."""
    parts: list[str] = []
    number = 0
    for before, field, spec, conversion in string.Formatter().parse(text):
        place.spend()
        parts.append(before)
        if field is None:
            continue
        name = field or str(number)
        number += not field
        if not name.isidentifier() and not name.isdecimal():
            raise UnknownError(f"the field {name!r} of a format")
        value = arguments[int(name)] if name.isdecimal() else keywords[name]
        found = shown(value, conversion or "", spec or "")
        place.text(len(found))
        parts.append(found)
    return joined(parts, place)


def percent(text: str, value: Any, place: Position) -> str:
    """Return what `text % value` gives. Raises UnknownError, KeyError, TypeError or Error."""
    left = list(value) if isinstance(value, tuple) else [value]
    parts: list[str] = []
    end = 0
    for found in PERCENT.finditer(text):
        place.spend()
        parts.append(text[end : found.start()])
        end = found.end()
        if found["kind"] == "%":
            parts.append("%")
            continue
        if found["key"] is not None:
            one = value[found["key"]]
        elif left:
            one = left.pop(0)
        else:
            raise TypeError("not enough arguments for format string")
        if found["kind"] in "di" and not isinstance(one, int):
            raise TypeError(f"%d format: a number is required, not {described(one)}")
        part = shown(one, "r" if found["kind"] == "r" else "s")
        place.text(len(part))
        parts.append(part)
    parts.append(text[end:])
    if any("%" in part for part in parts[::2]):
        raise UnknownError("a format with a width")
    if left and not isinstance(value, dict):
        raise TypeError("not all arguments converted during string formatting")
    return joined(parts, place)
