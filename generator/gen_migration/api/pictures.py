"""Schemas as pictures, and as a data dictionary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.api.places import HISTORY, PLAIN, SCRATCH
from gen_migration.base.errors import Error

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gen_migration.api.places import History, Scratch
    from gen_migration.base.configuration import Configuration
    from gen_migration.workflows.dictionary import Changes
    from gen_migration.workflows.shown import Shown

PICTURES = ("svg", "html", "png", "dbml")
PAGES = ("html", "markdown")
DETAILS = ("keys", "columns", "all")


def shown(
    source: str,
    old: str | None = None,
    *,
    history: History = HISTORY,
    configuration: Configuration = PLAIN,
    scratch: Scratch = SCRATCH,
) -> Shown:
    """Return a schema to be drawn or documented, and one that it is compared with.

    Sources are those of `diff`. Raises Error where one cannot be read.
    """
    from gen_migration.workflows.shown import shown as found

    target = history.target(configuration, source)
    return found(source, old, target, configuration, (scratch.dev_url, scratch.before))


def diagram(
    of: Shown,
    *,
    form: str = "svg",
    tables: Sequence[str] = (),
    depth: int = 1,
    detail: str | None = None,
    groups: bool = True,
) -> str | bytes:
    """Return the picture of a schema in one of PICTURES: a text, or the bytes of PNG.

    Of `tables`, where some are named, and of what is so many relations away from them; `detail` is
    one of DETAILS, or as much as can be read. Raises Error where a table is none, the form is none,
    or PNG cannot be made.
    """
    from gen_migration.review.diagram.model import Detail
    from gen_migration.workflows import diagram as workflow

    known(form, PICTURES, "form")
    level = None
    if detail is not None:
        level = Detail(known(detail, DETAILS, "detail"))
    found = workflow.drawn(of, tables, depth, groups=groups)
    return workflow.text_of(of, found, form, level)


def docs(of: Shown, *, form: str = "html") -> dict[str, str]:
    """Return the data dictionary of a schema, in one of PAGES: texts by the paths of files.

    Raises Error where there is no such form.
    """
    from gen_migration.workflows.dictionary import texts

    known(form, PAGES, "form")
    return texts(of, form)


def known(word: str, words: Sequence[str], what: str) -> int:
    """Return the place of a word among others. Raises Error where it is none of them."""
    if word not in words:
        raise Error(f'there is no {what} "{word}"', hint=f"one of {', '.join(words)}")
    return words.index(word)


def form_of(output: Path | None) -> str:
    """Return the form of a picture that a file's name says. Raises Error for one that says none."""
    from gen_migration.workflows.diagram import form_of

    return form_of(output)


def write(output: Path, made: str | bytes) -> None:
    """Write a picture. Raises Error where that cannot be done."""
    from gen_migration.workflows.diagram import write

    write(output, made)


def changes(directory: Path, pages: dict[str, str], form: str) -> Changes:
    """Return what a directory lacks of a dictionary. Raises Error for a file of another's."""
    from gen_migration.workflows.dictionary import changes

    return changes(directory, pages, form)


def write_docs(directory: Path, found: Changes) -> None:
    """Write a dictionary. Raises Error where that cannot be done."""
    from gen_migration.workflows.dictionary import write

    write(directory, found)
