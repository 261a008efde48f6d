"""Alembic's map of an environment's revisions, made of headers that we read.

Alembic's own ScriptDirectory runs every file that it loads.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from alembic.script import Script, ScriptDirectory, write_hooks

from gen_migration.base.data_class import replace
from gen_migration.base.files import write_new
from gen_migration.history.alembic_errors import checked
from gen_migration.history.alembic_files import creation_date, read, revisions
from gen_migration.history.revision_ids import template_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from gen_migration.history.alembic_settings import Settings
    from gen_migration.history.revision import Draft, Revision
    from gen_migration.render.docstring import Header


class ReadScript(Script):
    """A revision whose header was read; its module is empty but for that."""

    def __init__(self, revision: Revision) -> None:
        self.text = revision.text
        self.replaces = revision.replaces
        module = ModuleType(revision.id)
        vars(module).update(
            down_revision=revision.parents,
            branch_labels=revision.branch_labels,
            depends_on=revision.depends_on,
        )
        super().__init__(module, revision.id, revision.path)


class Written(Exception):
    """The revision is written: what Alembic would do next is to run it."""


class Scripts(ScriptDirectory):
    """A ScriptDirectory that reads what Alembic would run, and takes a revision's text from us.

    Alembic decides where the file goes, checks heads, splice and version path.
    """

    draft: Draft
    written: Path | None = None

    @classmethod
    def of(cls, config: Settings) -> Scripts:
        """Return the scripts of a configuration."""
        scripts = ScriptDirectory.from_config(
            config
        )  # never of the class it is called on
        scripts.__class__ = cls
        assert isinstance(scripts, cls)  # noqa: S101 - for the type checker
        checked(scripts)
        return scripts

    def _load_revisions(self) -> Iterator[Script]:
        deep, compiled = self.recursive_version_locations, self.sourceless
        found = revisions(self._version_locations, deep=deep, compiled=compiled)
        return map(ReadScript, found)

    def _rev_path(self, path: Any, rev_id: str, *words: Any) -> Path:
        template = self.file_template
        self.file_template = template_of(rev_id, template)
        try:
            return super()._rev_path(path, rev_id, *words)
        finally:
            self.file_template = template

    def _generate_template(self, src: Path, dest: Path, **kw: Any) -> None:  # noqa: ARG002
        header = replace(
            self.draft.header,
            branch_labels=kw["branch_labels"],
            depends_on=kw["depends_on"],
        )
        self.keep(header, Path(dest))
        self.add(Path(dest))
        raise Written

    def keep(self, header: Header, path: Path) -> None:
        """Write the draft under a header, and run the configuration's hooks."""
        write_new(path, self.draft.final(header, path))
        self.written = path
        if self.hooks:
            write_hooks._run_hooks(path, self.hooks)  # noqa: SLF001 - as Alembic does

    def add(self, path: Path) -> None:
        """Add a revision to the map, which has been made before its file was there."""
        found = read(path)
        assert found is not None  # noqa: S101 - its name ends in .py
        with self._catch_revision_errors():
            self.revision_map.add_revision(ReadScript(found))

    def _generate_create_date(self) -> dt.datetime:
        return creation_date(super()._generate_create_date())
