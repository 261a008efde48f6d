"""Edits of partitions: added, dropped, detached, attached, with another bound."""

from __future__ import annotations

import copy
from typing import Any

from edit_tools import fresh
from hypothesis import strategies as st
from strategies_of_partitions import (
    bound,
    differ,
    inherit_one,
    partition,
    position,
    strategy_of,
)
from vocabulary import place_and_name


def some_parent(draw: st.DrawFn, document: dict[str, Any]) -> dict[str, Any] | None:
    """Return a partitioned table; None where there is none."""
    found = [body for body in document["tables"].values() if "partition_by" in body]
    return draw(st.sampled_from(found)) if found else None


def free_position(parent: dict[str, Any]) -> int | None:
    """Return a position that no partition of a table has."""
    taken = {position(one) for one in parent.get("partitions", {}).values()}
    return next((one for one in range(4) if one not in taken), None)


def add_partition(draw: st.DrawFn, document: dict[str, Any]) -> None:
    parent = some_parent(draw, document)
    free = free_position(parent) if parent else None
    if parent and free is not None:
        new = partition(draw, strategy_of(parent), free, parent["columns"])
        parent.setdefault("partitions", {})[fresh(draw)] = new


def change_own(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Let a partition have otherwise of its columns what it had not, or had otherwise."""
    parent = some_parent(draw, document)
    if parent and parent.get("partitions"):
        one = parent["partitions"][draw(st.sampled_from(list(parent["partitions"])))]
        differ(draw, one, parent["columns"])


def change_inherited(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Let a partition have otherwise of indexes and constraints what it had not."""
    parent = some_parent(draw, document)
    if parent and parent.get("partitions"):
        one = parent["partitions"][draw(st.sampled_from(list(parent["partitions"])))]
        inherit_one(draw, one, parent, lambda: "o" + fresh(draw))


def drop_partition(draw: st.DrawFn, document: dict[str, Any]) -> None:
    parent = some_parent(draw, document)
    if parent and parent.get("partitions"):
        del parent["partitions"][draw(st.sampled_from(list(parent["partitions"])))]


def change_bound(draw: st.DrawFn, document: dict[str, Any]) -> None:
    parent = some_parent(draw, document)
    free = free_position(parent) if parent else None
    if parent and parent.get("partitions") and free is not None:
        one = parent["partitions"][draw(st.sampled_from(list(parent["partitions"])))]
        if position(one) >= 0:
            one.update(bound(strategy_of(parent), free))


def detach_partition(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Make a partition a table of its own, and keep some of what it had from its parent."""
    parent = some_parent(draw, document)
    if not (parent and parent.get("partitions")):
        return
    name = draw(st.sampled_from(list(parent["partitions"])))
    one = parent["partitions"].pop(name)
    for key in (
        "from",
        "to",
        "in",
        "modulus",
        "remainder",
        "bound",
        "attached",
        "inherited",
    ):
        one.pop(key, None)
    one["columns"] = copy.deepcopy(parent["columns"])
    for column in one["columns"].values():
        column.pop("renamed_from", None)
    first = next(iter(one["columns"]))
    one["primary_key"] = {"columns": [first]}
    if draw(st.booleans()):
        one["primary_key"]["name"] = f"{place_and_name(name)[1].strip(chr(34))}_pkey"
    for kind in ("uniques", "checks", "foreign_keys", "indexes"):
        for part in parent.get(kind, {}).values():
            if draw(st.booleans()):
                one.setdefault(kind, {})["k" + fresh(draw)] = copy.deepcopy(part)
    document["tables"][name] = one


def attach_partition(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Make a table with the same columns a partition."""
    parent = some_parent(draw, document)
    free = free_position(parent) if parent else None
    if not parent or free is None:
        return
    types = {name: one["type"] for name, one in parent["columns"].items()}
    for name, body in document["tables"].items():
        same = {key: one["type"] for key, one in body["columns"].items()} == types
        if not same or body is parent or "partition_by" in body:
            continue
        del document["tables"][name]
        kept = {
            key: body[key] for key in ("comment", "storage_parameters") if key in body
        }
        new = {**bound(strategy_of(parent), free), **kept}
        parent.setdefault("partitions", {})[name] = new
        return


EDITS = [
    add_partition,
    change_own,
    change_own,
    change_inherited,
    change_inherited,
    drop_partition,
    change_bound,
    detach_partition,
    attach_partition,
]
