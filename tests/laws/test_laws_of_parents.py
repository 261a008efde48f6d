"""The laws of the design over random tables with parents and types; numbered as there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
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


@given(families())
def test_laws(pair: Pair) -> None:
    found = transition(pair)
    for spec in (found.old, found.new):
        law_1(spec)
    for law in (law_2_3, law_4, law_5, law_7, law_8, law_9, law_13, law_13_alone):
        law(found)
