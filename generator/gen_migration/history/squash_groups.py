"""Groups of revisions that one can stand for: what leads from a group leads through its newest.

The newest keeps its id, so that whatever follows a group stays as it is: revisions by hand, other
specs, and databases. Pure.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Error
from gen_migration.history.edit_parts import goes_on, marked
from gen_migration.history.graph import ancestors

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from gen_migration.history.revision import Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Revisions in their order, and what one in their place follows and is called by."""

    members: tuple[Revision, ...]
    parents: tuple[str, ...]
    depends_on: tuple[str, ...]

    @property
    def newest(self) -> Revision:
        """The revision that all others of the group lead to."""
        return self.members[-1]

    @property
    def gone(self) -> tuple[Revision, ...]:
        """The others, in their order."""
        return self.members[:-1]

    @property
    def needs(self) -> tuple[str, ...]:
        """What runs before the group."""
        return (*self.parents, *self.depends_on)

    @property
    def branch_labels(self) -> tuple[str, ...]:
        """The labels of all of them: each is one of the same branch."""
        return tuple(
            sorted({one for each in self.members for one in each.branch_labels})
        )

    @property
    def replaces(self) -> tuple[str, ...]:
        """The ids that go, and those that have gone before into one of the group."""
        found = [one for each in self.members for one in (*each.replaces, each.id)]
        return tuple(one for one in found if one != self.newest.id)


def groups(
    revisions: tuple[Revision, ...], may_go: Collection[str]
) -> tuple[Group, ...]:
    """Return the groups of revisions, each in its order, of those that may go.

    Each is as large as it can be; a revision that stays alone is none. Raises Error where one
    would tear an edit apart.
    """
    followers: dict[str, set[str]] = defaultdict(set)
    for one in revisions:
        for need in one.needs:
            followers[need].add(one.id)
    left = set(may_go)
    found = []
    for position in reversed(range(len(revisions))):
        if revisions[position].id not in left:
            continue
        inside = {revisions[position].id}
        for one in reversed(revisions[:position]):
            # All ways lead through the newest, where all followers are inside.
            if one.id in left and followers[one.id] and followers[one.id] <= inside:
                inside.add(one.id)
        left -= inside
        if inside - {revisions[position].id}:
            group = grouped(revisions, inside)
            found.append(group)
            put_in_place(group, followers)
    result = tuple(reversed(found))
    check_parts(revisions, result)
    return result


def put_in_place(group: Group, followers: dict[str, set[str]]) -> None:
    """Let one revision follow what its group followed, but for what it needs through others."""
    for one in group.members:
        for need in one.needs:
            followers[need].discard(one.id)
    for need in group.needs:
        followers[need].add(group.newest.id)


def grouped(revisions: tuple[Revision, ...], inside: set[str]) -> Group:
    members = tuple(one for one in revisions if one.id in inside)
    parents = outside((need for one in members for need in one.parents), inside)
    depends_on = outside((need for one in members for need in one.depends_on), inside)
    every = (*parents, *depends_on)

    def is_needed(one: str) -> bool:
        return not any(
            other != one and one in ancestors(revisions, [other]) for other in every
        )

    return Group(
        members=members,
        parents=tuple(filter(is_needed, parents)),
        depends_on=tuple(
            one for one in depends_on if is_needed(one) and one not in parents
        ),
    )


def outside(needs: Iterable[str], inside: set[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in needs if one not in inside))


def check_parts(revisions: tuple[Revision, ...], found: tuple[Group, ...]) -> None:
    """Raise Error where a part of an edit would go, and the next one stay, or the one before."""
    parts = dict(marked(revisions))
    where = {one.id: group for group in found for one in group.members}
    for one in revisions:
        if not goes_on(one, parts):
            continue
        (before,) = one.parents
        if where.get(one.id) is not where.get(before):
            raise Error(
                f"the revisions {before} and {one.id} are parts of one edit, and the squash would"
                " tear them apart",
                where=str(one.path),
                hint="give --up-to the last part of an edit, or a revision before its first one;"
                " a revision that needs one of the parts has to need the last one",
            )


def is_empty_merge(revision: Revision) -> bool:
    """Tell whether a revision by hand joins branches, and does nothing else."""
    if revision.mark is not None or not revision.parents[1:]:
        return False
    try:
        body = ast.parse(revision.text).body
    except (SyntaxError, ValueError, RecursionError):
        return False
    return all(map(is_idle, body))


def is_idle(node: ast.stmt) -> bool:
    """Tell whether a statement at the top of a revision does nothing to a database."""
    match node:
        case ast.FunctionDef(name="upgrade" | "downgrade", body=body):
            return all(isinstance(one, ast.Pass) or is_text(one) for one in body)
        case ast.Assign() | ast.AnnAssign() | ast.Import() | ast.ImportFrom():
            return True
    return is_text(node)


def is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def held(
    revisions: tuple[Revision, ...], found: tuple[Group, ...], own: Collection[str]
) -> Iterator[tuple[Revision, Revision]]:
    """Yield the revisions of a spec before its newest that stay, and what of others needs them."""
    gone = {one.id for group in found for one in group.gone}
    followed = {one for id_ in own for one in ancestors(revisions, [id_]) if one != id_}
    for one in revisions:
        if one.id not in own or one.id in gone or one.id not in followed:
            continue
        for other in revisions:
            if one.id in other.needs and other.id not in own:
                yield one, other
                break
