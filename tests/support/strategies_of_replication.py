"""Random publications for specs, and edits of them.

They send no UPDATE and no DELETE: rows of a table without a replica identity could not be changed.
"""

from __future__ import annotations

from typing import Any

from edit_tools import fresh, renamed_key
from hypothesis import strategies as st
from strategies_of_views import renames
from vocabulary import names, nonempty, quoted

Document = dict[str, Any]
# Those of which columns may be in a row filter (user-defined ones may not).
PLAIN = frozenset(("uuid", "text", "integer", "bigint", "timestamptz", "jsonb"))
ACTIONS = st.lists(st.sampled_from(["insert", "truncate"]), max_size=2, unique=True)


def able(document: Document) -> list[str]:
    """Return the tables that can be published."""
    return [
        name for name, body in document["tables"].items() if not body.get("unlogged")
    ]


def plain(body: Document) -> list[str]:
    """Return the columns that a list or a row filter may name."""
    return [
        name
        for name, one in body["columns"].items()
        if one["type"] in PLAIN and "generated" not in one
    ]


@st.composite
def published(draw: st.DrawFn, document: Document, name: str) -> Document:
    """Return what is published of a table."""
    columns = plain(document["tables"][name])
    result: Document = {}
    if document["postgresql"] < 15 or not columns:
        return result
    if draw(st.booleans()):
        listed = st.lists(st.sampled_from(columns), min_size=1, unique=True)
        result["columns"] = draw(listed)
    if draw(st.booleans()):
        one = draw(st.sampled_from(columns))
        result["where"] = f"{quoted(one)} IS NOT NULL"
    return result


@st.composite
def publications(draw: st.DrawFn, document: Document) -> Document:
    """Return a publication of some tables of a document."""
    some = st.lists(st.sampled_from(able(document) or [""]), max_size=3, unique=True)
    tables = {one: draw(published(document, one)) for one in draw(some) if one}
    result: Document = {"tables": tables, "publish": draw(ACTIONS)}
    # PostgreSQL: what is said of a partitioned table, is said of its rows as those of the table.
    if any(tables.values()) or draw(st.booleans()):
        result["publish_via_partition_root"] = True
    if draw(st.booleans()):
        result["comment"] = draw(nonempty)
    return result


def add_publications(draw: st.DrawFn, document: Document) -> None:
    for name in draw(st.lists(names, max_size=2, unique=True)):
        held = document.setdefault("publications", {})
        held[name] = draw(publications(document))


def change_publication(draw: st.DrawFn, document: Document) -> None:
    """Publish other tables, other columns and rows, or other changes; or nothing any more."""
    for name, one in list(document.get("publications", {}).items()):
        new = draw(publications(document))
        match draw(st.sampled_from(["publish", "all", "gone"])):
            case "gone":
                del document["publications"][name]
            case "all":
                document["publications"][name] = new
            case key:
                one[key] = new[key]


def rename_publication(draw: st.DrawFn, document: Document) -> None:
    for name, one in list(document.get("publications", {}).items()):
        new = fresh(draw)
        if "renamed_from" not in one and new not in document["publications"]:
            held = renamed_key(document["publications"], name, new)
            held[new]["renamed_from"] = name
            document["publications"] = held


def fit(before: Document, document: Document) -> None:
    """Let publications follow what an edit has renamed, and leave what is gone."""
    tables = renames(before["tables"], document["tables"])
    for one in document.get("publications", {}).values():
        found = {}
        for old, said in one["tables"].items():
            name = tables.get(old, old)
            if name not in able(document):
                continue
            body = document["tables"][name]
            columns = {}
            if old in before["tables"]:
                held = before["tables"][old]["columns"]
                columns = renames(held, body["columns"])
            found[name] = followed(said, columns, plain(body))
        one["tables"] = found


def followed(said: Document, columns: dict[str, str], present: list[str]) -> Document:
    """Return what is published after renames of columns, of those that are there."""
    result: Document = {}
    listed = [columns.get(one, one) for one in said.get("columns", ())]
    if kept := [one for one in listed if one in present]:
        result["columns"] = kept
    for one in present:
        olds = [old for old, new in columns.items() if new == one] or [one]
        if said.get("where") in [f"{quoted(old)} IS NOT NULL" for old in olds]:
            result["where"] = f"{quoted(one)} IS NOT NULL"
    return result


EDITS = [change_publication, rename_publication]
