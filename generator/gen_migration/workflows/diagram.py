"""A picture of a schema in one of its formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base import progress
from gen_migration.base.errors import Error, choices
from gen_migration.base.files import locked, replace_file
from gen_migration.review.diagram import selection
from gen_migration.review.diagram.groups import grouped
from gen_migration.review.diagram.model import Detail, shown
from gen_migration.review.diagram.picture import diagram

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gen_migration.review.diagram.model import Diagram
    from gen_migration.workflows.shown import Shown

FORMS = {".svg": "svg", ".html": "html", ".png": "png", ".dbml": "dbml"}


def drawn(of: Shown, tables: Sequence[str], depth: int, *, groups: bool) -> Diagram:
    """Return the diagram of a schema, or of tables and what is so many relations away from them.

    Raises Error where a table is none.
    """
    whole = diagram(of.schema, of.old, of.home)
    if tables:
        whole = selection.Parts(whole).around(selection.called(whole, tables), depth)
    return grouped(whole, of.groups, of.home) if groups else whole


def text_of(
    of: Shown,
    found: Diagram,
    form: str,
    detail: Detail | None,
) -> str | bytes:
    """Return a diagram in a format; without `detail`, as much of each table as can be read.

    Raises Error for PNG without what makes it, and for DBML of a comparison, which it cannot say.
    """
    title = shown(
        f"Schema of {of.name}" + (f", compared with {of.old_name}" if of.old else "")
    )
    detail = selection.fitting(found) if detail is None else detail
    progress.tell(f"drawing {len(found.boxes)} tables and views")
    if form == "dbml":
        from gen_migration.review.diagram.dbml import dbml

        if of.old is not None:
            raise Error(
                "DBML says one schema, and not what changed",
                hint="leave --old out, or name another format",
            )
        return dbml(of.schema, found, of.title, of.description)
    if form == "html":
        from gen_migration.review.diagram.html import page
        from gen_migration.review.diagram.objects import others

        sides = (of.schema if of.old is None else of.old, of.schema)
        return page(found, title, detail, others(sides))
    from gen_migration.review.diagram.svg import svg

    text = svg(selection.reduced(found, detail), title)
    if form == "svg":
        return text
    from gen_migration.review.diagram.png import png

    return png(text)


def form_of(output: Path | None) -> str:
    """Return the form that a file's name says; SVG without a file.

    Raises Error for one that says none.
    """
    if output is None:
        return "svg"
    found = FORMS.get(output.suffix.lower())
    if found is None:
        raise Error(
            "its name does not say the format of the picture",
            where=str(output),
            hint=f"name a file that ends with {choices(FORMS)}, or give --format",
        )
    return found


def write(output: Path, made: str | bytes) -> None:
    """Write a picture. Raises Error where that cannot be done."""
    with locked(output.absolute().parent):
        replace_file(output, made)
