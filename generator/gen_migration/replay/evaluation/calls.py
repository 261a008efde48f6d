"""Functions and methods of Python that a revision may call.

Each is written out: no function of Python's is looked up by a name that the revision gives.
"""

from __future__ import annotations

import inspect
import textwrap
from typing import TYPE_CHECKING, Any

from gen_migration.alembic_ops import stubs
from gen_migration.alembic_ops.calls import Call
from gen_migration.alembic_ops.stubs import described
from gen_migration.replay.evaluation.texts import formatted, joined, shown
from gen_migration.replay.evaluation.values import (
    UnknownError,
    is_true,
    items_of,
    weight,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from gen_migration.replay.evaluation.values import Position

# What may be imported: names alone come of it. What is called of them is in `call_reference`.
PACKAGES = frozenset(("alembic", "sqlalchemy"))
LIBRARY = frozenset(
    """
    __future__ collections contextlib dataclasses datetime decimal enum functools inspect
    itertools json logging math os random re string sys textwrap threading time types typing uuid
    warnings
    """.split()
)
# What says or waits, and changes nothing.
SILENT = ("logging.", "time.sleep", "warnings.warn")
# Methods by which SQLAlchemy's objects do something to a database themselves.
DOING = frozenset(("create", "create_all", "drop", "drop_all", "execute"))
TEXTS = {"textwrap.dedent": textwrap.dedent, "inspect.cleandoc": inspect.cleandoc}
MAX_DIGITS = 100


def result(
    function: Any, arguments: list[Any], keywords: dict[str, Any], place: Position
) -> Any:
    """Return what a call gives. Raises UnknownError or Error, and what the function raises."""
    match function:
        case stubs.Helper(name=name, is_class=True):
            return Call(name, tuple(arguments), keywords)
        case stubs.Helper():
            return stubs.Transparent()
        case stubs.Reference():
            return call_reference(function, arguments, keywords, place)
        case stubs.Builtin(name=name):
            return call_builtin(name, arguments, keywords, place)
        case stubs.Method():
            return call_method(function, arguments, keywords, place)
        case Call():
            return function  # see `attribute`
    raise UnknownError(f"a call of {described(function)}")


def call_reference(
    value: stubs.Reference,
    arguments: list[Any],
    keywords: dict[str, Any],
    place: Position,
) -> Any:
    """Return what a call of another package's function gives. Raises UnknownError."""
    path = value.path
    if path.startswith("sqlalchemy."):
        if path.rpartition(".")[2] in DOING:
            raise UnknownError(f"a call of {value.name}")
        if value.name == "sa.quoted_name":
            return quoted(*arguments, **keywords)
        return Call(value.name, tuple(arguments), keywords)
    if path.startswith(SILENT):
        return Call(path)
    if path == "contextlib.nullcontext":
        return stubs.Transparent(arguments[0] if arguments else None)
    if path in TEXTS:
        (text,) = arguments
        place.text(len(as_text(text)))
        return TEXTS[path](text)
    raise UnknownError(f"a call of {path}")


def quoted(value: Any, quote: Any = None) -> Any:
    """Return the name that is quoted. Raises UnknownError for one that PostgreSQL would fold."""
    if quote is False:
        raise UnknownError("a name without its quotes")
    return value


def attribute(value: Any, name: str) -> Any:
    """Return `value.name`. Raises UnknownError.

    Of what SQLAlchemy gives, all that is made is still the same: `sa.update(t).where(t.c.a < 1)`
    is `sa.update`, and what it does to rows is not replayed.
    """
    if name.startswith("__"):
        raise UnknownError(f"{described(value)}.{name}")
    if isinstance(value, stubs.Reference):
        return stubs.Reference(f"{value.path}.{name}")
    if isinstance(value, Call):
        if name in DOING:
            raise UnknownError(f"{value.name}(…).{name}()")
        return value
    methods = METHODS.get(type(value), {})
    if name in methods:
        return stubs.Method(value, name)
    raise UnknownError(f"{described(value)}.{name}")


def call_method(
    method: stubs.Method,
    arguments: list[Any],
    keywords: dict[str, Any],
    place: Position,
) -> Any:
    """Return what a method of a constant gives.

    Raises UnknownError or Error, and what the method itself raises.
    """
    value = method.of
    if method.name == "format":
        return formatted(value, arguments, keywords, place)
    if keywords:
        raise UnknownError(f"keywords of {described(value)}.{method.name}")
    place.spend(weight(value))
    return METHODS[type(value)][method.name](place, value, *arguments)


def as_text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{described(value)} is no text")
    return value


def replaced(place: Position, text: str, old: str, new: str) -> str:
    count = text.count(as_text(old))
    place.text(len(text) + count * len(as_text(new)))
    return text.replace(old, new)


def join(place: Position, between: str, parts: Any) -> str:
    found = [as_text(one) for one in items_of(parts, place)]
    return joined(found, place, between)


def split(place: Position, text: str, between: str | None = None) -> list[str]:
    found = text.split(None if between is None else as_text(between))
    place.spend(len(found))
    return found


def lines(place: Position, text: str) -> list[str]:
    found = text.splitlines()
    place.spend(len(found))
    return found


def plain(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method that takes texts and gives nothing longer than what it takes."""

    def method(_: Position, text: str, *arguments: Any) -> Any:
        return function(text, *(as_text(one) for one in arguments))

    return method


# Those that give nothing longer than what they take.
PLAIN = """
upper lower title capitalize strip lstrip rstrip startswith endswith removeprefix removesuffix
""".split()
METHODS: dict[type, dict[str, Callable[..., Any]]] = {
    str: {
        **{name: plain(getattr(str, name)) for name in PLAIN},
        "format": formatted,
        "join": join,
        "replace": replaced,
        "split": split,
        "splitlines": lines,
    },
    dict: {
        "items": lambda _, value: [tuple(pair) for pair in value.items()],
        "keys": lambda _, value: list(value),
        "values": lambda _, value: list(value.values()),
        "get": lambda _, value, key, default=None: value.get(key, default),
    },
}


def comparable(values: list[Any]) -> list[Any]:
    """Return values that can be put into an order. Raises UnknownError."""
    for one in values:
        if not isinstance(one, str | int | float):
            raise UnknownError(f"the order of {described(one)}")
    return values


def several(place: Position, arguments: tuple[Any, ...]) -> list[Any]:
    """Return what `min(a, b)` or `min([a, b])` are asked for."""
    found = arguments if arguments[1:] else items_of(arguments[0], place)
    return comparable(list(found))


def number(_: Position, value: Any = 0) -> int:
    if isinstance(value, str) and len(value) > MAX_DIGITS:
        raise UnknownError("a number of so many digits")
    if not isinstance(value, str | int | float):
        raise UnknownError(f"the number of {described(value)}")
    return int(value)


def length(place: Position, value: Any) -> int:
    return len(value if isinstance(value, frozenset) else items_of(value, place))


def pairs(place: Position, *values: Any) -> list[tuple[Any, ...]]:
    return list(zip(*(items_of(one, place) for one in values), strict=False))


def numbered(place: Position, value: Any, start: int = 0) -> list[tuple[int, Any]]:
    return list(enumerate(items_of(value, place), number(place, start)))


def unordered(place: Position, value: Any = ()) -> list[Any]:
    """Return what a value holds, also that of a set, whose order is not known."""
    found = list(value) if isinstance(value, frozenset) else items_of(value, place)
    place.spend(weight(found))
    return comparable(found)


BUILTINS: dict[str, Callable[..., Any]] = {
    "print": lambda _, *_values: None,
    "len": length,
    "str": lambda _, value="": shown(value, "s"),
    "int": number,
    "bool": lambda _, value=False: is_true(value),
    "range": lambda place, *given: range(*(number(place, one) for one in given)),
    "list": lambda place, value=(): items_of(value, place),
    "tuple": lambda place, value=(): tuple(items_of(value, place)),
    "set": lambda place, *value: frozenset(unordered(place, *value)),
    "frozenset": lambda place, *value: frozenset(unordered(place, *value)),
    "sorted": lambda place, value: sorted(unordered(place, value)),
    "reversed": lambda place, value: items_of(value, place)[::-1],
    "enumerate": numbered,
    "zip": pairs,
    "min": lambda place, *values: min(several(place, values)),
    "max": lambda place, *values: max(several(place, values)),
    "any": lambda place, value: any(map(is_true, items_of(value, place))),
    "all": lambda place, value: all(map(is_true, items_of(value, place))),
}


def mapping(place: Position, value: Any = ()) -> dict[Any, Any]:
    """Return a dictionary of another, or of pairs. Raises UnknownError."""
    pairs_ = value.items() if isinstance(value, dict) else items_of(value, place)
    return {key(one): item for one, item in pairs_}


def key(value: Any) -> str | int | tuple[Any, ...]:
    """Return the key of a dictionary: a text, a number, or several. Raises UnknownError."""
    if isinstance(value, str | int):
        return value
    if isinstance(value, tuple):
        return tuple(map(key, value))
    raise UnknownError(f"{described(value)} as a key")


# Python's own exceptions, which a revision may raise.
ERRORS = frozenset(
    """
    AssertionError Exception KeyError NotImplementedError RuntimeError SystemExit TypeError
    ValueError
    """.split()
)


def call_builtin(
    name: str, arguments: list[Any], keywords: dict[str, Any], place: Position
) -> Any:
    """Return what a function of Python's own gives. Raises UnknownError, or what it raises."""
    if name == "dict":
        return {**mapping(place, *arguments), **keywords}
    if name in ERRORS:
        return Call(name)
    if keywords and name != "print":
        raise UnknownError(f"keywords of {name}")
    return BUILTINS[name](place, *arguments)
