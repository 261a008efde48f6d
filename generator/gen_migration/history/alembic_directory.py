"""The revisions of an Alembic environment.

Imported only when an Alembic configuration is used.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from alembic import util
from alembic.config import Config
from alembic.script import Script, ScriptDirectory

from gen_migration.base.data_class import replace
from gen_migration.base.errors import Error
from gen_migration.base.files import from_here, replace_file
from gen_migration.history.alembic_errors import checked, locations_of, told
from gen_migration.history.alembic_scripts import ReadScript, Scripts, Written
from gen_migration.history.alembic_settings import Settings
from gen_migration.history.file_names import slug
from gen_migration.history.graph import head_of, in_order
from gen_migration.history.revision import Revision
from gen_migration.render.marker import remarked

if TYPE_CHECKING:
    from collections.abc import Callable

    from gen_migration.history.revision import Draft, Locations
    from gen_migration.render.docstring import Header

AnyConfig = TypeVar("AnyConfig", bound=Config)


class AlembicDirectory:
    """The version locations of an Alembic configuration; the options are Alembic's own."""

    def __init__(
        self,
        config: Path,
        *,
        head: str | None = None,
        splice: bool = False,
        branch_label: str | None = None,
        version_path: str | None = None,
        depends_on: tuple[str, ...] = (),
    ) -> None:
        self.config = config
        self.head = head
        self.splice = splice
        self.branch_label = branch_label
        self.version_path = version_path
        self.depends_on = depends_on
        self._scripts: Scripts | None = None
        with self.errors():
            self.settings = read_config(config, Settings)
            scripts = Scripts.of(self.settings)
            self._root = Path(scripts.dir).absolute()
            self._locations = constant_locations(scripts, self.settings)

    @property
    def root(self) -> Path:
        return self._root

    @property
    def scripts(self) -> Scripts:
        """The scripts, read when they are first asked for: by then the directory is held."""
        if self._scripts is None:
            self._scripts = Scripts.of(self.settings)
        return self._scripts

    @property
    def locations(self) -> Locations | None:
        return self._locations

    @property
    def slug_length(self) -> int:
        return self.scripts.truncate_slug_length

    def errors(self) -> contextlib.AbstractContextManager[None]:
        """Turn what Alembic, or a revision that it imports, raises into an Error."""
        return told(str(self.config), lambda: locations_of(self._scripts))

    def environment(self) -> tuple[Config, ScriptDirectory]:
        with self.errors():
            config = read_config(self.config, Config)
            return config, checked(ScriptDirectory.from_config(config))

    def files(self) -> tuple[Revision, ...]:
        with self.errors():
            return tuple(
                revision_of(one, util.to_tuple(one.dependencies, default=()))
                for one in self.scripts._load_revisions()  # noqa: SLF001 - without an order
            )

    def revisions(self) -> tuple[Revision, ...]:
        found = []
        with self.errors():
            for script in self.scripts.walk_revisions():
                needs = self.scripts.get_revisions(
                    util.to_tuple(script.dependencies, default=())
                )
                ids = tuple(one.revision for one in needs)
                found.append(revision_of(script, ids))
        return in_order(found)

    def parents(
        self, revisions: tuple[Revision, ...], own: set[str]
    ) -> tuple[str, ...]:
        if self.head == "":
            raise Error("--head is empty", hint="give a revision, or leave --head out")
        if self.head == "base":
            return ()
        if self.head is None:
            choice = ", or name one with --head"
            return head_of(revisions, own, from_here(self.root), choice)
        with self.errors():
            found = self.scripts.get_revisions(self.head)
            return tuple(script.revision for script in found)

    def preview(self, draft: Draft) -> str:
        path = self.root / "versions" / f"{draft.header.revision}.py"
        return draft.final(self.labelled(draft), path)

    def labelled(self, draft: Draft) -> Header:
        """Return a header with what the options say: they are said of the first part of an edit."""
        header = draft.header
        if not draft.is_first:
            return header
        return replace(
            header,
            branch_labels=util.to_tuple(self.branch_label, default=None)
            or header.branch_labels,
            depends_on=self.depends_on or header.depends_on,
        )

    def restore(self, draft: Draft, place: Path) -> Path:
        def keep(scripts: Scripts) -> None:
            path = scripts._rev_path(  # noqa: SLF001 - its names, without a head to follow
                place.absolute(),
                draft.header.revision,
                slug(draft.slug, self.slug_length),
                scripts._generate_create_date(),  # noqa: SLF001
            )
            scripts.keep(self.labelled(draft), path)

        return self.kept(draft, keep)

    def write(self, draft: Draft) -> Path:
        def keep(scripts: Scripts) -> None:
            # What the options say is said of the edit: the first of its revisions.
            first = draft.is_first
            with contextlib.suppress(Written):
                scripts.generate_revision(
                    draft.header.revision,
                    slug(draft.slug, self.slug_length),
                    head=(self.head if first else None)
                    or draft.header.down_revision
                    or "head",
                    splice=self.splice and first,
                    branch_labels=self.branch_label if first else None,
                    version_path=self.version_path,
                    depends_on=(list(self.depends_on) or None) if first else None,
                )

        return self.kept(draft, keep)

    def kept(self, draft: Draft, keep: Callable[[Scripts], None]) -> Path:
        """Write a draft and return its path; where something fails, nothing is left of it."""
        scripts = self.scripts
        scripts.draft, scripts.written = draft, None
        try:
            with self.errors():
                keep(scripts)
        except BaseException:
            # A label that is taken, a hook that fails, Ctrl-C: the history stays as it was.
            if scripts.written is not None:
                scripts.written.unlink(missing_ok=True)
            raise
        assert scripts.written is not None  # noqa: S101 - a moment ago
        return finished(scripts.written)


