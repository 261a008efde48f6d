"""Edits that take several revisions: which of their parts are there, and which are missing. Pure.

The marker of a part says `part=1/2`. What a missing part does may leave no trace in the schema (a
backfill), so the state alone cannot tell that it is missing.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Error
from gen_migration.history.graph import MissingRevisionError
from gen_migration.history.replaced import check_finished, replaced_by, way_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gen_migration.history.revision import Directory, Revision
    from gen_migration.render.marker import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """An edit of `count` revisions whose parts are not all there.

    `there` are those that are, by their numbers; `ids` are those of missing ones that a part which
    is there follows. `torn` is a part that follows something else than the part before it, as an
    amendment leaves it that was interrupted.
    """

    spec: str
    count: int
    there: Mapping[int, Revision]
    ids: Mapping[int, str]
    torn: Revision | None = None

    @property
    def last(self) -> Revision:
        """The last of the parts that are there."""
        return self.there[max(self.there)]

    @property
    def missing(self) -> tuple[int, ...]:
        """The numbers of the parts that are missing."""
        return tuple(one for one in range(1, self.count + 1) if one not in self.there)

    @property
    def is_open(self) -> bool:
        """Whether the first parts are there, and nothing but the end is missing."""
        return self.torn is None and self.missing[0] > max(self.there)

    @property
    def names(self) -> str:
        """The missing parts, with their ids where those are known."""
        named = [
            f"{number} ({self.ids[number]})" if number in self.ids else f"{number}"
            for number in self.missing
        ]
        *first, last = named
        if not first:
            return f"part {last} of {self.count} is missing"
        return f"parts {', '.join(first)} and {last} of {self.count} are missing"


class IncompleteError(Error):
    """An edit lacks parts; `gap` says which."""

    def __init__(self, gap: Gap) -> None:
        if gap.torn is not None:
            super().__init__(
                f"the revision {gap.torn.id} is a part of an edit, and does not follow the part"
                " before it: an amendment was interrupted, or a file is missing",
                where=str(gap.torn.path),
                hint="run with --amend, which writes the edit anew; or bring the files of its"
                " other parts back, and correct down_revision",
            )
        else:
            super().__init__(
                f"the edit of revision {gap.last.id} is not complete: {gap.names}",
                where=str(gap.last.path),
                hint=f'gen-migration SPEC, with the file of the spec "{gap.spec}", writes what is'
                " missing; or bring it back from version control",
            )
        self.gap = gap


def revisions_of(directory: Directory, spec: str | None) -> tuple[Revision, ...]:
    """Return the revisions of a directory, in their order.

    Raises Error where there is none; IncompleteError where a missing part is the reason: one of
    the spec, or any that a part which is there names; UnfinishedError where a squash is.
    """
    try:
        found = directory.revisions()
    except MissingRevisionError as error:
        files = directory.files()
        squash = replaced_by(files).get(error.missing)
        if squash is not None:
            hint = way_on(error.missing, squash.id)
            raise Error(error.message, where=error.where, hint=hint) from None
        known = gaps(files)
        named = [one for one in known if error.missing in one.ids.values()]
        # Of an edit whose end is missing, that revision may be it.
        own = [one for one in known if one.spec == (spec or one.spec)]
        for gap in (*named, *(one for one in own if one.count in one.missing)):
            raise IncompleteError(gap) from None
        raise
    check_finished(found)
    return found


def check(
    revisions: Iterable[Revision],
    spec: str | None = None,
    but: Iterable[Revision] = (),
) -> None:
    """Raise IncompleteError where an edit of a spec, or of any, is not complete.

    One whose parts are all written anew, since they are among `but`, may lack some.
    """
    left_out = {one.id for one in but}
    for gap in gaps(revisions):
        replaced = left_out.issuperset(one.id for one in gap.there.values())
        if spec in {None, gap.spec} and not replaced:
            raise IncompleteError(gap)


def gaps(revisions: Iterable[Revision]) -> tuple[Gap, ...]:
    """Return the edits that are not complete."""
    by_id = {one.id: one for one in revisions}
    parts = dict(marked(by_id.values()))
    following = {one.parents[0]: one for one in by_id.values() if goes_on(one, parts)}
    pieces: dict[tuple[str, int], list[list[Revision]]] = defaultdict(list)
    for id_, (spec, part) in parts.items():
        if part.number > 1 and goes_on(by_id[id_], parts):
            continue
        piece = [by_id[id_]]
        while (after := following.get(piece[-1].id)) is not None:
            piece.append(after)
        pieces[spec, part.count].append(piece)
    result = [
        gap
        for (spec, count), found in pieces.items()
        for gap in joined(spec, count, found, by_id, parts)
        if gap.missing or gap.torn
    ]
    # Where an amendment was interrupted, the parts before seem to lack some.
    return tuple(sorted(result, key=lambda gap: gap.torn is None))


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


Parts = dict[str, tuple[str, "Part"]]


def marked(revisions: Iterable[Revision]) -> Iterator[tuple[str, tuple[str, Part]]]:
    """Yield the ids of parts, with the specs and the numbers in their marks."""
    for one in revisions:
        mark = one.mark
        if mark is not None and mark.part is not None:
            yield one.id, (mark.spec, mark.part)


def goes_on(one: Revision, parts: Parts) -> bool:
    """Tell whether a revision is the next part after the one that it follows."""
    if one.id not in parts or len(one.parents) != 1 or one.parents[0] not in parts:
        return False
    (spec, part), (other, before) = parts[one.id], parts[one.parents[0]]
    return (spec, part.number, part.count) == (other, before.number + 1, before.count)


def joined(
    spec: str,
    count: int,
    pieces: list[list[Revision]],
    by_id: Mapping[str, Revision],
    parts: Parts,
) -> Iterator[Gap]:
    """Yield edits, made of pieces between which parts are missing."""
    waiting: list[Gap] = []
    for piece in sorted(pieces, key=lambda one: parts[one[0].id][1].number):
        number = parts[piece[0].id][1].number
        there = dict(enumerate(piece, number))
        parent = next(iter(piece[0].parents), "")
        if number > 1 and (parent in by_id or len(piece[0].parents) != 1):
            yield Gap(spec=spec, count=count, there=there, ids={}, torn=piece[0])
            continue
        ids = {number - 1: parent} if number > 1 else {}
        before = next((one for one in waiting if max(one.there) < number - 1), None)
        if before is not None:
            waiting.remove(before)
            there, ids = {**before.there, **there}, {**before.ids, **ids}
        waiting.append(Gap(spec=spec, count=count, there=there, ids=ids))
    yield from waiting
