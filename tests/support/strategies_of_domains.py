"""Random domains for specs, and edits of them."""

from __future__ import annotations

from typing import Any

from edit_tools import fresh, refer_to_type, renamed_key
from hypothesis import strategies as st
from vocabulary import key, nonempty, place_and_name

# What columns have is a text of a few letters; all checks allow it.
LABELS = ["a", "b c", "it's"]
CHECKS = [f"length(VALUE) < {most}" for most in (50, 60, 70)] + ["VALUE <> ''"]


@st.composite
def domains(draw: st.DrawFn) -> dict[str, Any]:
    """Return a domain over a text type."""
    result: dict[str, Any] = {
        "type": draw(st.sampled_from(["text", "varchar(80)", "varchar(90)"]))
    }
    if draw(st.booleans()):
        result["default"] = draw(st.sampled_from(LABELS) | st.just({"sql": "USER"}))
    if draw(st.integers(0, 3)) == 0:
        result["collation"] = "C"
    chosen = draw(st.lists(st.sampled_from(CHECKS), max_size=2, unique=True))
    if chosen:
        result["checks"] = {
            key(f"check {number}"): draw(checks(one))
            for number, one in enumerate(chosen)
        }
    if draw(st.booleans()):
        result["comment"] = draw(nonempty)
    return result


@st.composite
def checks(draw: st.DrawFn, expression: str) -> Any:
    """Return a check, in short or with a comment; rows before it may not meet it."""
    rest: dict[str, Any] = {}
    if draw(st.integers(0, 3)) == 0:
        rest["not_valid"] = True
    if draw(st.integers(0, 3)) == 0:
        rest["comment"] = draw(nonempty)
    return {"expression": expression, **rest} if rest else expression


def is_moved(document: dict[str, Any], name: str) -> bool:
    return "renamed_from" in document["domains"][name]


def change_domain(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Give a domain another value, of the same type where a column has it."""
    for name, one in document.get("domains", {}).items():
        new = draw(domains())
        kept = {k: one[k] for k in ("type", "collation", "renamed_from") if k in one}
        new.pop("collation", None)
        document["domains"][name] = {**new, **kept}


def rename_domain(draw: st.DrawFn, document: dict[str, Any]) -> None:
    for name in list(document.get("domains", {})):
        if is_moved(document, name):
            continue
        places = ["", *(f"{schema}." for schema in document.get("schemas", ()))]
        place = draw(st.sampled_from([place_and_name(name)[0], *places]))
        new = place + fresh(draw)
        document["domains"] = renamed_key(document["domains"], name, new)
        document["domains"][new]["renamed_from"] = name
        refer_to_type(document, name, new)
        return


def retype_domain(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Give a domain another type: a new one takes its place."""
    for one in document.get("domains", {}).values():
        one["type"] = draw(st.sampled_from(["text", "varchar(80)", "varchar(90)"]))


EDITS = [change_domain, rename_domain, retype_domain]
