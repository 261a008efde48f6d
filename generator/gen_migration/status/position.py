"""Where a database is in a history, by what its version table says. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.history.graph import ancestors, heads

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.history.revision import Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """The revisions that a database is `at`, those that it has not run, and the history's heads.

    `unknown` are those of its version table that no file has.
    """

    at: tuple[str, ...]
    unknown: tuple[str, ...]
    revisions: tuple[Revision, ...]
    waiting: tuple[Revision, ...]
    heads: tuple[str, ...]

    @property
    def next(self) -> tuple[Revision, ...]:
        """What runs next: the revisions that wait for no other one."""
        waiting = {one.id for one in self.waiting}
        return tuple(one for one in self.waiting if waiting.isdisjoint(one.needs))

    def before(self, revision: Revision) -> list[Revision]:
        """Return the revisions of the same spec that have run before one, in their order."""
        behind = ancestors(self.revisions, revision.needs)
        return [
            one
            for one in self.revisions
            if one.id in behind and one.spec == revision.spec
        ]


def position(revisions: tuple[Revision, ...], versions: Iterable[str]) -> Position:
    """Return where a database is whose version table has these rows.

    `revisions` are all of the history, in their order.
    """
    versions = sorted(versions)
    known = {one.id for one in revisions}
    run = ancestors(revisions, [one for one in versions if one in known])
    return Position(
        at=tuple(versions),
        unknown=tuple(one for one in versions if one not in known),
        revisions=revisions,
        waiting=tuple(one for one in revisions if one.id not in run),
        heads=tuple(heads(revisions)),
    )
