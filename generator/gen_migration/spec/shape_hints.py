"""What to write in the place of a key or a value that a spec cannot have."""

from __future__ import annotations

import re
import typing
from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import nearest, quoted
from gen_migration.base.yaml_scalars import in_quotes, in_yaml
from gen_migration.kinds.shape import Shape, is_text
from gen_migration.postgres.type_names import COMMA
from gen_migration.spec.key_places import place_of_key, shape_at, shapes

if TYPE_CHECKING:
    from collections.abc import Iterable

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

MAPPINGS = {"dict_type", "model_type", "union_tag_not_found", "union_tag_invalid"}
UNSAID = "…"
COMMAS = re.compile(r",(?![^(]*\))")  # those outside of round brackets


def hint_of_kind(detail: ErrorDetails, place: Place, shape: type[Shape]) -> str:
    """Return what to write in the place of a value of the wrong kind."""
    kind, value = detail["type"], detail["input"]
    key = str(detail["loc"][-1]) if detail["loc"] else ""
    if told := hint_of_scalar(detail, place):
        return told
    if kind == "dict_type" and place[-1:] == ("columns",):
        return "write its columns by name: id: {type: bigint, primary_key: true}"
    if NAMES[kind] == "a mapping" and isinstance(value, list):
        return "write what is in it as NAME: VALUE, without dashes or brackets"
    if key == shape_at(detail["loc"], shape).short == "type" and isinstance(
        value, list
    ):
        first = value[0] if value and isinstance(value[0], str) else "integer"
        return f"write {in_yaml(first)}, or {in_yaml(f'{first}[]')} for an array of it"
    if (
        kind == "list_type"
        and isinstance(value, str)
        and INSTEAD.get(key, A_LIST) == A_LIST
    ):
        return f"write a list: [{listed(value)}]"
    if kind in MAPPINGS and key not in INSTEAD and (told := form_told(detail, shape)):
        return told
    return INSTEAD.get(key) or about(detail["loc"], shape)


def hint_of_scalar(detail: ErrorDetails, place: Place) -> str:
    """Return what to write where a text, or true or false, stands; empty where something else."""
    kind, value = detail["type"], detail["input"]
    key = str(detail["loc"][-1]) if detail["loc"] else ""
    if key in DURATIONS:
        return "write a number with its unit: 500ms, 3s, 30min or 2h"
    if place[-1:] == ("not_null",) and isinstance(value, bool):
        return "a column is NOT NULL unless it says nullable: true; this names the constraint"
    if kind == "string_type" and is_scalar(value):
        return f"put it in quotes: {in_quotes(str(value).lower())}"
    if kind == "string_type" and isinstance(value, dict) and key.isdecimal():
        return "where one says more than its name, write all by name: {a: {}, b: {…}}"
    if kind == "bool_type" and isinstance(value, str):
        return "YAML 1.2 knows true and false; yes, no, on and off are text"
    return ""


def form_told(detail: ErrorDetails, shape: type[Shape]) -> str:
    """Return the form of what holds further keys or names; empty where nothing is sure of it."""
    location, value = detail["loc"], detail["input"]
    known = known_at(location, shape)
    if known is not None:
        of = known.annotation
    elif (around := known_at(location[:-1], shape)) is not None:
        of = next(shapes(around.annotation), Any)
    else:
        return ""
    written = form_of(of, listed(value) if isinstance(value, str) else UNSAID)
    if written == UNSAID:
        return keys_told(of)
    if known is None:
        return f"write {written}"
    told = f". {known.about}" if known.about and "NAME" in written else ""
    return f"write {location[-1]}: {written}{told}"


def keys_told(of: Any) -> str:
    """Return the keys of a shape, where they are not too many for a hint."""
    known = [*of.by_word()] if isinstance(of, type) and issubclass(of, Shape) else []
    return "" if known[MOST:] or not known else f"its keys are {', '.join(known)}"


def form_of(annotation: Any, item: str) -> str:
    """Return how a value of a type is written; `item` is that of a list of texts."""
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        known = annotation.by_word()
        needed = [word for word, one in known.items() if one.entry.default is ...]
        if not needed and annotation.short is not None:
            return form_of(known[annotation.short].annotation, item)
        needed = needed or [word for word in known if word == "columns"]
        keys = ", ".join(f"{one}: {UNSAID}" for one in needed)
        return f"{{{keys}}}" if needed else UNSAID
    inner, of = typing.get_args(annotation), typing.get_origin(annotation)
    if of is dict:
        return f"{{NAME: {form_of(inner[1], item)}}}"
    if of is list:
        return f"[{item if is_text(inner[0]) else form_of(inner[0], item)}]"
    if of is typing.Annotated:
        return form_of(inner[0], item)
    # A list of texts is the shortest form.
    lists = [one for one in inner if one == list[str]]
    return form_of([*lists, *inner][0], item) if inner else UNSAID


def listed(text: str) -> str:
    """Return a text with commas as the items of a list of YAML."""
    return ", ".join(in_yaml(one.strip()) for one in COMMAS.split(text))


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
    if key in HINTS:
        return HINTS[key]
    misspelt = [one for one in known if abs(len(one) - len(key)) <= LETTERS]
    if near := nearest(key, misspelt):
        return near
    if "columns" in known and "columns" not in at(document, place[:-1]):
        inside = shape_at((*detail["loc"][:-1], "columns", key), shape)
        if inside.short == "type":  # of a view, they are names
            return f"columns stand under a key of their own: columns: {{{in_yaml(key)}: bigint}}"
    hint = place_of_key(detail["loc"], shape) or nearest(key, known)
    hint = hint or by_a_word(key, known)
    return hint or keys_told(shape_at(detail["loc"], shape)) or KEYS


LETTERS = 2  # that a slip adds or leaves out
MOST = 15  # keys that a hint lists
KEYS = "gen-migration schema prints all keys, and what they are for"


def by_a_word(word: str, known: Iterable[str]) -> str:
    """Return a hint at the one key of which a word is a part, or begins one; else nothing."""
    found = [
        one
        for one in known
        if word in one.split("_") or (len(word) > 2 and one.startswith(word))
    ]
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
    "index": 'write "indexes" at the table: {NAME: [column]}',
    "pk": 'write "primary_key: true"',
    "null": 'write "nullable: true"',
    "required": "a column is NOT NULL unless it says nullable: true",
    "constraints": 'write "uniques", "checks", "foreign_keys" or "excludes"',
    "computed": 'write "generated: {stored: …}"',
    "length": 'the length stands in the type: "varchar(50)"',
    "precision": 'the precision stands in the type: "numeric(10,2)"',
    "scale": 'the scale stands in the type: "numeric(10,2)"',
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


def keys_at(location: tuple[int | str, ...], shape: type[Shape]) -> list[str]:
    return [*shape_at(location, shape).by_word()]


def known_at(location: tuple[int | str, ...], shape: type[Shape]) -> Known | None:
    """Return the key that a location ends with; None where that is no key of a shape."""
    return shape_at(location, shape).by_word().get(str(location[-1]))
