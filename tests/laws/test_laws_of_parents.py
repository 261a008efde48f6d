"""The laws of the design over random tables with parents and types; numbered as there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import example, given
from strategies_of_parents import families
from test_laws_of_changes import (
    law_1,
    law_2_3,
    law_4,
    law_5,
    law_7,
    law_8,
    law_9,
    law_13,
    law_13_alone,
)
from transitions import transition

if TYPE_CHECKING:
    from transitions import Pair


def pair_of(old: dict[str, Any], new: dict[str, Any]) -> Pair:
    """Return two specs of these tables."""
    return ({"name": "s", "tables": old}, {"name": "s", "tables": new}, False)


INTEGER: dict[str, Any] = {"type": "integer", "nullable": True}
LONG: dict[str, Any] = {"type": "bigint", "nullable": True}
TEXT: dict[str, Any] = {"type": "text", "nullable": True}
# A column that a table has declared, and has from another parent then, where it forbids NULL.
FORBIDDEN = pair_of(
    {
        "b": {"columns": {}},
        "c": {"columns": {"x": INTEGER}},
        "d": {"inherits": ["c", "b"]},
    },
    {
        "b": {"columns": {"x": LONG}},
        "d": {"inherits": ["b"], "primary_key": {"columns": ["x"]}},
    },
)
# A child goes, in a chain of revisions, with a default that its parent loses.
DROPPED = pair_of(
    {
        "b": {"columns": {"x": {**LONG, "default": 2}, "y": TEXT}},
        "c": {"inherits": ["b"]},
        "d": {"inherits": ["b"], "checks": {"ck_y": "y <> ''"}},
        "e": {"columns": {"x": LONG}, "inherits": ["c"]},
    },
    {
        "a": {"columns": {}},
        "b": {"columns": {"x": INTEGER}},
        "c": {"inherits": ["b"]},
        "d": {"inherits": ["a"]},
    },
)


@given(families())
@example(FORBIDDEN)
@example(DROPPED)
def test_laws(pair: Pair) -> None:
    found = transition(pair)
    for spec in (found.old, found.new):
        law_1(spec)
    for law in (law_2_3, law_4, law_5, law_7, law_8, law_9, law_13, law_13_alone):
        law(found)
