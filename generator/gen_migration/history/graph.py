"""Revisions as a graph: their order, their heads, what leads to what. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.errors import Error
from gen_migration.history.revision_ids import same_number

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gen_migration.history.revision import Revision


class MissingRevisionError(Error):
    """A revision needs one that is not there, `missing`."""

    def __init__(self, one: str, missing: str, path: Path, field: str) -> None:
        super().__init__(
            f"the revision {one} follows {missing}, which is not there",
            where=str(path),
            hint=f"bring the file of {missing} back, or correct {field}",
        )
        self.missing = missing


def in_order(
    revisions: Iterable[Revision], *, turned: bool = False
) -> tuple[Revision, ...]:
    """Return revisions, each after those that it needs; the order is the same for the same ids.

    One branch comes after the other: that with the smaller id first, or where `turned` last.
    Raises Error where a revision needs one that is not there, or itself.
    """
    known = {
        one.id: one for one in sorted(revisions, key=lambda one: one.id, reverse=turned)
    }
    following: dict[str, list[str]] = {id_: [] for id_ in known}
    waiting: dict[str, int] = {}
    for one in known.values():
        for need in one.needs:
            if need not in known:
                raise MissingRevisionError(one.id, need, one.path, "down_revision")
            following[need].append(one.id)
        waiting[one.id] = len(one.needs)
    ready = [id_ for id_, count in reversed(waiting.items()) if count == 0]
    result: list[Revision] = []
    while ready:
        id_ = ready.pop()
        result.append(known[id_])
        for after in reversed(following[id_]):
            waiting[after] -= 1
            if waiting[after] == 0:
                ready.append(after)
    for id_, count in waiting.items():
        if count > 0:
            raise Error(
                f"the revision {id_} is its own ancestor",
                where=str(known[id_].path),
                hint="correct down_revision",
            )
    return tuple(result)


def heads(revisions: Iterable[Revision]) -> list[str]:
    """Return the revisions that nothing follows."""
    revisions = list(revisions)
    followed = {parent for one in revisions for parent in one.parents}
    return sorted(one.id for one in revisions if one.id not in followed)


def ancestors(revisions: tuple[Revision, ...], ids: Iterable[str]) -> set[str]:
    """Return these revisions and all that they need; `revisions` are in their order."""
    found = set(ids)
    for one in reversed(revisions):
        if one.id in found:
            found.update(one.needs)
    return found


def leading(revisions: tuple[Revision, ...], own: set[str]) -> list[str]:
    """Return the heads that some of these revisions lead to; `own` are those of a spec."""
    found = heads(revisions)
    return [head for head in found if ancestors(revisions, [head]) & own]


def head_of(
    revisions: tuple[Revision, ...], own: set[str], root: Path, choice: str = ""
) -> tuple[str, ...]:
    """Return what the next revision of a spec follows: the head that its revisions lead to.

    Raises Error where there are several, with the command that joins them; `choice` is another
    way out.
    """
    found = heads(revisions)
    if not found[1:]:
        return tuple(found)
    ours = leading(revisions, own)
    if len(ours) == 1:
        return tuple(ours)
    named = " ".join(ours) if ours and ours != found else "heads"
    twice = same_number(one.id for one in revisions)
    numbers = f"; {' and '.join(twice)} have the same number" if twice else ""
    raise Error(
        f"the history has {len(found)} heads: {', '.join(found)}{numbers}",
        where=str(root),
        hint=f'join them with "alembic merge {named}"{choice}; or write this branch\'s revisions'
        ' anew behind the others with "gen-migration SPEC --rebase"',
    )
