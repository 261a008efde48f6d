"""What `verify` tries: a revision that is not written yet, or the newest one of a spec."""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gen_migration import given
from gen_migration.errors import Error
from gen_migration.graph import ancestors, in_order
from gen_migration.hints import Hints
from gen_migration.history import OutputDirectory, read_revision
from gen_migration.replay import replay
from gen_migration.revision import read_marker
from gen_migration.scope import at_home, together
from gen_migration.state import replayed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from gen_migration.generate import Change
    from gen_migration.history import Directory, Revision, Runnable
    from gen_migration.operations import Operation
    from gen_migration.schema import Schema, Spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A revision, where it runs, and what it leads from and to.

    `source` is the spec's name in a diff, `path` the revision's file (None where it is not
    written yet), `operations` what it does, `before` the revisions that run first, `given` the
    statements that build what they take for given.
    """

    id: str
    needs: tuple[str, ...]
    source: str
    path: Path | None
    operations: tuple[Operation, ...]
    spec: Spec
    old: Schema
    directory: Runnable
    before: tuple[Revision, ...]
    given: tuple[str, ...]

    @property
    def before_spec(self) -> Spec:
        """The spec as it was before the revision."""
        return replace(self.spec, schema=self.old, hints=Hints())

    def mine(self, home: str) -> Schema:
        """Return what belongs to the spec, before or after, as a catalog calls it."""
        return at_home(together(self.old, self.spec.schema), home)


class WithDraft:
    """A directory of revisions with one more, which is in no file of it yet."""

    def __init__(self, directory: Directory, path: Path, *, replaces: bool) -> None:
        self._directory = directory
        self._path = path
        self._replaces = replaces

    @property
    def root(self) -> Path:
        return self._directory.root

    def environment(self) -> tuple[Config, ScriptDirectory]:
        config, scripts = self._directory.environment()
        from alembic.script import Script

        script = Script._from_path(scripts, self._path)  # noqa: SLF001 - as Alembic does after it wrote one
        assert script is not None  # noqa: S101 - the path ends in .py
        scripts.revision_map.add_revision(script, _replace=self._replaces)
        return config, scripts


@contextlib.contextmanager
def tried(change: Change, path: Path, directory: Directory) -> Iterator[Tried]:
    """Yield what is to be tried of a change: its draft, or where it is empty, what is there.

    Raises Error where there is nothing to try.
    """
    with tempfile.TemporaryDirectory() as name:
        draft = None
        if change.is_empty:
            revision = change.newest
        else:
            draft = Path(name) / "revision.py"
            draft.write_text(directory.preview(change.draft), encoding="utf-8")
            revision = read_revision(draft)
        if revision is None:
            raise Error(
                "there is nothing to verify: the spec describes nothing yet",
                where=str(path),
                hint='add a table under "tables:"',
            )
        yield of(change, revision, path, directory, draft)


def of(
    change: Change,
    revision: Revision,
    path: Path,
    directory: Directory,
    draft: Path | None,
) -> Tried:
    revisions = directory.revisions()
    ids = ancestors(revisions, revision.needs)
    before = tuple(one for one in in_order(revisions) if one.id in ids)
    own = [one for one in before if spec_of(one) == change.spec.name]
    old = replayed(own).schema
    return Tried(
        id=revision.id,
        needs=revision.needs,
        source=str(path),
        path=revision.path if draft is None else None,
        operations=change.plan.operations or replayed_operations(revision, old),
        spec=change.spec,
        old=old,
        directory=runnable(change, directory, draft),
        before=before,
        given=tuple(taken(change.spec, old, directory, before)),
    )


def replayed_operations(revision: Revision, old: Schema) -> tuple[Operation, ...]:
    return replay(revision.text, str(revision.path), old)[0]


def runnable(change: Change, directory: Directory, draft: Path | None) -> Runnable:
    """Return the revisions that a draft runs with; it may be the first, and its directory new."""
    if draft is None:
        return directory
    if isinstance(directory, OutputDirectory) and not directory.root.exists():
        return OutputDirectory(draft.parent)
    return WithDraft(directory, draft, replaces=change.replaces is not None)


def spec_of(revision: Revision) -> str | None:
    mark = read_marker(revision.text)
    return None if mark is None else mark.spec


def taken(
    spec: Spec, old: Schema, directory: Directory, before: tuple[Revision, ...]
) -> Iterator[str]:
    """Yield what builds the tables of others, where no Alembic environment has a history of them.

    Tables of other specs in the same directory are built by their own revisions.
    """
    if not isinstance(directory, OutputDirectory):
        return
    names = {name for one in before if (name := spec_of(one)) not in {None, spec.name}}
    tables = set(spec.schema.tables)
    for name in names:
        tables |= set(
            replayed([one for one in before if spec_of(one) == name]).schema.tables
        )
    for schema in (spec.schema, old):
        wanted = replace(spec, schema=schema)
        yield from given.statements(wanted, but=tables)
