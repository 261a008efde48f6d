"""Edits of random documents of superusers: what names an object, finds it by its name."""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any

from gen_migration.diff.columns import Refusal
from hypothesis import strategies as st
from strategies_of_superusers import superuser_documents
from vocabulary import nonempty

if TYPE_CHECKING:
    from collections.abc import Iterator

    from strategies_of_superusers import Document
    from transitions import Pair, Transition

# What a value may hold by names of its own.
PARTS = ("columns", "indexes", "checks", "attributes")
# What gets no other name.
STAYS = ("casts", "transforms", "statements", "access_methods", "range_types")
# What is in no schema.
DATABASE = ("event_triggers", "subscriptions", "languages", *STAYS)


def objects(document: Document) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield all objects and their parts, each with the section that it is in and its key."""
    for section, held in document.items():
        if isinstance(held, dict) and section != "schemas":
            for key, value in list(held.items()):
                yield section, held, key
                for part in PARTS if isinstance(value, dict) else ():
                    inside = value.get(part, {})
                    for one in list(inside) if isinstance(inside, dict) else ():
                        yield part, inside, one


def own_name(key: str) -> str:
    """Return the name that a key says, without types or an access method."""
    return key.partition("(")[0].partition(" using ")[0]


def bare(name: str) -> str:
    return name.removeprefix("s.").removeprefix("r.")


def is_sign(name: str) -> bool:
    return not bare(name).isalnum()


def pattern(name: str) -> re.Pattern[str]:
    """Return what finds a name in texts; that of a multirange is its range's, with an s."""
    token = re.escape(bare(name))
    if is_sign(name):
        return re.compile(rf"(?:\b[sr]\.)?{token}")
    return re.compile(rf"(?<![\w.])(?:[sr]\.)?{token}(?=s?\b)")


def dropped(document: Document, gone: str) -> None:
    """Drop an object, with all that names it, and all that names that."""
    waiting = [gone]
    while waiting:
        find = pattern(waiting.pop())
        for section, held, key in list(objects(document)):
            if key not in held:
                continue
            here = f"{key} {json.dumps(said(held[key]))}"
            if find.search(here):
                del held[key]
                if section not in ("casts", "transforms"):
                    waiting.append(own_name(key))
    for section in [one for one in document if not document[one] and one != "tables"]:
        del document[section]


def said(value: Any) -> Any:
    """Return what an object says itself, without its parts."""
    if not isinstance(value, dict):
        return value
    return {
        key: one
        for key, one in value.items()
        if not (key in PARTS and isinstance(one, dict))
    }


def named(document: Document) -> list[str]:
    """Return the names of the objects that have one of their own."""
    return [
        own_name(key)
        for section, _, key in objects(document)
        if section not in ("casts", "transforms", "attributes", "tables", "columns")
    ]


def drop(draw: st.DrawFn, document: Document) -> None:
    """Drop an object, with all that stands on it."""
    if names := named(document):
        dropped(document, draw(st.sampled_from(names)))


def rename(draw: st.DrawFn, document: Document) -> None:
    """Give an object another name, or move it to another schema, with all that names it."""
    found = [
        (section, own_name(key))
        for section, _, key in objects(document)
        if section not in STAYS and section != "attributes"
    ]
    if not found:
        return
    section, name = draw(st.sampled_from(found))
    is_moved = section not in PARTS and section not in DATABASE
    place = draw(st.sampled_from(["", "s.", "r."])) if is_moved else ""
    is_kept = is_sign(name) or draw(st.booleans())
    token = bare(name) if is_kept else f"n{bare(name)}"
    text = pattern(name).sub(place + token, json.dumps(document))
    document.clear()
    document.update(json.loads(text))


def change(draw: st.DrawFn, document: Document) -> None:
    """Change one property of each of some objects."""
    for section, held, key in objects(document):
        if draw(st.integers(0, 4)):
            continue
        value = held[key]
        options = CHANGES.get(section, {})
        if options and isinstance(value, dict):
            word = draw(st.sampled_from(list(options)))
            value[word] = draw(st.sampled_from(options[word]))
            if word == "inout":
                value.pop("function", None)
        if isinstance(value, dict) and section not in {"statements", *PARTS}:
            value["comment"] = draw(nonempty)
    of_types: dict[str, Document] = {}
    for one in document.get("operator_classes", {}).values():
        # A type has one default.
        if one.get("default") and of_types.setdefault(one["type"], one) is not one:
            one["default"] = False


CHANGES: dict[str, dict[str, list[Any]]] = {
    "base_types": {
        "storage": ["plain", "extended", "main"],
        "category": ["S", "U", "X"],
        "delimiter": [",", ";"],
        "default": ["a", "b"],
    },
    "functions": {"cost": [5, 10], "parallel": ["safe", "restricted"]},
    "operators": {"restrict": ["eqsel", "neqsel"], "join": ["eqjoinsel"]},
    "operator_classes": {"default": [True, False]},
    "casts": {"context": ["explicit", "assignment"], "inout": [True]},
    "languages": {"trusted": [True, False], "validator": ["plpgsql_validator"]},
    "event_triggers": {
        "state": ["disabled", "always", "replica"],
        "event": ["ddl_command_end", "sql_drop"],
    },
    "subscriptions": {
        "binary": [True],
        "slot_name": ["none", "other"],
        "publications": [["q"], ["p", "q"]],
    },
    "conversions": {"default": [True, False]},
    "enums": {"values": [["a", "b", "c", "d"], ["a", "new", "b", "c"]]},
}


def add_attribute(draw: st.DrawFn, document: Document) -> None:
    """Give a composite type one more attribute."""
    for value in document.get("composite_types", {}).values():
        value["attributes"] = {
            **value["attributes"],
            "more": draw(st.sampled_from(["integer", "text"])),
        }
        return


EDITS = [drop, rename, rename, change, change, add_attribute]


def origin(key: str) -> tuple[str, ...]:
    """Return what no edit changes of a key."""
    name = bare(own_name(key))
    return (
        name if is_sign(name) else re.sub(r"\D", "", name),
        *key.partition(" using ")[1:],
    )


def with_origins(old: Document, new: Document) -> None:
    """Say of each object of a document which one of the old it was."""
    before = {
        (section, *origin(key)): own_name(key) for section, _, key in objects(old)
    }
    for section, held, key in objects(new):
        was = before.get((section, *origin(key)))
        if section in STAYS or was in (None, own_name(key)):
            continue
        if section in SHORT:
            held[key] = {SHORT[section]: held[key]}
        held[key]["renamed_from"] = was


SHORT = {"checks": "expression", "indexes": "columns", "attributes": "type"}


@st.composite
def superuser_pairs(draw: st.DrawFn) -> Pair:
    """Return two documents: parts of the same one, the second after some edits."""
    whole = draw(superuser_documents())
    old, new = copy.deepcopy(whole), copy.deepcopy(whole)
    for _ in range(draw(st.integers(0, 2))):
        drop(draw, old)
    for _ in range(draw(st.integers(1, 4))):
        draw(st.sampled_from(EDITS))(draw, new)
    with_origins(old, new)
    return old, new, False


def is_refused(found: Transition) -> bool:
    """Tell whether PostgreSQL cannot do an edit, as users are told."""
    return any(isinstance(one, Refusal) for one in found.plan.questions)