def finished(path: Path) -> Path:
    """Return the path of a revision, marked anew: a hook may have done more than to format."""
    text = path.read_text(encoding="utf-8")
    if (final := remarked(text)) != text:
        replace_file(path, final)
    return from_here(path)


def revision_of(script: Script, depends_on: tuple[str, ...]) -> Revision:
    """Return one of the map's scripts as a revision of ours."""
    assert isinstance(script, ReadScript)  # noqa: S101 - see Scripts
    return Revision(
        id=script.revision,
        parents=util.to_tuple(script.down_revision, default=()),
        depends_on=depends_on,
        branch_labels=tuple(sorted(script._orig_branch_labels)),  # noqa: SLF001
        replaces=script.replaces,
        path=Path(script.path),
        text=script.text,
    )


def constant_locations(
    scripts: ScriptDirectory, settings: Settings
) -> Locations | None:
    """Return the version locations; None where Python's path decides, or compiled files count."""
    if scripts.sourceless or not settings.is_constant():
        return None
    deep = scripts.recursive_version_locations
    return tuple((str(one), deep) for one in scripts._version_locations)  # noqa: SLF001


def read_config(path: Path, kind: type[AnyConfig]) -> AnyConfig:
    """Return an Alembic configuration: an ini file, or a TOML file with [tool.alembic].

    Raises Error when there is none, or when it is one for several databases.
    """
    if not path.is_file():
        raise Error(
            "no such file", where=str(path), hint="give the path of alembic.ini"
        )
    toml = path if path.suffix == ".toml" else path.parent / "pyproject.toml"
    config = kind(
        file_=None if path.suffix == ".toml" else str(path),
        toml_file=str(toml) if toml.is_file() else None,
    )
    if config.get_main_option("databases"):
        raise Error(
            "an environment for several databases (multidb) is not supported",
            where=str(path),
            hint="a spec describes one database: keep a configuration for each, and give it"
            " with -c",
        )
    return config
