"""Random partitions for a table of a random spec, by its first column, a uuid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from vocabulary import TYPES, estimates, nonempty, states_of_forbidding

if TYPE_CHECKING:
    from collections.abc import Callable

STRATEGIES = ("range", "list", "hash")
MODULUS = 4
# The PostgreSQL that keeps what a NOT NULL is beside its name.
NOT_NULL_STATES = 18


def number(value: int) -> str:
    return f"{value:08x}-0000-4000-8000-000000000000"


def bound(strategy: str, position: int) -> dict[str, Any]:
    """Return the bound of a partition at a position, apart from those of all others."""
    match strategy:
        case "range":
            return {"from": number(position * 10), "to": number(position * 10 + 5)}
        case "list":
            return {"in": [number(position)]}
        case _:
            return {"modulus": MODULUS, "remainder": position}


def position(partition: dict[str, Any]) -> int:
    """Return the position of a partition's bound; -1 for the default one."""
    if "from" in partition:
        return int(partition["from"][:8], 16) // 10
    if "in" in partition:
        return int(partition["in"][0][:8], 16)
    remainder: int = partition.get("remainder", -1)
    return remainder


def strategy_of(body: dict[str, Any]) -> str:
    found: str = next(iter(body["partition_by"]))
    return found


def partitioned(
    draw: st.DrawFn, body: dict[str, Any], fresh: Callable[[], str]
) -> None:
    """Make a table, which has no partitions yet, a partitioned one."""
    first = next(iter(body["columns"]))
    fit(body, first)
    strategy = draw(st.sampled_from(STRATEGIES))
    body["partition_by"] = {strategy: [{"column": first}]}
    body["partitions"] = {
        fresh(): partition(draw, strategy, position, body["columns"])
        for position in range(draw(st.integers(0, 3)))
    }
    if strategy != "hash" and draw(st.booleans()):
        body["partitions"][fresh()] = {"bound": "default"}
    for below in body["partitions"].values():
        if draw(st.integers(0, 3)) == 0:
            below.pop("storage_parameters", None)
            below["partition_by"] = {"hash": [{"column": first}]}
            for own in below.get("columns", {}).values():
                if isinstance(own.get("not_null"), dict):
                    own["not_null"] = own["not_null"]["name"]
            deeper = partition(draw, "hash", 0, with_own(body["columns"], below))
            below["partitions"] = {fresh(): deeper}


