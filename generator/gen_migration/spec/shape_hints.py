"""What to write in the place of a key or a value that a spec cannot have."""

from __future__ import annotations

import typing
from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import in_yaml, nearest, quoted
from gen_migration.kinds.shape import Shape
from gen_migration.postgres.type_names import COMMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic_core import ErrorDetails

    from gen_migration.base.errors import Place
    from gen_migration.kinds.shape import Known

# What a value is to be, by Pydantic's word for one that is something else.
NAMES = {
    "string_type": "text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "is_instance_of": "a number",  # a Decimal
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "union_tag_not_found": "a mapping or a list",
    "union_tag_invalid": "a mapping or a list",
}


def hint_of_kind(detail: ErrorDetails, place: Place, shape: type[Shape]) -> str:
    """Return what to write in the place of a value of the wrong kind."""
    kind, value = detail["type"], detail["input"]
    key = str(detail["loc"][-1]) if detail["loc"] else ""
    if key in DURATIONS:
        return "write a number with its unit: 500ms, 3s, 30min or 2h"
    if place[-1:] == ("not_null",) and isinstance(value, bool):
        return "a column is NOT NULL unless it says nullable: true; this names the constraint"
    if kind == "string_type" and is_scalar(value):
        return f"put it in quotes: {in_yaml(str(value).lower())}"
    if kind == "bool_type" and isinstance(value, str):
        return "YAML 1.2 knows true and false; yes, no, on and off are text"
    if kind == "dict_type" and place[-1:] == ("columns",):
        return "write its columns by name: id: {type: bigint, primary_key: true}"
    if NAMES[kind] == "a mapping" and isinstance(value, list):
        return "write what is in it as NAME: VALUE, without dashes or brackets"
    if key == shape_at(detail["loc"], shape).short == "type" and isinstance(
        value, list
    ):
        first = value[0] if value and isinstance(value[0], str) else "integer"
        return f"write {first}, or {first}[] for an array of it"
    if (
        kind == "list_type"
        and isinstance(value, str)
        and INSTEAD.get(key, A_LIST) == A_LIST
    ):
        return f"write a list: [{value}]"
    if (
        kind == "model_type"
        and key not in INSTEAD
        and (told := keys_told(detail, shape))
    ):
        return told
    return INSTEAD.get(key) or about(detail["loc"], shape)


def keys_told(detail: ErrorDetails, shape: type[Shape]) -> str:
    """Return what a mapping has to have, where it has to have something."""
    inside = shape_at((*detail["loc"], ""), shape).by_word()
    needed = [word for word, one in inside.items() if one.entry.default is ...]
    return f"write {{{', '.join(f'{one}: …' for one in needed)}}}" if needed else ""


def about(location: tuple[int | str, ...], shape: type[Shape]) -> str:
    """Return what the key of a value is for, or the key that holds what has no key of its own."""
    for end in range(len(location), 0, -1):
        if (known := known_at(location[:end], shape)) is not None and known.about:
            return f"{location[end - 1]}: {known.about}"
    return ""


def hint_of_key(
    detail: ErrorDetails, place: Place, document: Any, shape: type[Shape]
) -> str:
    """Return what to write in the place of a key that is unknown."""
    key = str(detail["loc"][-1])
    known = keys_at(detail["loc"], shape)
    if ")" in key and "(" not in key:
        return COMMA
    hint = HINTS.get(key) or nearest(key, known) or by_a_word(key, known)
    if not hint and "columns" in known and "columns" not in at(document, place[:-1]):
        inside = shape_at((*detail["loc"][:-1], "columns", key), shape)
        if inside.short == "type":  # of a view, they are names
            hint = f"columns stand under a key of their own: columns: {{{key}: bigint}}"
    return hint or "its keys are " + ", ".join(known)


def by_a_word(word: str, known: Iterable[str]) -> str:
    """Return a hint at the one key of which a word is a part, or an empty string."""
    found = [one for one in known if word in one.split("_")]
    return f"did you mean {quoted(found[0])}?" if len(found) == 1 else ""


def at(document: Any, place: Place) -> Any:
    """Return what is at a place of a document."""
    for part in place:
        document = document[part]
    return document


def is_scalar(value: Any) -> bool:
    return value is not None and not isinstance(value, dict | list)


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
A_LIST = "write a list: [a, b]"
INSTEAD = {
    "generated": "write {stored: …}, or on PostgreSQL 18 {virtual: …}",
    "elements": 'write a list: ["room with =", "during with &&"]',
    "columns": A_LIST,
    "partition_by": "write {range: [created_at]}",
    "include": A_LIST,
}
# The same where words are what is expected.
WORDS = {
    "bound": "write {from: 2026-01-01, to: 2027-01-01}, {in: [a, b]}, {modulus: 4, remainder: 0}"
    " or default",
}


def shapes(annotation: Any) -> Iterator[type[Shape]]:
    """Yield the shapes that a key's annotation names."""
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        yield annotation
    for argument in typing.get_args(annotation):
        yield from shapes(argument)


def shape_at(location: tuple[int | str, ...], shape: type[Shape]) -> type[Shape]:
    """Return the shape that holds the last key of one of pydantic-core's locations.

    `shape` is that of the document.
    """
    for part in location[:-1]:
        if (known := shape.by_word().get(str(part))) is not None:
            shape = next(shapes(known.annotation), shape)
    return shape


def keys_at(location: tuple[int | str, ...], shape: type[Shape]) -> list[str]:
    return [*shape_at(location, shape).by_word()]


def known_at(location: tuple[int | str, ...], shape: type[Shape]) -> Known | None:
    """Return the key that a location ends with; None where that is no key of a shape."""
    return shape_at(location, shape).by_word().get(str(location[-1]))
