"""Random configurations and dictionaries of text search for specs, and edits of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edit_tools import fresh, renamed_key
from gen_migration.postgres.names import last_two, split_name
from hypothesis import strategies as st
from vocabulary import key, nonempty, place_and_name

if TYPE_CHECKING:
    from collections.abc import Callable

DICTIONARIES, CONFIGURATIONS = "text_search_dictionaries", "text_search_configurations"
TOKENS = ["word", "asciiword", "hword, int", "blank"]
OWN = ["simple", "english_stem"]
dictionary_bodies: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"template": "simple", "options": {"accept": False}},
        {"template": "simple", "options": {"stopwords": "english", "accept": True}},
        {"template": "snowball", "options": {"language": "english"}},
        {"template": "simple"},
    ]
)


def mappings(draw: st.DrawFn, dictionaries: list[str]) -> dict[str, Any]:
    """Return what a configuration maps."""
    lists = st.lists(
        st.sampled_from([*OWN, *dictionaries]), min_size=1, max_size=3, unique=True
    )
    found: dict[str, Any] = draw(
        st.dictionaries(st.sampled_from(TOKENS), lists, max_size=3)
    )
    return found


def add_text_search(
    draw: st.DrawFn,
    document: dict[str, Any],
    fresh_name: Callable[[], str],
    places: st.SearchStrategy[str],
) -> None:
    """Add dictionaries and a configuration to a document, and a column that names it."""
    if draw(st.integers(0, 3)):
        return
    dictionaries = {
        draw(places) + key(fresh_name()): dict(draw(dictionary_bodies))
        for _ in range(draw(st.integers(0, 2)))
    }
    if dictionaries:
        document[DICTIONARIES] = dictionaries
    one: dict[str, Any] = {"mappings": mappings(draw, [*dictionaries])}
    if draw(st.booleans()):
        one["copy"] = draw(st.sampled_from(["simple", "english"]))
    if draw(st.booleans()):
        one["comment"] = draw(nonempty)
    name = draw(places) + key(fresh_name())
    document[CONFIGURATIONS] = {name: one}
    if draw(st.booleans()):
        body = draw(st.sampled_from(list(document["tables"].values())))
        body["columns"].setdefault(fresh_name(), naming(name))


def naming(configuration: str) -> dict[str, Any]:
    """Return a column whose default is the name of a configuration."""
    default = last_two(split_name(configuration)).sql
    return {"type": "regconfig", "nullable": True, "default": default}


def change_mappings(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Map other tokens, or to other dictionaries."""
    for one in document.get(CONFIGURATIONS, {}).values():
        one["mappings"] = mappings(draw, [*document.get(DICTIONARIES, ())])


def change_dictionary(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Give dictionaries other options, or another template: they are made anew."""
    for one in document.get(DICTIONARIES, {}).values():
        one.pop("options", None)
        one.update(draw(dictionary_bodies))
        one["comment"] = draw(nonempty)


def rename_configuration(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Rename a configuration; the columns that name it follow."""
    for name, one in list(document.get(CONFIGURATIONS, {}).items()):
        if "renamed_from" in one:
            continue
        new = place_and_name(name)[0] + fresh(draw)
        document[CONFIGURATIONS] = {new: {**one, "renamed_from": name}}
        for body in document["tables"].values():
            for column in body["columns"].values():
                if column["type"] == "regconfig" and "default" in column:
                    column["default"] = last_two(split_name(new)).sql


def rename_dictionary(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Rename a dictionary; the configurations that map to it follow."""
    for name, one in list(document.get(DICTIONARIES, {}).items()):
        new = place_and_name(name)[0] + fresh(draw)
        if "renamed_from" in one or new in document[DICTIONARIES]:
            continue
        document[DICTIONARIES] = renamed_key(document[DICTIONARIES], name, new)
        document[DICTIONARIES][new]["renamed_from"] = name
        for each in document.get(CONFIGURATIONS, {}).values():
            each["mappings"] = {
                token: [new if held == name else held for held in found]
                for token, found in each["mappings"].items()
            }


def drop_dictionary(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Drop a dictionary; what is mapped to it is mapped to one of PostgreSQL's own."""
    held = document.get(DICTIONARIES)
    if not held:
        return
    gone = {draw(st.sampled_from([*held]))}
    document[DICTIONARIES] = {
        name: one for name, one in held.items() if name not in gone
    }
    for one in document.get(CONFIGURATIONS, {}).values():
        one["mappings"] = {
            token: [name for name in found if name not in gone] or ["simple"]
            for token, found in one["mappings"].items()
        }


EDITS = [
    change_mappings,
    change_dictionary,
    rename_configuration,
    rename_dictionary,
    drop_dictionary,
]
