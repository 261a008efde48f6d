"""Files that nobody could bring back: git does not have them as they are."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from gen_migration.base.errors import Error, listed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SHOWN = 3  # files that a message names


def check_committed(paths: Sequence[Path], way_out: str) -> None:
    """Raise Error where one of these files is not committed as it is.

    So it is where git is not there, or the files are in no working tree of it. `way_out` is the
    option with which it goes on all the same.
    """
    lost = [str(path) for path in paths if not is_committed(path)]
    if lost:
        raise Error(
            f"git does not have as they are: {listed(lost, SHOWN)}; they would be lost",
            where=lost[0],
            hint=f"commit them first, or run with {way_out}, which loses them",
        )


def is_committed(path: Path) -> bool:
    """Tell whether the commit that is checked out has a file as it is."""
    known = git(path, "ls-tree", "--name-only", "HEAD", "--", path.name)
    if known is None or not known.strip():
        return False
    changed = git(path, "status", "--porcelain", "--ignored", "--", path.name)
    return changed is not None and not changed.strip()


def git(path: Path, *arguments: str) -> str | None:
    """Return what git says in the directory of a file; None where it has nothing to say."""
    try:
        done = subprocess.run(  # noqa: S603 - arguments stay arguments
            ["git", "--literal-pathspecs", *arguments],  # noqa: S607 - the user's git
            cwd=path.absolute().parent,
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
            text=True,
            errors="replace",
        )
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None
