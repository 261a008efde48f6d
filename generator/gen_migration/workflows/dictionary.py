"""A data dictionary as files, which are never written over others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base import progress
from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Error, listed
from gen_migration.base.files import locked, replace_file
from gen_migration.kinds import KINDS
from gen_migration.review.dictionary import html, markdown
from gen_migration.review.dictionary.entries import dictionary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from gen_migration.workflows.shown import Shown

# The ends of the names of what each form writes.
ENDS = {"html": (".html",), "markdown": (".md", ".svg")}
BEGINNING = 4096  # in which the mark of a file stands
NAMED = 5  # files that an error names


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to be done in a directory: files to write, with their texts, and to remove."""

    written: Mapping[Path, str]
    removed: tuple[Path, ...]
    pages: int


def texts(of: Shown, form: str) -> dict[str, str]:
    """Return the files of the dictionary of a schema, by their paths in its directory."""
    title = of.title or of.name
    progress.tell(f"documenting {len(of.schema.tables)} tables")
    found = dictionary(of.schema, title, of.description, of.home, of.groups)
    return dict((html if form == "html" else markdown).files(found))


def changes(directory: Path, made: Mapping[str, str], form: str) -> Changes:
    """Return what a directory lacks, and what is there of an object that is gone.

    Raises Error where a file is in the way that was not written by this tool.
    """
    wanted = {directory / path: text for path, text in made.items()}
    strange = [path for path in wanted if path.exists() and not is_ours(path)]
    if strange:
        raise Error(
            "not written by gen-migration docs, and kept:"
            f" {listed([str(one) for one in strange], NAMED)}",
            where=str(directory),
            hint="name another directory, or move them away",
        )
    return Changes(
        written={path: text for path, text in wanted.items() if not holds(path, text)},
        removed=tuple(
            path
            for path in there(directory, form)
            if path not in wanted and is_ours(path)
        ),
        pages=len(wanted),
    )


def there(directory: Path, form: str) -> Iterator[Path]:
    """Yield the files of a form that are in the places of pages."""
    folders = ("tables", *(kind.key for kind in KINDS if not kind.holders))
    for folder in (directory, *(directory / one for one in folders)):
        if folder.is_dir():
            for path in sorted(folder.iterdir()):
                if path.suffix in ENDS[form] and path.is_file():
                    yield path


def is_ours(path: Path) -> bool:
    """Tell whether a file was written by this tool: its beginning says so."""
    try:
        with path.open("rb") as file:
            return html.MARK.encode() in file.read(BEGINNING)
    except IsADirectoryError:
        return False


def holds(path: Path, text: str) -> bool:
    """Tell whether a file has this text."""
    return path.exists() and path.read_bytes() == text.encode()


def write(directory: Path, found: Changes) -> None:
    """Make the changes. Raises Error where they cannot be made."""
    folders = sorted({path.parent for path in found.written})
    with locked(directory):
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
        for path, text in found.written.items():
            replace_file(path, text)
        for path in found.removed:
            path.unlink(missing_ok=True)
