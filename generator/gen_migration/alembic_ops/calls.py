"""Values as Python source: the one way by which the text of a spec enters a revision."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self


@dataclass(frozen=True, slots=True)
class Call:
    """A call, such as `sa.String(50)`; `name` is ours, the arguments are values or calls."""

    name: str
    arguments: tuple[Any, ...] = ()
    keywords: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shared(Call):
    """A call that stands in many places, with its source, and the modules that this uses."""

    source: str = ""
    modules: frozenset[str] = frozenset()


def shared(value: Call) -> Shared:
    """Return a call with its source."""
    modules: set[str] = set()
    text = source(value, modules)
    return Shared(value.name, value.arguments, value.keywords, text, frozenset(modules))


class Lines(str):
    """A text that is written as a literal for each of its lines, or parts of a long one."""

    __slots__ = ()


class Word(str):
    """A name of the program's own, such as that of a variable, which is written as it is."""

    __slots__ = ()


class Directed(str):
    """A statement of SQL, with the directive of Alembic's that writes it and nothing else."""

    __slots__ = ("directive",)
    directive: Call

    def __new__(cls, sql: str, directive: Call) -> Self:
        """Return the statement, which a revision has as its directive."""
        found = super().__new__(cls, sql)
        found.directive = directive
        return found


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
    return WRITERS[type(value)](value, modules)


def of_call(value: Call, modules: set[str]) -> str:
    modules.add(value.name.partition(".")[0])
    parts = [WRITERS[type(one)](one, modules) for one in value.arguments]
    for key, item in value.keywords.items():
        parts.append(f"{key}={WRITERS[type(item)](item, modules)}")
    return f"{value.name}({', '.join(parts)})"


def of_shared(value: Shared, modules: set[str]) -> str:
    modules.update(value.modules)
    return value.source


def of_list(value: list[Any], modules: set[str]) -> str:
    return f"[{', '.join([source(item, modules) for item in value])}]"


def of_tuple(value: tuple[Any, ...], modules: set[str]) -> str:
    inside = ", ".join([source(item, modules) for item in value])
    return f"({inside},)" if len(value) == 1 else f"({inside})"


def of_mapping(value: Mapping[Any, Any], modules: set[str]) -> str:
    pairs = [
        f"{source(key, modules)}: {source(item, modules)}"
        for key, item in value.items()
    ]
    return f"{{{', '.join(pairs)}}}"


def of_lines(value: Lines, _: set[str]) -> str:
    lines = string_lines(value, DEEP_LINE)
    return f"({lines})" if "\n" in lines else lines


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
DEEP_LINE = 62  # of a text in a list that is an argument


def string_lines(text: str, longest: int = LINE) -> str:
    """Return a string as adjacent literals, one for each of its lines or parts of a long one."""
    pieces = []
    for line in text.splitlines(keepends=True):
        rest = line
        while len(rest) > longest and (cut := rest.rfind(" ", 1, longest) + 1):
            pieces.append(rest[:cut])
            rest = rest[cut:]
        pieces.append(rest)
    return "\n".join(map(string, pieces)) or '""'


class Writers(dict[type, "Callable[[Any, set[str]], str]"]):
    """What makes Python of the values of a class."""

    def __missing__(self, kind: type) -> Callable[[Any, set[str]], str]:
        # A class of one's own, such as a frozen mapping.
        of = next((one for one in self if issubclass(kind, one)), None)
        if of is None:
            raise TypeError(f"no Python source for {kind.__name__}")
        return self.setdefault(kind, self[of])


WRITERS = Writers(
    {
        Call: of_call,
        Shared: of_shared,
        Lines: of_lines,
        Word: lambda value, _: str(value),
        Directed: lambda value, modules: of_call(value.directive, modules),
        type(None): lambda value, _: repr(value),
        bool: lambda value, _: repr(value),
        int: lambda value, _: repr(value),
        list: of_list,
        tuple: of_tuple,
        Mapping: of_mapping,
        str: lambda value, _: string(value),
    }
)
