"""Values as Python source: the one way by which the text of a spec enters a revision."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from gen_migration.base.data_class import dataclass


@dataclass(frozen=True, slots=True)
class Call:
    """A call, such as `sa.String(50)`; `name` is ours, the arguments are values or calls."""

    name: str
    arguments: tuple[Any, ...] = ()
    keywords: Mapping[str, Any] = field(default_factory=dict)


class Lines(str):
    """A text that is written as a literal for each of its lines, or parts of a long one."""

    __slots__ = ()


def call(name: str, /, *arguments: Any, **keywords: Any) -> Call:
    """Return a call; keywords keep their order."""
    return Call(name, arguments, keywords)


def said(**options: Any) -> dict[str, Any]:
    """Return keywords without those that say nothing: none of ours is written to be off."""
    return {key: value for key, value in options.items() if value}


def source(value: Any, modules: set[str]) -> str:
    """Return the Python expression that evaluates to a value.

    Takes None, bool, int, str, tuples, lists, mappings and calls of these; the modules and
    names whose calls it writes (`sa`, `postgresql`) are added to `modules`.
    Raises TypeError for anything else.
    """
    if type(value) is str:
        return string(value)
    if isinstance(value, Call):
        modules.add(value.name.partition(".")[0])
        parts = [source(one, modules) for one in value.arguments]
        for key, item in value.keywords.items():
            parts.append(f"{key}={source(item, modules)}")
        return f"{value.name}({', '.join(parts)})"
    if isinstance(value, Lines):
        lines = string_lines(value)
        return f"({lines})" if "\n" in lines else lines
    if value is None or isinstance(value, bool | int):
        return repr(value)
    if isinstance(value, list):
        return f"[{', '.join([source(item, modules) for item in value])}]"
    if isinstance(value, tuple):
        inside = ", ".join([source(item, modules) for item in value])
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    if isinstance(value, Mapping):
        pairs = [
            f"{source(key, modules)}: {source(item, modules)}"
            for key, item in value.items()
        ]
        return f"{{{', '.join(pairs)}}}"
    raise TypeError(f"no Python source for {type(value).__name__}")


def string(text: str) -> str:
    """Return a string literal, in the quotes that ruff prefers."""
    if text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return ascii_controls(repr(text))


def ascii_controls(literal: str) -> str:
    """Escape what `repr` shows as it is, but a reviewer could not see: bidirectional marks."""
    return "".join(
        character if character.isprintable() else ascii(character)[1:-1]
        for character in literal
    )


def docstring(text: str) -> str:
    """Return a docstring that evaluates to `text`; its last line is the closing quotes' own."""
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    visible = "".join(
        character
        if character == "\n" or character.isprintable()
        else ascii(character)[1:-1]
        for character in escaped
    )
    literal = f'"""{visible}"""'
    assert ast.literal_eval(literal) == text  # noqa: S101 - a defect, never the user's mistake
    return literal


LINE = 72  # characters of SQL, so that an indented line of it stays within a margin


def string_lines(text: str) -> str:
    """Return a string as adjacent literals, one for each of its lines or parts of a long one."""
    pieces = []
    for line in text.splitlines(keepends=True):
        rest = line
        while len(rest) > LINE and (cut := rest.rfind(" ", 1, LINE) + 1):
            pieces.append(rest[:cut])
            rest = rest[cut:]
        pieces.append(rest)
    return "\n".join(map(string, pieces)) or '""'
