"""The revisions of one edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gen_migration.history.revision import Revision


def of_one_edit(
    newest: Revision, revisions: tuple[Revision, ...]
) -> tuple[Revision, ...]:
    """Return the revisions of one edit up to the newest, whose marks number them."""
    by_id = {one.id: one for one in revisions}
    found = [newest]
    mark = newest.mark
    while mark is not None and mark.part is not None and mark.part.number > 1:
        before = next((by_id.get(one) for one in found[-1].parents), None)
        other = None if before is None else before.mark
        if before is None or other is None or other.spec != mark.spec:
            break
        found.append(before)
        mark = other
    return tuple(reversed(found))
