"""Candidates of `verify`: a revision that is not written yet, or the newest one of a spec."""

from __future__ import annotations

import contextlib
import tempfile
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass, replace
from gen_migration.base.errors import Error, listed
from gen_migration.history.directory import OutputDirectory, read_revision
from gen_migration.history.drafts import Change
from gen_migration.history.edit_parts import of_one_edit
from gen_migration.history.graph import ancestors, in_order
from gen_migration.history.state import replayed, schemas_after
from gen_migration.kinds.scope import at_home, together
from gen_migration.model.hints import Hints
from gen_migration.plan.link import Plan
from gen_migration.replay.replay import replay
from gen_migration.scratch import needs
from gen_migration.scratch import prerequisites as given
from gen_migration.scratch.needs import Needs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from gen_migration.history.revision import Directory, Revision, Runnable
    from gen_migration.model.schema import Schema, Spec
    from gen_migration.operations.base import Operation

SHOWN = 3  # revisions that a message names


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A revision, or the parts of an edit, where it runs, and what it leads from and to.

    `ids` are its parts', `source` is the spec's name in a diff, `path` the revision's file (None
    where it is not written yet), `operations` what it does, `before` the revisions that run first,
    `given` the statements that build what they take for given, `scratch_needs` what a server has to
    have for all of them.
    """

    ids: tuple[str, ...]
    needs: tuple[str, ...]
    source: str
    path: Path | None
    operations: tuple[Operation, ...]
    spec: Spec
    old: Schema
    directory: Runnable
    before: tuple[Revision, ...]
    given: tuple[str, ...]
    scratch_needs: Needs

    @property
    def id(self) -> str:
        """The revision that it ends with."""
        return self.ids[-1]

    @property
    def before_spec(self) -> Spec:
        """The spec as it was before the revision."""
        return replace(self.spec, schema=self.old, hints=Hints())

    def mine(self, home: str) -> Schema:
        """Return what belongs to the spec, before or after, as a catalog calls it."""
        return at_home(together(self.old, self.spec.schema), home)

    def sides(self, home: str) -> tuple[Schema, Schema]:
        """Return the schema of the spec before and after, as a catalog calls what is in it."""
        return at_home(self.old, home), at_home(self.spec.schema, home)


class WithDrafts:
    """A directory of revisions with some more, which are in no file of it yet.

    They may take the place of revisions that are there.
    """

    def __init__(
        self, directory: Directory, paths: tuple[Path, ...], replaces: tuple[str, ...]
    ) -> None:
        self._directory = directory
        self._paths = paths
        self._replaces = replaces

    @property
    def root(self) -> Path:
        return self._directory.root

    def environment(self) -> tuple[Config, ScriptDirectory]:
        config, scripts = self._directory.environment()
        from alembic.script import Script

        for path in self._paths:
            script = Script._from_path(scripts, path)  # noqa: SLF001 - as Alembic does after it wrote one
            assert script is not None  # noqa: S101 - the path ends in .py
            known = script.revision in self._replaces
            scripts.revision_map.add_revision(script, _replace=known)
        return config, scripts


@contextlib.contextmanager
def candidate(change: Change, path: Path, directory: Directory) -> Iterator[Candidate]:
    """Yield what is to be tried of a change: its drafts, or where it is empty, what is there.

    Raises Error where there is nothing to try.
    """
    with tempfile.TemporaryDirectory() as name:
        revisions: list[Revision] = []
        drafts = () if change.is_empty else change.drafts
        for draft in drafts:
            file = Path(name) / f"{draft.header.revision}.py"
            file.write_text(directory.preview(draft), encoding="utf-8")
            found = read_revision(file)
            assert found is not None  # noqa: S101 - we wrote it
            revisions.append(found)
        if not drafts and change.newest is not None:
            every = directory.revisions()
            revisions += of_one_edit(change.newest, every)
            own = {one.id for one in every if one.spec == change.spec.name}
            if not own <= ancestors(every, (change.newest.id,)):  # branches were merged
                change = up_to(revisions[-1], change.spec, every)
        if not revisions:
            raise Error(
                "there is nothing to verify: the spec describes nothing yet",
                where=str(path),
                hint='add a table under "tables:"',
            )
        yield of(change, tuple(revisions), path, directory, new=bool(drafts))


def of_revision(spec: Spec, id_: str, path: Path, directory: Directory) -> Candidate:
    """Return a revision of a spec that is there, by its id or the beginning of it.

    The parts of its edit that are before it belong to it. What it leads to is what the revisions
    up to it have built. Raises Error where there is none.
    """
    revisions = directory.revisions()
    own = [one for one in revisions if one.spec == spec.name]
    found = [one for one in own if one.id == id_] or [
        one for one in own if one.id.startswith(id_)
    ]
    if len(found) != 1:
        count = "more than one revision" if found else "no revision"
        raise Error(
            f'{id_} is {count} of the spec "{spec.name}"',
            where=str(path),
            hint=f"one of {listed([one.id for one in own], SHOWN)}" if own else "",
        )
    edit = of_one_edit(found[0], revisions)
    return of(up_to(edit[-1], spec, revisions), edit, path, directory, new=False)


def up_to(revision: Revision, spec: Spec, revisions: tuple[Revision, ...]) -> Change:
    """Return a spec as it is once a revision has run, without what others do beside it.

    Others may stand between its own: revisions by hand, and those of other specs.
    """
    ids = ancestors(revisions, (revision.id,))
    own = [one for one in revisions if one.spec == spec.name and one.id in ids]
    built = replayed(own).schema
    return Change(
        spec=replace(spec, schema=built, hints=Hints()),
        plan=Plan(operations=(), schema=built),
    )


def of(
    change: Change,
    edit: tuple[Revision, ...],
    path: Path,
    directory: Directory,
    *,
    new: bool,
) -> Candidate:
    revisions = directory.revisions()
    first, last = edit[0], edit[-1]
    ids = ancestors(revisions, first.needs)
    before = tuple(one for one in in_order(revisions) if one.id in ids)
    own = [one for one in before if one.spec == change.spec.name]
    old = replayed(own).schema
    return Candidate(
        ids=tuple(one.id for one in edit),
        needs=first.needs,
        source=str(path),
        path=None if new else last.path,
        operations=change.plan.operations or replayed_operations(edit, old),
        spec=change.spec,
        old=old,
        directory=runnable(change, directory, edit) if new else directory,
        before=before,
        given=tuple(taken(change.spec, (change.spec.schema, old), directory, before)),
        scratch_needs=needed(change.spec, (old,), (*before, *edit)),
    )


def needed(
    spec: Spec, others: Iterable[Schema], revisions: Iterable[Revision]
) -> Needs:
    """Return what a server has to have for revisions of a spec that has had other schemas."""
    found = needs.of_spec(spec) | needs.of_revisions(one.text for one in revisions)
    told = frozenset[str]().union(*map(needs.of_schema, others))
    return found | Needs(told=told)


def replayed_operations(
    edit: tuple[Revision, ...], schema: Schema
) -> tuple[Operation, ...]:
    done: list[Operation] = []
    for one in edit:
        operations, schema = replay(one.text, str(one.path), schema)
        done += operations
    return tuple(done)


def runnable(
    change: Change, directory: Directory, drafts: tuple[Revision, ...]
) -> Runnable:
    """Return the revisions that drafts run with; the first may be, and its directory new."""
    if isinstance(directory, OutputDirectory) and not directory.root.exists():
        return OutputDirectory(drafts[0].path.parent)
    replaced = tuple(one.id for one in change.replaces)
    return WithDrafts(directory, tuple(one.path for one in drafts), replaced)


def taken(
    spec: Spec,
    schemas: Sequence[Schema],
    directory: Directory,
    before: tuple[Revision, ...],
) -> Iterator[str]:
    """Yield what builds the tables of others, where no revision by hand may have built them.

    `schemas` are those that a spec has had. Tables of other specs in the same directory are built
    by their own revisions. Roles are for all that specs have named since the first revision.
    """
    names = dict.fromkeys(one.spec for one in before if one.spec is not None)
    past = {
        name: [*schemas_after([one for one in before if one.spec == name])]
        for name in names
    }
    texts = [one.text for one in before]
    yield from given.roles_before(texts, [*schemas, *chain(*past.values())])
    is_whole = not isinstance(directory, OutputDirectory)
    if is_whole and any(one.mark is None for one in before):
        return
    tables = {name for schema in schemas for name in schema.tables}
    for name, found in past.items():
        tables |= set() if name == spec.name else set(found[-1].tables)
    yield from given.of_all([replace(spec, schema=one) for one in schemas], tables)
