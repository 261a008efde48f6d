"""Law 6 over random tables with parents and types; of those, some edits have no exact way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from both_ways import keeps_marks
from hypothesis import assume, given, seed
from random_examples import EXAMPLES, SEED, live
from strategies_of_parents import families
from test_changes_live import law_6
from transitions import transition

if TYPE_CHECKING:
    from transitions import Pair


def is_exact(pair: Pair) -> bool:
    """Tell whether a change's way back leads to what was there, to the last mark."""
    found = transition(pair)
    return keeps_marks(found.plan, found.old.schema)


@live(EXAMPLES // 3)
@seed(SEED)
@given(families())
def test_6(pair: Pair) -> None:
    assume(is_exact(pair))
    law_6(18, (*pair[:2], False))


@live(EXAMPLES // 6)
@seed(SEED)
@given(families())
def test_6_on_postgresql_16(pair: Pair) -> None:
    assume(is_exact(pair))
    law_6(16, (*pair[:2], False))
