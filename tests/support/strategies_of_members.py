"""Random policies, triggers and rules of tables for specs, and edits of them."""

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


@st.composite
def triggers(draw: st.DrawFn, columns: list[str]) -> dict[str, Any]:
    """Return a trigger of a table with these columns."""
    one = quoted(draw(st.sampled_from(columns)))
    event = draw(st.sampled_from(["insert", "update", f"update of {one}", "delete"]))
    level = draw(st.sampled_from(["", "for each statement "]))
    row = "old" if event == "delete" else "new"
    forms = [f"{row}.{one} IS NOT NULL", f"{row}.{one}::text > 'a'", "1 > 0"]
    when = "" if level else f"when ({draw(st.sampled_from(forms))}) "
    when = draw(st.sampled_from(["", when]))
    timing = draw(st.sampled_from(["before", "after"]))
    call = "execute suppress_redundant_updates_trigger()"
    result: dict[str, Any] = {"sql": f"{timing} {event} {level}{when}{call}"}
    if timing == "after" and not level and draw(st.booleans()):
        late = draw(st.sampled_from(["deferrable", "initially_deferred"]))
        result |= {"constraint": True, late: draw(st.booleans())}
    # What fires calls a function that wants an update before it.
    result["state"] = draw(st.sampled_from(["disabled", "replica"]))
    if draw(st.booleans()):
        result["comment"] = draw(nonempty)
    return result


@st.composite
def rules(draw: st.DrawFn, columns: list[str]) -> dict[str, Any]:
    """Return a rule of a table with these columns, which does not fire."""
    one = quoted(draw(st.sampled_from(columns)))
    result: dict[str, Any] = {"on": draw(st.sampled_from(["insert", "update"]))}
    done = [[], "SELECT 1", f"SELECT new.{one}", ["SELECT 1", "SELECT 2"]]
    result["do"] = draw(st.sampled_from(done))
    if draw(st.booleans()):
        result["where"] = f"new.{one} IS NOT NULL"
    if draw(st.booleans()):
        result["instead"] = True
    result["state"] = draw(st.sampled_from(["disabled", "replica"]))
    if draw(st.booleans()):
        result["comment"] = draw(nonempty)
    return result


def members(draw: st.DrawFn, body: dict[str, Any]) -> None:
    """Give a table policies, row level security and triggers, now and then."""
    columns = list(body["columns"])
    plain = [key for key, one in body["columns"].items() if "generated" not in one]
    if draw(st.integers(0, 2)) == 0:
        body["rules"] = draw(
            st.dictionaries(names, rules(columns), min_size=1, max_size=2)
        )
    if draw(st.integers(0, 2)) == 0:
        # The names of constraint triggers are those of constraints.
        named = st.sampled_from(["first trigger", "second"])
        body["triggers"] = draw(
            st.dictionaries(named, triggers(plain), min_size=1, max_size=2)
        )
    if draw(st.integers(0, 2)) == 0:
        body["row_security"] = draw(st.sampled_from(STATES))
    if draw(st.integers(0, 2)) == 0:
        body["policies"] = draw(
            st.dictionaries(names, policies(columns), min_size=1, max_size=2)
        )


def change_members(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Give a table other policies and triggers: some change, some go, some come."""
    _, body = some_table(draw, document)
    held = {key: body.pop(key, {}) for key in KINDS}
    body.pop("row_security", None)
    members(draw, body)
    for key, kind in KINDS.items():
        kept = draw(st.sampled_from([{}, held[key]]))
        body[key] = {**kept, **body.get(key, {})}
        for name in held[key]:
            if draw(st.booleans()):
                body[key][name] = draw(kind(list(body["columns"])))


KINDS = {"policies": policies, "triggers": triggers, "rules": rules}


def rename_member(draw: st.DrawFn, document: dict[str, Any]) -> None:
    key = draw(st.sampled_from([*KINDS]))
    for body in document["tables"].values():
        for name, one in body.get(key, {}).items():
            if "renamed_from" not in one:
                new = fresh(draw)
                body[key] = renamed_key(body[key], name, new)
                body[key][new]["renamed_from"] = name
                return


EDITS = [change_members, rename_member]
