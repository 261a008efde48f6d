"""The laws over random objects of superusers, which stand on each other; numbered as there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import test_laws_of_changes as laws
from edits_of_superusers import is_refused, superuser_pairs
from hypothesis import assume, given
from transitions import transition

if TYPE_CHECKING:
    from transitions import Pair


@given(superuser_pairs())
def test_laws(pair: Pair) -> None:
    found = transition(pair)
    assume(not is_refused(found))
    for spec in (found.old, found.new):
        laws.law_1(spec)
    for law in (laws.law_2_3, laws.law_4, laws.law_5, laws.law_7, laws.law_8):
        law(found)
    for law in (laws.law_9, laws.law_13, laws.law_13_alone):
        law(found)