def with_own(
    columns: dict[str, Any], partition: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    """Return the columns of a table as a partition has them, which may forbid NULL itself."""
    own = partition.get("columns", {})
    forbids = {key for key, one in own.items() if {"nullable", "not_null"} & one.keys()}
    return {
        key: {k: v for k, v in one.items() if k != "nullable" or key not in forbids}
        for key, one in columns.items()
    }


def without_states(document: dict[str, Any]) -> None:
    """Leave the NOT NULL of partitions a name alone where PostgreSQL keeps no more of it."""
    waiting = [*document["tables"].values()]
    while document["postgresql"] < NOT_NULL_STATES and waiting:
        below = waiting.pop().get("partitions", {}).values()
        for column in (
            each for one in below for each in one.get("columns", {}).values()
        ):
            if isinstance(column.get("not_null"), dict):
                column["not_null"] = column["not_null"]["name"]
        waiting += below


def partition(
    draw: st.DrawFn, strategy: str, position: int, columns: dict[str, Any]
) -> dict[str, Any]:
    result = bound(strategy, position)
    if draw(st.booleans()):
        result["comment"] = draw(nonempty)
    if draw(st.booleans()):
        result["storage_parameters"] = {"fillfactor": draw(st.integers(50, 100))}
    differ(draw, result, columns)
    return result


def differ(draw: st.DrawFn, body: dict[str, Any], columns: dict[str, Any]) -> None:
    """Let some columns of a partition be otherwise than its table's."""
    body.pop("attached", None)
    body["columns"] = {
        name: own
        for number, (name, column) in enumerate(columns.items())
        if draw(st.integers(0, 3)) == 0
        and (own := own_column(draw, column, number)) is not None
    }
    if draw(st.integers(0, 3)) == 0:
        body["attached"] = True


def own_column(
    draw: st.DrawFn, column: dict[str, Any], number: int
) -> dict[str, Any] | None:
    """Return what a partition has otherwise of a column, the number of which is in its names."""
    result: dict[str, Any] = {}
    kind = column["type"]
    match draw(st.sampled_from(["nullable", "not_null", "default", "none"])):
        case "nullable":
            result["nullable"] = False
        case "not_null":
            name = f"o_{number}_{draw(st.text('abc', min_size=6, max_size=8))}"
            whole = not column.get("nullable")
            state = draw(st.just({}) | states_of_forbidding(whole=whole))
            result["not_null"] = {"name": name, **state} if state else name
        case "default" if kind in OWN_DEFAULTS and not VALUED & set(column):
            result["default"] = draw(TYPES[kind])
        case "none" if kind in OWN_DEFAULTS and "default" in column:
            result["default"] = None
    if kind == "text" and "generated" not in column and draw(st.booleans()):
        result["storage"] = draw(st.sampled_from(["external", "main", None]))
    if kind == "jsonb" and draw(st.booleans()):
        result["compression"] = draw(st.sampled_from(["pglz", None]))
    if draw(st.integers(0, 3)) == 0:
        result |= draw(estimates(column))
    if draw(st.booleans()):
        result["comment"] = draw(nonempty)
    return result or None


def inherit(draw: st.DrawFn, body: dict[str, Any], fresh: Callable[[], str]) -> None:
    """Let partitions have otherwise some indexes and constraints of the table above them."""
    for below in body.get("partitions", {}).values():
        inherit_one(draw, below, body, fresh)
        for deeper in below.get("partitions", {}).values():
            inherit_one(draw, deeper, body, fresh)


def inherit_one(
    draw: st.DrawFn,
    below: dict[str, Any],
    body: dict[str, Any],
    fresh: Callable[[], str],
) -> None:
    below["inherited"] = {
        name: entry
        for name, method in inheritable(body).items()
        if draw(st.integers(0, 3)) == 0
        and (entry := own_part(draw, method, fresh, is_leaf="partitions" not in below))
    }


def inheritable(body: dict[str, Any]) -> dict[str, str]:
    """Return the names of a table's indexes and constraints: an index's method, or its kind."""
    found = {}
    for kind in ("uniques", "checks", "foreign_keys", "indexes"):
        for name, one in body.get(kind, {}).items():
            found[name] = one.get("method", "btree") if kind == "indexes" else kind
    if "name" in body.get("primary_key", {}):
        found[body["primary_key"]["name"]] = "uniques"
    return found


def own_part(
    draw: st.DrawFn, method: str, fresh: Callable[[], str], *, is_leaf: bool
) -> dict[str, Any]:
    result: dict[str, Any] = {}
    if method not in {"checks", "foreign_keys"} and draw(st.booleans()):
        result["name"] = fresh()
    if method == "btree" and is_leaf and draw(st.booleans()):
        result["storage_parameters"] = draw(
            st.sampled_from([{}, {"fillfactor": 55}, {"fillfactor": 95}])
        )
    if draw(st.booleans()):
        result["comment"] = draw(nonempty)
    return result


OWN_DEFAULTS = frozenset(("text", "integer", "bigint", "boolean"))
VALUED = frozenset(("identity", "generated"))


def keep_own(body: dict[str, Any], columns: dict[str, Any]) -> None:
    """Take away what partitions have otherwise of columns that are gone, or of another type."""
    for below in body.get("partitions", {}).values():
        own = below.get("columns", {})
        below["columns"] = {
            name: one
            for name, one in own.items()
            if name in columns
            and columns[name]["type"] in {*OWN_DEFAULTS, "jsonb"}
            and not (VALUED & set(columns[name]) and "default" in one)
        }
        keep_own(below, columns)


def fit(body: dict[str, Any], first: str) -> None:
    """Take away what PostgreSQL does not allow of a table that is partitioned by a column."""
    body.pop("excludes", None)
    for one in body.get("uniques", {}).values():
        one["columns"] = [first, *(name for name in one["columns"] if name != first)]
        one.pop("storage_parameters", None)
    for one in body.get("indexes", {}).values():
        one["unique"] = False
    for one in body.get("checks", {}).values():
        one.pop("no_inherit", None)
    for column in body["columns"].values():
        column.pop("identity", None)


def keep_inherited(body: dict[str, Any]) -> None:
    """Take away what partitions have otherwise of indexes and constraints that are gone."""
    found = inheritable(body)
    for below in body.get("partitions", {}).values():
        for one in (below, *below.get("partitions", {}).values()):
            one["inherited"] = {
                name: entry
                for name, entry in one.get("inherited", {}).items()
                if name in found
            }
