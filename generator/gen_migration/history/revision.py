"""Revisions, their drafts, and the directories that they are in, as values and protocols.

A Directory answers two questions (which revisions did this spec write, what does the next one
follow) and takes the next one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from gen_migration.base.data_class import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from gen_migration.render.docstring import Header
    from gen_migration.render.marker import Mark


# Directories whose files are the revisions, each with whether those below it belong to it.
Locations = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A revision's file; a squash `replaces` others, by their ids."""

    id: str
    parents: tuple[str, ...]
    path: Path
    text: str
    depends_on: tuple[str, ...] = ()
    branch_labels: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()

    @property
    def mark(self) -> Mark | None:
        """What it says of its origin, where this tool has written it."""
        from gen_migration.render.marker import read_marker

        return read_marker(self.text)

    @property
    def spec(self) -> str | None:
        """The name of the spec that it was written for; None where it was written by hand."""
        return None if self.mark is None else self.mark.spec

    @property
    def needs(self) -> tuple[str, ...]:
        """The revisions that run before it: its parents, and those that it depends on."""
        return tuple(dict.fromkeys((*self.parents, *self.depends_on)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A revision that is to be written: `slug` names its file, `text` makes its bare text."""

    header: Header
    slug: str
    text: Callable[[Header], str]

    @property
    def is_first(self) -> bool:
        """Whether it is the first revision of its edit."""
        return self.header.part is None or self.header.part.number == 1

    def final(self, header: Header, path: Path) -> str:
        """Return the text as it is written to a path: formatted, with its mark."""
        from gen_migration.render.checksum import checksum
        from gen_migration.render.formatter import formatted
        from gen_migration.render.marker import marked

        result, found = formatted(lambda: self.text(header), path.absolute(), checksum)
        return marked(result, header.spec, found, header.part)


class Runnable(Protocol):
    """Revisions that can be run."""

    @property
    def root(self) -> Path:
        """The directory that they are in; who writes a revision holds it."""

    def environment(self) -> tuple[Config, ScriptDirectory]:
        """Return the configuration and the scripts to run the history with, both new.

        Raises Error.
        """


class Directory(Runnable, Protocol):
    """Where revisions live."""

    @property
    def locations(self) -> Locations | None:
        """Where the files of the revisions are; None where that depends on more than the files."""

    @property
    def depends_on(self) -> tuple[str, ...]:
        """What the next revision depends on beside its parents, as Alembic names it."""

    @property
    def splice(self) -> bool:
        """Whether the next revision may follow one that is no head."""

    @property
    def slug_length(self) -> int:
        """The most characters of the words in a file's name."""

    def files(self) -> tuple[Revision, ...]:
        """Return all revisions in no order, also where one needs what is not there.

        Raises Error.
        """

    def revisions(self) -> tuple[Revision, ...]:
        """Return all revisions, each after those that it needs. Raises Error."""

    def parents(
        self, revisions: tuple[Revision, ...], own: set[str]
    ) -> tuple[str, ...]:
        """Return what the next revision follows, where `own` are those of its spec.

        Raises Error when that is not clear.
        """

    def write(self, draft: Draft) -> Path:
        """Write a revision and return its path. Raises Error."""

    def restore(self, draft: Draft, place: Path) -> Path:
        """Write a revision between others, into the directory `place`, and return its path.

        Raises Error.
        """

    def preview(self, draft: Draft) -> str:
        """Return the text that `write` would write."""
