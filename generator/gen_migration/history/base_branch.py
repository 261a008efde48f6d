"""The base branch in git, and the revisions that it has."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from gen_migration.base.errors import Error
from gen_migration.history.uncommitted import git
from gen_migration.render.header import read_header

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

# Where no branch is named: what the remote repository calls its own, and what most do.
USUAL = ("origin/HEAD", "main", "master")


class NoBaseError(Error):
    """There is no base branch, or git does not know where this one left it."""


def base_branch(place: Path, named: str | None) -> str:
    """Return the base branch: that which is named, or the first of the usual ones.

    `place` is a file of the working tree. Raises NoBaseError where there is none.
    """
    for one in USUAL if named is None else (named,):
        wanted = ("rev-parse", "--verify", "--quiet", "--end-of-options")
        if git(place, *wanted, f"{one}^{{commit}}"):
            return one
    raise NoBaseError(
        f"git has no branch {named or ', '.join(USUAL)} here",
        where=str(place.parent),
        hint="name the branch that this one goes to: --base BRANCH; in CI, fetch it first",
    )


def merge_base(file: Path, named: str | None) -> str | None:
    """Return the commit at which this branch left the base branch; None where it had no such file.

    Raises NoBaseError where git does not know it, as in a clone without its history.
    """
    branch = base_branch(file.absolute(), named)
    found = git(file.absolute(), "merge-base", branch, "HEAD")
    if not found:
        raise NoBaseError(
            f"git does not know where this branch left {branch}",
            where=str(file.parent),
            hint="fetch the whole history: git fetch --unshallow, or fetch-depth: 0",
        )
    commit = found.strip()
    there = git(file.absolute(), "ls-tree", commit, "--", f"./{file.name}")
    return commit if there else None


def revisions_on(branch: str, directories: Iterable[Path]) -> set[str]:
    """Return the ids of the revisions that a branch has in some directories. Raises Error."""
    return {
        read_header(text, f"{branch}:{path}").id
        for directory in directories
        for path, text in files_on(branch, directory)
    }


def files_on(branch: str, directory: Path) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each Python file that a branch has in a directory."""
    place = directory / "revision.py"
    listed = git(place, "ls-tree", "-z", branch, "--", "./") or ""
    named = {}
    for line in filter(None, listed.split("\0")):
        kind, _, path = line.partition("\t")
        if path.endswith(".py"):
            named[path] = kind.split()[2]
    if not named:
        return
    done = subprocess.run(
        ["git", "cat-file", "--batch"],  # noqa: S607 - the user's git
        cwd=directory.absolute(),
        capture_output=True,
        check=True,
        input="".join(f"{one}\n" for one in named.values()).encode(),
    )
    rest = done.stdout
    for path in named:
        head, _, rest = rest.partition(b"\n")
        size = int(head.split()[2])
        yield path, rest[:size].decode(errors="replace")
        rest = rest[size + 1 :]
