"""Files of revisions that go, since others take their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.errors import Error, listed
from gen_migration.history.uncommitted import check_committed
from gen_migration.render.marker import is_edited

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gen_migration.history.revision import Revision

SHOWN = 3  # revisions that a message names
FORCE = "--force"


def check_files(files: Sequence[Revision], *, force: bool) -> None:
    """Raise Error where what a person has written would be lost; not with `force`."""
    if force:
        return
    edited = [one for one in files if one.mark is not None and is_edited(one.text)]
    if edited:
        ids = listed([one.id for one in edited], SHOWN)
        raise Error(
            f"edited by hand: {ids}; comments and what only a person can say would be lost",
            where=str(edited[0].path),
            hint="run with --force, which keeps what it does to the schema and loses its text",
        )
    check_committed([one.path for one in files], FORCE)


def deleted(gone: Sequence[Revision]) -> tuple[Path, ...]:
    """Delete revisions, the newest first: what is left never lacks what it follows."""
    for one in reversed(gone):
        one.path.unlink(missing_ok=True)
    return tuple(one.path for one in gone)
