"""The revisions that are there: in a directory of their own, or in an Alembic environment.

A Directory answers two questions (which revisions did this spec write, what does the next one
follow) and takes the next one. Alembic is imported only where its configuration is used: it
brings all of SQLAlchemy with it (0.45 s).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from gen_migration.checksum import checksum
from gen_migration.data_class import dataclass
from gen_migration.errors import Error
from gen_migration.file_names import LENGTH, slug
from gen_migration.files import write_new
from gen_migration.formatter import formatted
from gen_migration.graph import head_of, in_order
from gen_migration.revision import marked, read_marker
from gen_migration.revision_header import read_header, read_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from gen_migration.render import Header
    from gen_migration.revision import Mark
    from gen_migration.revision_header import RevisionHeader


# Directories whose files are the revisions, each with whether those below it belong to it.
Locations = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A revision's file."""

    id: str
    parents: tuple[str, ...]
    path: Path
    text: str
    depends_on: tuple[str, ...] = ()
    branch_labels: tuple[str, ...] = ()

    @property
    def mark(self) -> Mark | None:
        """What it says of its origin, where this tool has written it."""
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
        text = self.text(header)
        result, found = formatted(text, path.absolute(), lambda: checksum(text))
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


class OutputDirectory:
    """A directory whose files are the chain; no Alembic configuration is needed."""

    depends_on: tuple[str, ...] = ()
    splice: bool = False
    slug_length: int = LENGTH

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def root(self) -> Path:
        return self._root

    @property
    def locations(self) -> Locations:
        return ((str(self._root), False),)

    def files(self) -> tuple[Revision, ...]:
        return tuple(read_revisions(self._root))

    def revisions(self) -> tuple[Revision, ...]:
        return in_order(self.files())

    def parents(
        self, revisions: tuple[Revision, ...], own: set[str]
    ) -> tuple[str, ...]:
        return head_of(revisions, own, self._root)

    def path_of(self, draft: Draft) -> Path:
        return self._root / f"{draft.header.revision}_{slug(draft.slug)}.py"

    def write(self, draft: Draft) -> Path:
        path = self.path_of(draft)
        write_new(path, draft.final(draft.header, path))
        return path

    def restore(self, draft: Draft, place: Path) -> Path:  # noqa: ARG002 - there is one
        return self.write(draft)

    def preview(self, draft: Draft) -> str:
        return draft.final(draft.header, self.path_of(draft))

    def environment(self) -> tuple[Config, ScriptDirectory]:
        from alembic.config import Config
        from alembic.script import ScriptDirectory

        root = str(self._root.absolute())
        config = Config()
        config.set_main_option("script_location", root.replace("%", "%%"))
        return config, ScriptDirectory(root, version_locations=[root])


def read_revisions(root: Path) -> Iterator[Revision]:
    """Yield the revisions in the files of a directory. Raises Error where two have one id."""
    seen: dict[str, Path] = {}
    for path in sorted(root.glob("*.py")):
        if path.name.startswith(".") or path.name == "__init__.py":
            continue
        found = read_revision(path)
        if found is None:
            continue
        if found.id in seen:
            raise Error(
                f"the revision {found.id} is in {seen[found.id]} as well",
                where=str(path),
                hint="remove one of the two files",
            )
        seen[found.id] = path
        yield found


def read_revision(path: Path) -> Revision | None:
    """Return the revision in a file; None when the file holds none. Raises Error."""
    text = read_source(path)
    header = read_header(text, str(path))
    return of_header(header, text, path) if header.id else None


def of_header(header: RevisionHeader, text: str, path: Path) -> Revision:
    """Return the revision of a file. Raises Error where it does not say what it follows."""
    if not header.has_parents:
        raise Error(
            f"the revision {header.id} does not say what it follows",
            where=str(path),
            hint="write down_revision; None where it follows nothing",
        )
    return Revision(
        id=header.id,
        parents=header.parents,
        depends_on=header.depends_on,
        branch_labels=header.branch_labels,
        path=path,
        text=text,
    )
