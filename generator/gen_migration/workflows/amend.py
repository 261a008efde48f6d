"""The newest revision of a spec, written anew in its place."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from gen_migration.base.errors import Error
from gen_migration.base.files import replace_file
from gen_migration.history.edit_parts import of_one_edit
from gen_migration.history.file_names import renamed
from gen_migration.render.header import parsed
from gen_migration.render.marker import is_edited

if TYPE_CHECKING:
    from pathlib import Path

    from gen_migration.history.drafts import Change
    from gen_migration.history.request import Request
    from gen_migration.history.revision import Directory, Revision
    from gen_migration.model.schema import Spec


def amendable(
    newest: Revision | None,
    revisions: tuple[Revision, ...],
    spec: Spec,
    request: Request,
) -> tuple[Revision, ...]:
    """Return the revisions to replace: those of the newest edit, in their order.

    Raises Error where they may not be replaced.
    """
    if newest is None:
        raise Error(
            f'the spec "{spec.name}" has no revision yet',
            hint="run without --amend to write its first",
        )
    where = str(newest.path)
    children = sorted(one.id for one in revisions if newest.id in one.needs)
    if children:
        raise Error(
            f"the revision {newest.id} is followed by {', '.join(children)}",
            where=where,
            hint="run without --amend to write a revision that follows",
        )
    edit = of_one_edit(newest, revisions)
    if is_adopting(newest):
        raise Error(
            f"the revision {newest.id} adopts what was there, and cannot be amended",
            where=where,
            hint="edit the spec and run without --amend, which writes the next revision; or"
            " delete the file and run with --adopt again",
        )
    if newest.replaces:
        raise Error(
            f"the revision {newest.id} takes the place of others, and cannot be amended: databases"
            " that have run those have it",
            where=where,
            hint="run without --amend to write a revision that follows",
        )
    for one in edit:
        if request.database is not None and is_applied(one, request.database):
            raise Error(
                f"the revision {one.id} is applied in the database of --dev-url",
                where=str(one.path),
                hint=f"downgrade it first: alembic downgrade {edit[0].id}-1",
            )
        if is_edited(one.text) and not request.force:
            raise Error(
                f"the revision {one.id} was edited by hand",
                where=str(one.path),
                hint="run without --amend, which keeps the edit, or with --force, which loses it",
            )
    return edit


def is_adopting(revision: Revision) -> bool:
    """Tell whether a revision declares what was there before it.

    Raises Error with its line where it is no Python.
    """
    return "def adopted(" in revision.text and any(
        isinstance(node, ast.FunctionDef) and node.name == "adopted"
        for node in parsed(revision.text, str(revision.path)).body
    )


def is_applied(revision: Revision, url: str) -> bool:
    """Tell whether a database is at a revision, in any version table. Raises Error."""
    from gen_migration.catalog.reader import words
    from gen_migration.postgres.driver import driver
    from gen_migration.scratch.databases import connect

    psycopg = driver()
    try:
        with connect(url) as connection:
            tables = connection.execute(
                "SELECT attrelid::regclass::text FROM pg_attribute"
                " JOIN pg_class ON pg_class.oid = attrelid"
                " WHERE attname = 'version_num' AND relkind = 'r'"
            ).fetchall()
            for (table,) in tables:
                query = f"SELECT 1 FROM {table} WHERE version_num = %s"  # noqa: S608 - quoted by PostgreSQL
                if connection.execute(query, [revision.id]).fetchone():
                    return True
    except psycopg.Error as error:
        raise Error(
            f"the database of --dev-url cannot be asked: {words(error)}",
            hint="see whether the server runs, and the URL is right",
        ) from None
    return False


def amend(
    change: Change, directory: Directory, request: Request
) -> tuple[tuple[Path, ...], bool]:
    """Write revisions in the place of others; return their paths, and whether they changed.

    New ones are written first and those too many are deleted last, so that whatever interrupts
    it leaves one chain. Raises Error where nothing is left to write; with `force`, the files are
    deleted.
    """
    old = change.replaces
    if change.is_empty and not request.force:
        many = "s" if old[1:] else ""
        raise Error(
            f"the spec is back to where it was before the revision {old[0].id}",
            where=str(old[0].path),
            hint=f"run again with --amend --force to delete the file{many}",
        )
    kept = list(zip(old, change.drafts, strict=False))
    added = [directory.write(draft) for draft in change.drafts[len(old) :]]
    changed = bool(added)
    places: list[Path] = []
    for one, draft in reversed(kept):
        text = draft.final(draft.header, one.path)
        place = renamed(one.path, one.text, text, directory.slug_length)
        if text != one.text:
            replace_file(one.path, text)
            changed = True
        if place != one.path and not place.exists():
            one.path.rename(place)
            changed = True
        else:
            place = one.path
        places.insert(0, place)
    gone = old[len(change.drafts) :]
    for one in reversed(gone):
        one.path.unlink()
    paths = (*places, *added)
    return paths or tuple(one.path for one in gone), changed or bool(gone)
