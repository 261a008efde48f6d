"""What edits of a random spec have in common: to choose, and to rename in all that refers."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def some_table(draw: st.DrawFn, document: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    name = draw(st.sampled_from(list(document["tables"])))
    return name, document["tables"][name]


def some_column(draw: st.DrawFn, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    name = draw(st.sampled_from(list(body["columns"])))
    return name, body["columns"][name]


def renamed_key(mapping: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    return {new if name == old else name: value for name, value in mapping.items()}


def fresh(draw: st.DrawFn) -> str:
    return "n_" + draw(st.text("abc", min_size=1, max_size=6))


def with_partitions(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a table and its partitions, however deep."""
    yield body
    for one in body.get("partitions", {}).values():
        yield from with_partitions(one)


def parts_of(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the constraints and indexes of a table."""
    yield body.get("primary_key", {})
    for kind in ("uniques", "foreign_keys", "checks", "excludes", "indexes"):
        yield from body.get(kind, {}).values()


def change_sql(body: dict[str, Any], change: Callable[[str], str]) -> None:
    """Change the SQL of a table, wherever it stands."""
    members = (
        body.get(kind, {}).values() for kind in ("policies", "triggers", "rules")
    )
    for one in (*parts_of(body), *chain(*members)):
        for part in ("where", "expression", "using", "with_check", "sql"):
            if part in one:
                one[part] = change(one[part])
        if "do" in one:
            commands = one["do"] if isinstance(one["do"], list) else [one["do"]]
            one["do"] = [change(each) for each in commands]
        for element in one.get("columns", ()):
            if isinstance(element, dict) and "expression" in element:
                element["expression"] = change(element["expression"])
    for column in body["columns"].values():
        if "generated" in column:
            generated = column["generated"]
            column["generated"] = {kind: change(sql) for kind, sql in generated.items()}


def refer_to_table(document: dict[str, Any], names: dict[str, str]) -> None:
    """Let foreign keys and sequences follow tables to their new names."""
    for body in document["tables"].values():
        for one in body.get("foreign_keys", {}).values():
            target = one["references"]["table"]
            one["references"]["table"] = names.get(target, target)
    for one in document.get("statistics", {}).values():
        one["table"] = names.get(one["table"], one["table"])
    for sequence in document.get("sequences", {}).values():
        for old, new in names.items():
            owner = sequence.get("owned_by", "")
            if owner.startswith(f"{old}."):
                sequence["owned_by"] = new + owner.removeprefix(old)
                break


def refer_to_type(document: dict[str, Any], old: str, new: str) -> None:
    """Let columns and attributes follow a type to its new name."""
    typed = [
        *(body["columns"] for body in document["tables"].values()),
        *(one["attributes"] for one in document.get("composite_types", {}).values()),
    ]
    for one in chain.from_iterable(each.values() for each in typed):
        if one["type"] in {old, f"{old}[]"}:
            one["type"] = new + one["type"].removeprefix(old)


def keep_statistics(
    document: dict[str, Any], is_kept: Callable[[dict[str, Any]], bool]
) -> None:
    """Leave out the statistics that go with a table or a column."""
    found = document.get("statistics", {}).items()
    kept = {name: one for name, one in found if is_kept(one)}
    if "statistics" in document:
        document["statistics"] = kept
