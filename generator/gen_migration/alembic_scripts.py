"""Alembic's map of an environment's revisions, made of headers that we read.

Alembic's own ScriptDirectory runs every file that it loads.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from alembic.script import Script, ScriptDirectory, write_hooks

from gen_migration.alembic_errors import checked, from_here
from gen_migration.errors import Error
from gen_migration.files import write_new
from gen_migration.history import Revision, of_header
from gen_migration.revision_header import read_header, read_source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.alembic_settings import Settings
    from gen_migration.history import Draft
    from gen_migration.render import Header

# As alembic.script.base has them.
REVISION = re.compile(r"(?!\.\#|__init__)(?P<source>.*\.py)(?P<compiled>[co]?)")
LEGACY = re.compile(r"([a-f0-9]+)\.py$")


class ReadScript(Script):
    """A revision whose header was read; its module is empty but for that."""

    def __init__(self, revision: Revision) -> None:
        self.text = revision.text
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
        seen: set[Path] = set()
        for location in self._version_locations:
            deep, compiled = self.recursive_version_locations, self.sourceless
            for path in files(location, deep=deep, compiled=compiled):
                if path in seen or (path.suffix != ".py" and not compiled):
                    continue
                seen.add(path)
                found = read(path)
                if found is not None:
                    yield found

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
        script = read(path)
        assert script is not None  # noqa: S101 - its name ends in .py
        with self._catch_revision_errors():
            self.revision_map.add_revision(script)

    def _generate_create_date(self) -> dt.datetime:
        now = super()._generate_create_date()
        epoch = os.environ.get("SOURCE_DATE_EPOCH")
        if epoch is None:
            return now
        try:
            return dt.datetime.fromtimestamp(int(epoch), tz=now.tzinfo or dt.UTC)
        except (ValueError, OverflowError, OSError):
            raise Error(
                f"SOURCE_DATE_EPOCH is {epoch!r}",
                hint="set it to seconds since 1970, or unset it",
            ) from None


def files(location: Path, *, deep: bool, compiled: bool) -> Iterator[Path]:
    """Yield the files of a version location, as Alembic lists them (Script._list_py_dir).

    Where the option `sourceless` is set, files that are compiled count as well.
    """
    for root, directories, names in os.walk(location):
        if deep:
            directories[:] = sorted(one for one in directories if one != "__pycache__")
        else:
            directories.clear()
        found = [Path(root) / name for name in sorted(names)]
        if compiled:
            sources = {name.partition(".")[0] for name in names}
            cached = sorted((Path(root) / "__pycache__").glob("*"))
            found += [
                one for one in cached if one.name.partition(".")[0] not in sources
            ]
        yield from (one.resolve() for one in found)


def read(path: Path) -> ReadScript | None:
    """Return the revision in a file of a version location; None for any other file.

    Raises Error.
    """
    shown = from_here(path)
    found = REVISION.fullmatch(path.name)
    if found is None:
        return None
    if found["compiled"]:
        if path.with_name(found["source"]).exists():
            return None
        raise Error(
            "a compiled revision cannot be read",
            where=str(shown),
            hint="put its source beside it",
        )
    text = read_source(shown)
    header = read_header(text, str(shown))
    if not header.id:
        legacy = LEGACY.match(path.name)
        if legacy is None:
            raise Error(
                "the file says no revision id",
                where=str(shown),
                hint="write revision, or move the file out of the version location",
            )
        header = replace(header, id=legacy[1])
    return ReadScript(of_header(header, text, shown))
