"""Random operators for specs, what uses them, and edits of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from strategies_of_functions import name_of
from vocabulary import nonempty

if TYPE_CHECKING:
    from collections.abc import Callable

SIGNS = ["===", "<~>", "@@@", "!!", "%%", "~~~~", "|&|", "#-#"]
ESTIMATES = {"restrict": "eqsel", "join": "eqjoinsel"}


def operators(
    draw: st.DrawFn,
    document: dict[str, Any],
    fresh: Callable[[], str],
    places: st.SearchStrategy[str],
) -> None:
    """Give a document operators of texts, and some of its tables checks that use them."""
    signs = draw(st.lists(st.sampled_from(SIGNS), max_size=2, unique=True))
    for sign in signs if draw(st.booleans()) else ():
        place, function = draw(places), name_of(draw(places), fresh())
        types = draw(st.sampled_from(["text", "text, text"]))
        document.setdefault("functions", {})[f"{function}({types})"] = {
            "returns": "boolean",
            "language": "sql",
            "immutable": True,
            "body": "SELECT $1 < 'a'",
        }
        one: dict[str, Any] = {"function": function}
        if types != "text" and draw(st.booleans()):
            one |= draw(st.sampled_from([{"commutator": sign}, ESTIMATES]))
        if draw(st.booleans()):
            one["comment"] = draw(nonempty)
        document.setdefault("operators", {})[f"{place}{sign}({types})"] = one
        if draw(st.booleans()):
            body = draw(st.sampled_from(list(document["tables"].values())))
            left = "'a' " if types != "text" else ""
            used = f"OPERATOR({place}{sign})" if place else sign
            checks = body.setdefault("checks", {})
            checks[fresh()] = {"expression": f"({left}{used} 'b') IS NOT NULL"}


def change_estimates(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Give an operator of two operands other estimates, which are altered in place."""
    for key, one in document.get("operators", {}).items():
        if key.endswith("(text, text)"):
            kept = {word: held for word, held in one.items() if word not in ESTIMATES}
            added = draw(st.sampled_from([{}, ESTIMATES, {"join": "neqjoinsel"}]))
            document["operators"][key] = kept | added


def change_commutator(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Make an operator its own commutator, or none: it is made anew."""
    for key, one in document.get("operators", {}).items():
        if key.endswith("(text, text)") and draw(st.booleans()):
            sign = key.partition("(")[0].rpartition(".")[2]
            if one.pop("commutator", None) is None:
                one["commutator"] = sign


def drop_operator(draw: st.DrawFn, document: dict[str, Any]) -> None:  # noqa: ARG001
    """Drop an operator that nothing uses."""
    for key in list(document.get("operators", {})):
        sign = key.partition("(")[0].rpartition(".")[2]
        if not any(sign in str(body) for body in document["tables"].values()):
            del document["operators"][key]
            return


EDITS = [change_estimates, change_commutator, drop_operator]
