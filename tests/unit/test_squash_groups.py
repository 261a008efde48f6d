"""Groups of revisions that one can stand for: what leads to what stays so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gen_migration.history.graph import ancestors, in_order
from gen_migration.history.revision import Revision
from gen_migration.history.squash_groups import groups, is_empty_merge
from hypothesis import given
from hypothesis import strategies as st

MERGE = '''\
"""Merge."""
from alembic import op

revision = "m"
down_revision = ("a", "b")


def upgrade() -> None:
    """Do nothing."""


def downgrade() -> None:
    pass
'''


def revision(id_: str, *parents: str, depends_on: tuple[str, ...] = ()) -> Revision:
    return Revision(
        id=id_, parents=parents, depends_on=depends_on, path=Path(f"{id_}.py"), text=""
    )


def squashed(revisions: tuple[Revision, ...], may_go: set[str]) -> tuple[Revision, ...]:
    """Return the revisions with one in the place of each group."""
    found = groups(revisions, may_go)
    gone = {one.id for group in found for one in group.gone}
    new = {
        group.newest.id: replace(
            group.newest, parents=group.parents, depends_on=group.depends_on
        )
        for group in found
    }
    return in_order(new.get(one.id, one) for one in revisions if one.id not in gone)


@st.composite
def histories(draw: st.DrawFn) -> tuple[tuple[Revision, ...], set[str]]:
    """Return a random history, and the revisions that may go."""
    needs = st.sets(st.integers(0, 8), max_size=2)
    found: list[Revision] = []
    for number in range(draw(st.integers(1, 9))):
        parents, depends_on = (
            {f"r{one}" for one in draw(needs) if one < number} for _ in range(2)
        )
        found.append(
            revision(
                f"r{number}",
                *sorted(parents),
                depends_on=tuple(sorted(depends_on - parents)),
            )
        )
    may_go = draw(st.sets(st.sampled_from([one.id for one in found])))
    return in_order(found), may_go


@given(histories())
def test_what_leads_to_what_stays_so(
    history: tuple[tuple[Revision, ...], set[str]],
) -> None:
    revisions, may_go = history
    left = squashed(revisions, may_go)
    kept = {one.id for one in left}
    for one in left:
        before = ancestors(revisions, [one.id]) & kept
        assert ancestors(left, [one.id]) == before
    gone = {one.id for one in revisions} - kept
    assert gone <= may_go
    assert groups(left, may_go & kept) == ()


def test_a_chain() -> None:
    chain = (revision("a"), revision("b", "a"), revision("c", "b"))
    (found,) = groups(chain, {"a", "b", "c"})
    assert (found.newest.id, found.parents, found.replaces) == ("c", (), ("a", "b"))
    (found,) = groups(chain, {"b", "c"})
    assert (found.parents, found.replaces) == (("a",), ("b",))


def test_a_need_that_leads_through_another_one_holds_nothing() -> None:
    chain = (revision("a"), revision("b", "a"))
    branch = (revision("c", "b", depends_on=("a",)), revision("d", "c"))
    end = (revision("e", "b"), revision("f", "e"))
    first, *_ = groups((*chain, *branch, *end), {*"abcdef"})
    assert first.members == chain


def test_one_by_hand_in_between() -> None:
    chain = [revision("a"), revision("b", "a"), revision("hand", "b")]
    chain += [revision("c", "hand"), revision("d", "c")]
    first, second = groups(tuple(chain), {"a", "b", "c", "d"})
    assert (first.newest.id, second.newest.id) == ("b", "d")
    assert second.parents == ("hand",)


def test_a_merge_by_hand_that_does_something_is_none() -> None:
    one = replace(revision("m", "a", "b"), text=MERGE)
    assert is_empty_merge(one)
    for line in ('op.execute("SELECT 1")', "print()", "return None"):
        assert not is_empty_merge(replace(one, text=MERGE.replace("pass", line)))
    assert not is_empty_merge(replace(one, text=f"{MERGE}\nprint()\n"))
    assert not is_empty_merge(replace(one, text=MERGE, parents=("a",)))
    assert not is_empty_merge(replace(one, text="no python ("))
