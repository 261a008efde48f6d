"""Revisions whose place a squash has taken: who still has them, or is at one of them.

A squash keeps the id of the newest that it replaces, and the ids of the others in `replaces`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import Error, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gen_migration.history.revision import Revision

SHOWN = 3  # ids and files that a message names


class UnfinishedError(Error):
    """A squash is written, and revisions that it replaces are still there: `left`."""

    def __init__(self, squash: Revision, left: tuple[Revision, ...]) -> None:
        files = listed([str(one.path) for one in left], SHOWN)
        super().__init__(
            f"the squash {squash.id} has taken the place of what is still there: {files}",
            where=str(squash.path),
            hint="gen-migration SPEC --squash deletes what an interruption has left; where a merge"
            " has brought the files back, delete them",
        )
        self.left = left


def replaced_by(revisions: Iterable[Revision]) -> dict[str, Revision]:
    """Return the squashes by the ids of those that they replace."""
    return {old: one for one in revisions for old in one.replaces}


def check_finished(revisions: Iterable[Revision]) -> None:
    """Raise UnfinishedError where a revision is there whose place a squash has taken."""
    known = {one.id: one for one in revisions}
    for squash in known.values():
        left = tuple(known[one] for one in squash.replaces if one in known)
        if left:
            raise UnfinishedError(squash, left)


def way_on(missing: str, squash: str) -> str:
    """Return what to do about a revision that follows one which a squash has replaced."""
    return (
        f"{missing} went into the squash {squash}: what follows it has to follow {squash}, so"
        f" correct down_revision; a database that is at {missing} has to be upgraded to {squash}"
        " first, by a release that still has both"
    )


def behind(at: Iterable[str], replaced: Mapping[str, str]) -> Error | None:
    """Return what to say of a database that is `at` revisions, of which some are replaced.

    `replaced` are the ids of squashes by those of what they replace. None where all is well.
    """
    found = {one: replaced[one] for one in at if one in replaced}
    if not found:
        return None
    old, new = next(iter(found.items()))
    return Error(
        f"the database is at revision {listed([*found], SHOWN)}, which the squash {new} has taken"
        " the place of",
        hint=f"upgrade it to {new} first, with the last release that still has {old}"
        f' ("alembic upgrade {new}" there), and then with this one',
    )


def refuse_replaced(context: Any) -> None:
    """Raise Alembic's CommandError where a database is at a revision that a squash has replaced.

    For an `env.py`, after `context.configure(…)`: Alembic itself says no more than that it cannot
    locate the revision. `context` is `alembic.context`; without a database nothing is asked.
    """
    from alembic.util import CommandError

    running = context.get_context()
    if running.as_sql:
        return
    replaced = {
        old: script.revision
        for script in context.script.walk_revisions()
        if isinstance(ids := getattr(script.module, "replaces", None), tuple)
        for old in ids
    }
    error = behind(running.get_current_heads(), replaced)
    if error is not None:
        raise CommandError(f"{error.message}: {error.hint}")
