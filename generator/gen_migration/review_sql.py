"""The SQL that the revisions of a review run, there and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gen_migration.review import Review

PARENT = "old"  # what the revisions follow, whose id only a history knows


def render(review: Review) -> str:
    """Return the SQL of upgrade and downgrade, as `gen-migration SPEC --sql` prints it."""
    from gen_migration.apply import both_ways
    from gen_migration.generate import Request, drafts_of
    from gen_migration.state import State

    state = State(schema=review.before)
    drafts = drafts_of(review.spec, review.plan, (PARENT,), Request(), state=state)
    if not drafts:
        return ""
    headers = [draft.header for draft in drafts]
    return both_ways([draft.text(draft.header) for draft in drafts], headers)
