"""Random policies of tables for specs, and edits of them."""

from __future__ import annotations

from typing import Any

from edit_tools import fresh, renamed_key, some_table
from hypothesis import strategies as st
from vocabulary import names, nonempty, quoted

ROLES = ["public", "current_user", "pg_monitor", ["pg_monitor", "pg_read_all_data"]]
STATES = ["enabled", "forced", "forced but disabled"]


@st.composite
def conditions(draw: st.DrawFn, columns: list[str]) -> str:
    """Return a condition over one of these columns, or over none."""
    one = quoted(draw(st.sampled_from(columns)))
    forms = [
        "true",
        "current_user = 'app'",
        f"{one} IS NOT NULL",
        f"length({one}::text) > 2",
        f"{one}::text IN (SELECT 'a' UNION SELECT {one}::text)",
    ]
    return draw(st.sampled_from(forms))


@st.composite
def policies(draw: st.DrawFn, columns: list[str]) -> dict[str, Any]:
    """Return a policy of a table with these columns."""
    command = draw(st.sampled_from(["all", "select", "insert", "update", "delete"]))
    result: dict[str, Any] = {"for": command}
    if draw(st.booleans()):
        result["to"] = draw(st.sampled_from(ROLES))
    if command != "insert" and draw(st.booleans()):
        result["using"] = draw(conditions(columns))
    if command not in {"select", "delete"} and draw(st.booleans()):
        result["with_check"] = draw(conditions(columns))
    if draw(st.booleans()):
        result["restrictive"] = True
    if draw(st.booleans()):
        result["comment"] = draw(nonempty)
    return result


def members(draw: st.DrawFn, body: dict[str, Any]) -> None:
    """Give a table policies and row level security, now and then."""
    columns = list(body["columns"])
    if draw(st.integers(0, 2)) == 0:
        body["row_security"] = draw(st.sampled_from(STATES))
    if draw(st.integers(0, 2)) == 0:
        body["policies"] = draw(
            st.dictionaries(names, policies(columns), min_size=1, max_size=2)
        )


def change_members(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Give a table other policies: some change, some go, some come."""
    _, body = some_table(draw, document)
    kept = body.pop("policies", {})
    body.pop("row_security", None)
    members(draw, body)
    body["policies"] = {**draw(st.sampled_from([{}, kept])), **body.get("policies", {})}
    for name in kept:
        if draw(st.booleans()):
            body["policies"][name] = draw(policies(list(body["columns"])))


def rename_policy(draw: st.DrawFn, document: dict[str, Any]) -> None:
    for body in document["tables"].values():
        for name, one in body.get("policies", {}).items():
            if "renamed_from" not in one:
                new = fresh(draw)
                body["policies"] = renamed_key(body["policies"], name, new)
                body["policies"][new]["renamed_from"] = name
                return


EDITS = [change_members, rename_policy]
