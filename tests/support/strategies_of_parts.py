"""Random constraints and indexes for a table of a random spec."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from vocabulary import SORTABLE, literal, nonempty, quoted, texts, timing

if TYPE_CHECKING:
    from collections.abc import Callable

    Fresh = Callable[[], str]

NULLS_NOT_DISTINCT = 15  # the PostgreSQL that has it
# Methods, the types that they index, and an operator class that is not the type's own.
METHODS: list[tuple[str, tuple[str, ...], dict[str, str]]] = [
    ("hash", ("uuid", "text", "integer", "date"), {}),
    ("gin", ("text[]", "integer[]", "tsvector"), {}),
    ("gin", ("jsonb",), {"opclass": "jsonb_path_ops"}),
    ("gist", ("int4range",), {}),
    ("gist", ("inet",), {"opclass": "inet_ops"}),
    ("brin", ("integer", "bigint", "date", "timestamptz"), {}),
    ("btree", ("text",), {"opclass": "text_pattern_ops"}),
    ("btree", ("text",), {"collation": "C"}),
]


def parts(
    draw: st.DrawFn,
    body: dict[str, Any],
    fresh: Fresh,
    enums: dict[str, list[str]],
    postgresql: int,
) -> None:
    """Give a table keys, checks, exclusion constraints and indexes."""
    # PostgreSQL: no index holds a virtual generated column.
    found = {
        name: column
        for name, column in body["columns"].items()
        if "virtual" not in column.get("generated", {})
    }
    first = next(iter(found))
    some = st.lists(
        st.sampled_from([n for n, c in found.items() if c["type"] in SORTABLE]),
        min_size=1,
        max_size=3,
        unique=True,
    )
    body["primary_key"] = {"columns": [first]}
    if draw(st.booleans()):
        body["primary_key"]["name"] = fresh()
    if draw(st.booleans()):
        unique = {"columns": draw(some), **draw(timing())}
        if postgresql >= NULLS_NOT_DISTINCT and draw(st.booleans()):
            unique["nulls_not_distinct"] = True
        if draw(st.booleans()) and "deferrable" not in unique:
            unique["include"] = [first]
        if draw(st.booleans()):
            unique["storage_parameters"] = {"fillfactor": draw(st.integers(50, 100))}
        if draw(st.booleans()):
            unique["index_comment"] = draw(nonempty)
        body["uniques"] = {fresh(): unique}
    if draw(st.booleans()):
        body["checks"] = {fresh(): check(draw, list(body["columns"]))}
    if draw(st.booleans()):
        excluded(draw, body, found, fresh)
    indexes = {
        fresh(): index(draw, found, some, enums) for _ in range(draw(st.integers(0, 3)))
    }
    if indexes:
        body["indexes"] = indexes


def check(draw: st.DrawFn, columns: list[str]) -> dict[str, Any]:
    column = draw(st.sampled_from(columns))
    text = literal(draw(texts))
    return {
        "expression": f"{quoted(column)}::text <> {text} AND {text} IS NOT NULL",
        **draw(st.sampled_from([{}, {"no_inherit": True}, {"not_valid": True}])),
        **draw(st.sampled_from([{}, {"comment": draw(nonempty)}])),
    }


def excluded(
    draw: st.DrawFn, body: dict[str, Any], found: dict[str, Any], fresh: Fresh
) -> None:
    """Give a table an exclusion constraint."""
    first = next(iter(found))
    ranges = [name for name, column in found.items() if column["type"] == "int4range"]
    exclude: dict[str, Any] = {
        "method": "gist" if ranges else "btree",
        "elements": [{"column": ranges[0], "with": "&&"}]
        if ranges
        else [{"column": first, "with": "="}],
        **draw(timing()),
    }
    if draw(st.booleans()):
        exclude["storage_parameters"] = {"fillfactor": 65}
    if draw(st.booleans()):
        exclude["where"] = f"{quoted(first)} IS NOT NULL"
    body["excludes"] = {fresh(): exclude}


def index(
    draw: st.DrawFn,
    found: dict[str, Any],
    some: st.SearchStrategy[list[str]],
    enums: dict[str, list[str]],
) -> dict[str, Any]:
    """Return an index: of another method, of an expression, or a plain one."""
    first = next(iter(found))
    kind = draw(st.sampled_from(["plain", "plain", "expression", "method"]))
    fitting = [
        {"columns": [{"column": name, **element}], "method": method}
        for method, types, element in METHODS
        for name, column in found.items()
        if column["type"] in types
    ]
    if kind == "method" and fitting:
        return draw(st.sampled_from(fitting))
    if kind == "expression":
        result: dict[str, Any] = {
            "columns": [{"expression": f"lower({quoted(first)}::text)"}]
        }
    else:
        elements = [
            {
                "column": column,
                "order": draw(st.sampled_from(["asc", "desc"])),
                "nulls": draw(st.sampled_from(["first", "last"])),
            }
            for column in draw(some)
        ]
        result = {"columns": elements, "unique": draw(st.booleans())}
    if draw(st.booleans()):
        result["where"] = draw(predicate(found, enums))
    if draw(st.booleans()):
        result["include"] = [first]
    if draw(st.booleans()):
        result["comment"] = draw(nonempty)
    return result


@st.composite
def predicate(
    draw: st.DrawFn, found: dict[str, Any], enums: dict[str, list[str]]
) -> str:
    """Return a condition on an enum's value, or on the first column."""
    single = [name for name in enums if not name.endswith("[]")]
    typed = [name for name, column in found.items() if column["type"] in single]
    if not typed:
        return f"{quoted(next(iter(found)))} IS NOT NULL"
    name = draw(st.sampled_from(typed))
    label = draw(st.sampled_from(enums[found[name]["type"]]))
    return f"{quoted(name)} = {literal(label)}"
