"""Edits of tables: renamed, swapped, moved, dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edit_tools import keep_statistics, refer_to_table, renamed_key, some_table
from hypothesis import strategies as st
from vocabulary import key, place_and_name, plain_names

if TYPE_CHECKING:
    Document = dict[str, Any]


def rename_table(draw: st.DrawFn, document: dict[str, Any]) -> None:
    name, body = some_table(draw, document)
    bare = draw(plain_names | st.builds("t_{}".format, st.text("xyz", max_size=3)))
    new = place_and_name(name)[0] + key(bare)
    if new not in document["tables"] and "renamed_from" not in body:
        body["renamed_from"] = name
        document["tables"] = renamed_key(document["tables"], name, new)
        refer_to_table(document, {name: new})


def move_table(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Move a table, with the sequences that it owns, to another schema."""
    name, body = some_table(draw, document)
    old, bare = place_and_name(name)
    place = draw(st.sampled_from(["", *(f"{s}." for s in document.get("schemas", ()))]))
    new = place + bare
    if new in document["tables"] or "renamed_from" in body:
        return
    body["renamed_from"] = name
    document["tables"] = renamed_key(document["tables"], name, new)
    refer_to_table(document, {name: new})
    # What it owns moves with it, and is no edit of its own.
    document["sequences"] = {
        place + key_.removeprefix(old)
        if one.get("owned_by", "").startswith(f"{new}.")
        else key_: one
        for key_, one in document.get("sequences", {}).items()
    }


def swap_tables(draw: st.DrawFn, document: dict[str, Any]) -> None:
    names = list(document["tables"])
    if len(names) < 2:
        return
    one, other = names[:2]
    if place_and_name(one)[0] != place_and_name(other)[0] and draw(st.booleans()):
        return
    for name in (one, other):
        if "renamed_from" in document["tables"][name]:
            return
        document["tables"][name]["renamed_from"] = name
    swapped = {one: other, other: one}
    document["tables"] = {
        swapped.get(name, name): body for name, body in document["tables"].items()
    }
    refer_to_table(document, swapped)


def drop_table(draw: st.DrawFn, document: dict[str, Any]) -> None:
    name, _ = some_table(draw, document)
    if len(document["tables"]) == 1:
        return
    del document["tables"][name]
    keep_statistics(document, lambda one: one["table"] != name)
    for body in document["tables"].values():
        keys = body.get("foreign_keys", {})
        body["foreign_keys"] = {
            k: v for k, v in keys.items() if v["references"]["table"] != name
        }
    for sequence in document.get("sequences", {}).values():
        if sequence.get("owned_by", "").startswith(f"{name}."):
            del sequence["owned_by"]


def toggle_unlogged(draw: st.DrawFn, document: dict[str, Any]) -> None:
    # PostgreSQL: a partitioned table cannot be unlogged, nor refer to one that is.
    if any("partition_by" in body for body in document["tables"].values()):
        return
    unlogged = draw(st.booleans())
    for body in document["tables"].values():
        body["unlogged"] = unlogged


EDITS = [rename_table, move_table, swap_tables, drop_table, toggle_unlogged]
