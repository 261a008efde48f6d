"""Random functions, procedures and aggregates for specs, what calls them, and edits of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edit_tools import fresh as another
from edit_tools import renamed_key
from hypothesis import strategies as st
from vocabulary import BUILTIN_NAMES, literal, nonempty, quoted, texts

if TYPE_CHECKING:
    from collections.abc import Callable

SQL = [
    "SELECT $1",
    "SELECT upper($1);",
    "SELECT $1 || 'a' -- more\n",
    "RETURN lower($1)",
]
OPTIONS = {
    "strict": True,
    "parallel": "safe",
    "cost": 10,
    "security_definer": True,
    "set": {"search_path": ["pg_catalog", "pg_temp"]},
}


@st.composite
def of_text(draw: st.DrawFn) -> dict[str, Any]:
    """Return a function of a text that may be in an index."""
    result: dict[str, Any] = {
        "returns": "text",
        "language": "sql",
        "immutable": True,
        "body": draw(st.sampled_from(SQL)),
    }
    if draw(st.booleans()):
        result["arguments"] = {draw(st.sampled_from(["a", "b c"])): "text"}
    for name in draw(st.lists(st.sampled_from([*OPTIONS]), max_size=2, unique=True)):
        result[name] = OPTIONS[name]
    if draw(st.booleans()):
        result["comment"] = draw(nonempty)
    return result


@st.composite
def of_trigger(draw: st.DrawFn) -> dict[str, Any]:
    """Return a function for triggers, whose body holds a text."""
    lines = ["BEGIN", f"  PERFORM {literal(draw(texts))};", "  RETURN NEW;", "END"]
    end = draw(st.sampled_from(["", "\n", "\n\n"]))
    return {"returns": "trigger", "language": "plpgsql", "body": "\n".join(lines) + end}


def name_of(place: str, name: str) -> str:
    """Return the name of a routine before its brackets."""
    return place + '"' + name.replace('"', '""') + '"'


def no_cast(fresh: Callable[[], str]) -> Callable[[], str]:
    """Return what gives names that no cast of PostgreSQL has, which is called as its type is."""

    def name() -> str:
        found = fresh()
        return f"{found}_of" if found in BUILTIN_NAMES else found

    return name


def routines(
    draw: st.DrawFn,
    document: dict[str, Any],
    fresh: Callable[[], str],
    places: st.SearchStrategy[str],
) -> None:
    """Give a document routines, and some of its columns and tables what calls them."""
    for _ in range(draw(st.integers(0, 2))):
        place, name = draw(places), fresh()
        functions = document.setdefault("functions", {})
        functions[name_of(place, name) + "(text)"] = draw(of_text())
        if place or name not in BUILTIN_NAMES:  # else PostgreSQL's own cast is called
            call(draw, document, place + quoted(name), fresh)
    if draw(st.integers(0, 2)) == 0:
        key = name_of(draw(places), fresh()) + "()"
        document.setdefault("functions", {})[key] = draw(of_trigger())
    if draw(st.integers(0, 3)) == 0:
        key = name_of(draw(places), fresh()) + "(text)"
        body = {"language": "sql", "body": "SELECT $1", "arguments": {"a": "text"}}
        document.setdefault("procedures", {})[key] = body
    if draw(st.integers(0, 3)) == 0:
        key = name_of(draw(places), fresh()) + "(text)"
        found = {"sfunc": "textcat", "stype": "text"}
        document.setdefault("aggregates", {})[key] = found


def call(
    draw: st.DrawFn, document: dict[str, Any], called: str, fresh: Callable[[], str]
) -> None:
    """Let a table call a function of a text."""
    body = draw(st.sampled_from(list(document["tables"].values())))
    where = draw(st.sampled_from(["default", "check", "nowhere"]))
    if where == "check":
        expression = f"{called}('a') IS NOT NULL"
        body.setdefault("checks", {})[fresh()] = {"expression": expression}
    for column in body["columns"].values() if where == "default" else ():
        if column["type"] == "text" and not VALUED & {*column}:
            column["default"] = {"sql": f"{called}('a')"}
            return


VALUED = frozenset(("default", "identity", "generated"))


def change_function(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Give a function of a text another definition."""
    for key in document.get("functions", {}):
        if key.endswith("(text)"):
            document["functions"][key] = draw(of_text())
            return


def change_body(draw: st.DrawFn, document: dict[str, Any]) -> None:
    for key, one in document.get("functions", {}).items():
        if one["language"] == "plpgsql":
            document["functions"][key] = draw(of_trigger())


def rename_function(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Give a function that nothing calls another name."""
    for key in document.get("functions", {}):
        if key.endswith("()"):
            new = another(draw)
            found = {**document["functions"][key], "renamed_from": key[:-2]}
            functions = renamed_key(document["functions"], key, f"{new}()")
            document["functions"] = {**functions, f"{new}()": found}
            return


def drop_function(draw: st.DrawFn, document: dict[str, Any]) -> None:  # noqa: ARG001
    for key in document.get("functions", {}):
        if key.endswith("()"):
            del document["functions"][key]
            return


def change_aggregate(draw: st.DrawFn, document: dict[str, Any]) -> None:
    for one in document.get("aggregates", {}).values():
        one["initcond"] = draw(texts)


EDITS = [
    change_function,
    change_body,
    rename_function,
    drop_function,
    change_aggregate,
]
