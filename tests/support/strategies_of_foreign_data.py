"""Random foreign data wrappers, servers and tables for specs, and edits of them.

They are for offline laws alone: only a superuser makes a wrapper.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from edit_tools import fresh, renamed_key
from hypothesis import strategies as st
from vocabulary import key, names, nonempty, place_and_name, texts

if TYPE_CHECKING:
    from collections.abc import Callable

WRAPPERS, SERVERS, TABLES = "foreign_data_wrappers", "foreign_servers", "foreign_tables"
TYPES = ["text", "integer", "varchar(20)", "timestamptz", "text[]"]
secrets = st.sampled_from(["ONE", "TWO"]).map(lambda name: {"env": name})
values = texts.filter(lambda text: not text.startswith("{env: ")) | st.booleans()
options: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {}, optional={"host": values | secrets, "Odd one": values, "password": secrets}
)


@st.composite
def columns(draw: st.DrawFn) -> dict[str, Any]:
    """Return a column of a foreign table."""
    one: dict[str, Any] = {"type": draw(st.sampled_from(TYPES))}
    for name, held in (("nullable", st.just(value=True)), ("options", options)):
        if draw(st.booleans()):
            one[name] = draw(held)
    if one["type"] == "text" and draw(st.booleans()):
        one["default"] = draw(texts)
    if draw(st.booleans()):
        one["comment"] = draw(nonempty)
    return one


def add_foreign_data(
    draw: st.DrawFn,
    document: dict[str, Any],
    fresh_name: Callable[[], str],
    places: st.SearchStrategy[str],
) -> None:
    """Add a wrapper to a document, with servers and a table."""
    if draw(st.integers(0, 3)):
        return
    wrapper, server = fresh_name(), fresh_name()
    document[WRAPPERS] = {wrapper: {"options": draw(options)}}
    users = st.sampled_from(["public", "app", "Mixed"])
    document[SERVERS] = {
        server: {
            "wrapper": wrapper,
            "options": draw(options),
            "user_mappings": draw(st.dictionaries(users, options, max_size=2)),
        }
    }
    if draw(st.booleans()):
        table: dict[str, Any] = {"server": server, "options": draw(options)}
        table["columns"] = draw(st.dictionaries(names, columns(), max_size=3))
        if draw(st.booleans()):
            table["comment"] = draw(nonempty)
        document[TABLES] = {draw(places) + key(fresh_name()): table}


def change_server(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Give servers other options, another version, or another type: they are made anew."""
    for one in document.get(SERVERS, {}).values():
        one["options"] = draw(options)
        one["user_mappings"] = {"public": draw(options)}
        one["version"] = draw(nonempty)
        if draw(st.booleans()):
            one["type"] = draw(nonempty)


def change_table(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Give foreign tables other columns and options."""
    for one in document.get(TABLES, {}).values():
        one["options"] = draw(options)
        kept = {
            key: held for key, held in one["columns"].items() if draw(st.booleans())
        }
        one["columns"] = kept | draw(st.dictionaries(names, columns(), max_size=2))


def rename_foreign(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Give a server or a table another name."""
    section = draw(st.sampled_from([SERVERS, TABLES]))
    for name, one in list(document.get(section, {}).items()):
        place = place_and_name(name)[0] if section == TABLES else ""
        new = place + fresh(draw)
        if "renamed_from" in one or new in document[section]:
            continue
        document[section] = renamed_key(document[section], name, new)
        document[section][new]["renamed_from"] = name
        for table in document.get(TABLES, {}).values():
            if section == SERVERS and table["server"] == name:
                table["server"] = new


def drop_foreign(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Drop foreign tables, and their servers with them or not."""
    document.pop(TABLES, None)
    if draw(st.booleans()):
        document.pop(SERVERS, None)
        document.pop(WRAPPERS, None)


EDITS = [change_server, change_table, rename_foreign, drop_foreign]


@st.composite
def foreign_documents(draw: st.DrawFn) -> dict[str, Any]:
    """Return a spec with foreign data and a table beside it."""
    taken = iter(range(100))
    document: dict[str, Any] = {"name": "random", "schemas": {"s": {}}}
    document["tables"] = {"t": {"columns": {"a": {"type": "integer"}}}}
    while SERVERS not in document:
        places = st.sampled_from(["", "s."])
        add_foreign_data(draw, document, lambda: f"o{next(taken)}", places)
    return document


@st.composite
def foreign_pairs(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any], bool]:
    """Return two specs, of which the second is the first after one to three edits."""
    old = draw(foreign_documents())
    new = copy.deepcopy(old)
    for _ in range(draw(st.integers(1, 3))):
        draw(st.sampled_from(EDITS))(draw, new)
    return old, new, False
