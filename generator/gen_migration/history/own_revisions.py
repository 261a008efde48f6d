"""Which revisions of a history are a spec's, and what its next one follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.history.graph import ancestors

if TYPE_CHECKING:
    from gen_migration.history.revision import Directory, Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """The revisions of a spec: their `ids`, and of those that the next one follows, `behind`.

    `parents` are what it follows; `written` are those that have built what is there.
    """

    ids: set[str]
    parents: tuple[str, ...]
    behind: set[str]
    written: list[Revision]


def own_revisions(
    spec: str, revisions: tuple[Revision, ...], directory: Directory
) -> Own:
    """Return the revisions of a spec. Raises Error where it is not clear what the next follows."""
    ids = {one.id for one in revisions if one.spec == spec}
    parents = directory.parents(revisions, ids)
    behind = ids & ancestors(revisions, parents)
    # A head that none of them is behind is no place to go on.
    written = [one for one in revisions if one.id in (behind or ids)]
    return Own(ids=ids, parents=parents, behind=behind, written=written)
