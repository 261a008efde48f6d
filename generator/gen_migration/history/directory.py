"""A directory whose files are the revisions.

Alembic is imported only where its configuration is used: it brings all of SQLAlchemy with it
(0.45 s).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.errors import Error
from gen_migration.base.files import write_new
from gen_migration.history.file_names import LENGTH, slug
from gen_migration.history.graph import head_of, in_order
from gen_migration.history.revision import Draft, Locations, Revision
from gen_migration.history.revision_ids import TEMPLATE, template_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from gen_migration.render.header import RevisionHeader


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
        id_, words = draft.header.revision, slug(draft.slug)
        name = template_of(id_, TEMPLATE) % {"rev": id_, "slug": words}
        return self._root / f"{name}.py"

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
    from gen_migration.render.header import read_header, read_source

    text = read_source(path)
    header = read_header(text, str(path))
    return of_header(header, text, path) if header.id else None


def of_header(header: RevisionHeader, text: str, path: Path) -> Revision:
    """Return the revision of a file. Raises Error where it does not say what it follows."""
    from gen_migration.render.marker import read_marker

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
        replaces=header.replaces if read_marker(text) else (),
        path=path,
        text=text,
    )
