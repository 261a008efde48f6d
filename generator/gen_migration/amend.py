"""The newest revision of a spec, written anew in its place."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from gen_migration.errors import Error
from gen_migration.files import replace_file
from gen_migration.revision import is_edited

if TYPE_CHECKING:
    from pathlib import Path

    from gen_migration.generate import Change, Request
    from gen_migration.history import Revision
    from gen_migration.schema import Spec


def amendable(
    newest: Revision | None,
    revisions: tuple[Revision, ...],
    spec: Spec,
    request: Request,
) -> Revision:
    """Return the revision to replace. Raises Error where it is not one that may be replaced."""
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
    if is_adopting(newest.text):
        raise Error(
            f"the revision {newest.id} adopts what was there, and cannot be amended",
            where=where,
            hint="edit the spec and run without --amend, which writes the next revision; or"
            " delete the file and run with --adopt again",
        )
    if request.database is not None and is_applied(newest, request.database):
        raise Error(
            f"the revision {newest.id} is applied in the database of --dev-url",
            where=where,
            hint=f"downgrade it first: alembic downgrade {newest.id}-1",
        )
    if is_edited(newest.text) and not request.force:
        raise Error(
            f"the revision {newest.id} was edited by hand",
            where=where,
            hint="run without --amend, which keeps the edit, or with --force, which loses it",
        )
    return newest


def is_adopting(text: str) -> bool:
    """Tell whether a revision declares what was there before it."""
    return "def adopted(" in text and any(
        isinstance(node, ast.FunctionDef) and node.name == "adopted"
        for node in ast.parse(text).body
    )


def is_applied(revision: Revision, url: str) -> bool:
    """Tell whether a database is at a revision, in any version table. Raises Error."""
    import psycopg

    from gen_migration.scratch import connect

    # SQLAlchemy's URLs name a driver.
    plain = re.sub(r"^(postgres(?:ql)?)\+\w+://", r"\1://", url)
    try:
        with connect(plain) as connection:
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
        reason = (
            str(error).strip().splitlines()[0] if str(error).strip() else "no answer"
        )
        raise Error(
            f"the database of --dev-url cannot be asked: {reason}",
            hint="see whether the server runs, and the URL is right",
        ) from None
    return False


def amend(change: Change, request: Request) -> tuple[Path, bool]:
    """Write a revision in the place of another; return its path, and whether it changed.

    Raises Error where nothing is left of it; with `force`, its file is deleted.
    """
    old = change.replaces
    assert old is not None  # noqa: S101 - the caller amends
    if change.is_empty:
        if not request.force:
            raise Error(
                f"the spec is back to where it was before the revision {old.id}",
                where=str(old.path),
                hint="run again with --amend --force to delete the file",
            )
        old.path.unlink()
        return old.path, True
    text = change.draft.final(change.draft.header, old.path)
    if text == old.text:
        return old.path, False
    replace_file(old.path, text)
    return old.path, True


def message_of(text: str) -> str:
    """Return the message of a revision: its docstring up to Alembic's own lines."""
    found = ast.get_docstring(ast.parse(text), clean=False) or ""
    return found.partition("\n\nRevision ID:")[0].strip()
