"""The laws over random foreign data, which no random spec on a server has: superusers make it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import test_laws_of_changes as laws
from hypothesis import given
from strategies_of_foreign_data import foreign_pairs
from transitions import transition

if TYPE_CHECKING:
    from transitions import Pair


@given(foreign_pairs())
def test_laws(pair: Pair) -> None:
    found = transition(pair)
    for spec in (found.old, found.new):
        laws.law_1(spec)
    for law in (laws.law_2_3, laws.law_4, laws.law_5, laws.law_7, laws.law_8):
        law(found)
    for law in (laws.law_9, laws.law_13, laws.law_13_alone):
        law(found)
