"""Edits of constraints and indexes."""

from __future__ import annotations

from typing import Any

from edit_tools import fresh, renamed_key, some_table, with_partitions
from hypothesis import strategies as st
from vocabulary import SORTABLE, nonempty

KINDS = ["uniques", "checks", "foreign_keys", "excludes", "indexes"]


def change_constraints(draw: st.DrawFn, document: dict[str, Any]) -> None:
    _, body = some_table(draw, document)
    kind = draw(st.sampled_from(KINDS))
    found = body.get(kind) or {}
    if not found:
        return
    name = draw(st.sampled_from(list(found)))
    match draw(st.integers(0, 5)):
        case 0:
            del found[name]
        case 1:
            rename_part(draw, body, kind, name)
        case 2:
            found[name]["comment"] = draw(nonempty)
        # PostgreSQL: a key of a partitioned table is valid.
        case 3 if kind in {"checks", "foreign_keys"} and "partition_by" not in body:
            found[name]["not_valid"] = not found[name].get("not_valid", False)
        case 4 if kind == "foreign_keys":
            found[name]["deferrable"] = not found[name].get("deferrable", False)
            found[name].pop("initially_deferred", None)
        case 5 if "where" in found[name]:
            del found[name]["where"]
        case _:
            change_settings(body, kind, found[name])


def change_settings(body: dict[str, Any], kind: str, part: dict[str, Any]) -> None:
    """Change the settings of an index, or of that of a constraint."""
    if kind == "indexes" and part.get("method", "btree") == "btree":
        part["storage_parameters"] = {"fillfactor": 70}
    is_key = kind in {"uniques", "excludes"} and "partition_by" not in body
    if is_key and part.pop("storage_parameters", None) is None:
        part["storage_parameters"] = {"fillfactor": 70}


def rename_part(draw: st.DrawFn, body: dict[str, Any], kind: str, name: str) -> None:
    """Rename a constraint or an index; what partitions have otherwise of it follows."""
    new = fresh(draw)
    body[kind] = renamed_key(body[kind], name, new)
    if draw(st.booleans()):
        body[kind][new]["renamed_from"] = name
    if body.get("replica_identity") == {"index": name}:
        body["replica_identity"] = {"index": new}
    if body.get("cluster_on") == name:
        body["cluster_on"] = new
    for one in with_partitions(body):
        if name in one.get("inherited", {}):
            one["inherited"] = renamed_key(one["inherited"], name, new)


def add_index(draw: st.DrawFn, document: dict[str, Any]) -> None:
    _, body = some_table(draw, document)
    sortable = [n for n, c in body["columns"].items() if c["type"] in SORTABLE]
    if sortable:
        index = {"columns": [{"column": draw(st.sampled_from(sortable))}]}
        body.setdefault("indexes", {}).setdefault("i" + fresh(draw), index)


def change_key(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Give a primary key a name of its own, or the one that follows from its table."""
    _, body = some_table(draw, document)
    key = body.get("primary_key", {})
    if key and key.pop("name", None) is None:
        key["name"] = fresh(draw)


EDITS = [change_constraints, change_constraints, change_key, add_index]
