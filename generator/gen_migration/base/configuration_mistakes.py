"""What is wrong with the values of `[tool.gen-migration]`, and how to mend it."""

from __future__ import annotations

import datetime as dt
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    NamedTuple,
    get_args,
    get_origin,
)

import msgspec

from gen_migration.base.errors import choices, nearest, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.base.errors import Place

# A value of each key, as TOML.
EXAMPLES = {
    "specs": '["spec/app.yaml", { path = "spec/b.yaml", output = "migrations" }]',
    "path": '"spec/app.yaml"',
    "output": '"migrations"',
    "config": '"alembic.ini"',
    "models": '"app.db:Base.metadata"',
    "dev-url": '"postgresql://localhost/postgres"',
    "before": '"spec/before.sql"',
    "verify": "true",
    "fail-on": '"danger"',
    "rules": '["schema_rules"]',
    "levels": '{ GM204 = "off" }',
    "level": '"off"',
    "reason": '"the workers stand still during a deploy"',
    "stats": '"spec/stats.yaml"',
    "assume": '{ scan-rate = "200 MB/s", busy-writes = 500 }',
    "scan-rate": '"200 MB/s"',
    "rewrite-rate": '"50 MB/s"',
    "build-rate": '"50 MB/s"',
    "busy-writes": "500",
    "long-wait": "5  # seconds",
    "stats-age": "30  # days",
    "revision-ids": '"numbered"',
}
NOUNS = {str: "text", bool: "true or false", tuple: "a list"}


class Mistake(NamedTuple):
    """A mistake at a path of keys and of places in lists; `key` is one that is unknown there."""

    path: Place
    message: str
    hint: str
    key: str = ""


def mistakes(given: Any, of: Any, path: Place = ()) -> Iterator[Mistake]:
    """Yield what hinders a value of TOML from being of a type."""
    if fits(given, of):
        return
    for one in members(of):
        if isinstance(given, dict) and is_table(one):
            yield from mistakes_of_table(given, one, path)
            return
        if isinstance(given, dict) and get_origin(one) is dict:
            for key, value in given.items():
                yield from mistakes(value, get_args(one)[1], (*path, key))
            return
        if isinstance(given, list) and get_origin(one) is tuple:
            for number, value in enumerate(given):
                yield from mistakes(value, get_args(one)[0], (*path, number))
            return
    yield Mistake(
        path, f"expected {expected(of)}, found {found(given)}", hint(given, of, path)
    )


def mistakes_of_table(
    given: dict[str, Any], of: type[msgspec.Struct], path: Place
) -> Iterator[Mistake]:
    known = {one.encode_name: one for one in msgspec.structs.fields(of)}
    for key, value in given.items():
        if key in known:
            yield from mistakes(value, known[key].type, (*path, key))
        else:
            near = nearest(key, known) or f"its keys are {', '.join(known)}"
            yield Mistake(path, f"unknown key {quoted(key)}", near, key)
    for key, one in known.items():
        if one.required and key not in given:
            yield Mistake(
                path, f"missing key {quoted(key)}", f"add {key} = {EXAMPLES[key]}"
            )


def fits(given: Any, of: Any) -> bool:
    try:
        msgspec.convert(given, of)
    except msgspec.ValidationError:
        return False
    return True


def members(of: Any) -> tuple[Any, ...]:
    """Return the types that a union is of; any other type alone."""
    is_one = isinstance(of, type) or get_origin(of) in {Annotated, Literal, dict, tuple}
    return (of,) if is_one else get_args(of)


def words(of: Any) -> list[str]:
    """Return the words that a type has for its values."""
    known = (one for one in members(of) if get_origin(one) is Literal)
    return [word for one in known for word in get_args(one) if word]


def is_table(of: Any) -> bool:
    return isinstance(of, type) and issubclass(of, msgspec.Struct)


def expected(of: Any) -> str:
    """Return a type in words."""
    if get_origin(of) is Literal:
        return choices(words(of))
    if get_origin(of) is Annotated:
        return str(get_args(of)[1].title)
    if members(of)[1:]:
        return " or ".join(map(expected, members(of)))
    return NOUNS.get(get_origin(of) or of, "a table")


def found(given: Any) -> str:
    """Return a value of TOML in words."""
    if isinstance(given, str):
        return f"the text {quoted(given)}" if given else "an empty text"
    if isinstance(given, bool):
        return str(given).lower()
    if isinstance(given, int | float):
        return f"the number {given}"
    if isinstance(given, dt.date | dt.time):
        return f"the time {given}"
    return "a list" if isinstance(given, list) else "a table"


def hint(given: Any, of: Any, path: Place) -> str:
    """Return how to mend a value that is not of its type."""
    if isinstance(given, str) and (near := nearest(given, words(of))):
        return near
    if path[0] == "levels" and len(path) == 2:
        return (
            f"such as {path[1]} = {EXAMPLES['level']}, or {{ level = …, reason = … }}"
        )
    key = [str(one) for one in path if one in EXAMPLES][-1]
    return f"such as {key} = {EXAMPLES[key]}"
