"""Law 6 over random tables with parents and types; of those, some edits have no exact way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.model.inheritance import declares_as, without_parent
from gen_migration.operations.inheritance import NoInherit
from hypothesis import assume, given, seed
from random_examples import EXAMPLES, SEED, live
from strategies_of_parents import families
from test_changes_live import law_6
from transitions import transition

if TYPE_CHECKING:
    from transitions import Pair


def is_exact(pair: Pair) -> bool:
    """Tell whether no table loses a parent that it has columns or checks from.

    Once it has its parent back, they are its own as well: PostgreSQL knows no way back. Nor does it
    know one to the place of a parent in front of such a one.
    """
    found = transition(pair)
    schema = found.old.schema
    for one in found.plan.operations:
        if isinstance(one, NoInherit):
            behind = one.old.inherits[one.old.inherits.index(one.parent) + 1 :]
            stays = all(
                declares_as(one.old, without_parent(schema, one.old, parent))
                for parent in behind
            )
            if (
                one.old.columns.keys() != one.new.columns.keys()
                or one.old.constraints.keys() != one.new.constraints.keys()
                or not stays
            ):
                return False
        schema = one.apply(schema)
    return True


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
