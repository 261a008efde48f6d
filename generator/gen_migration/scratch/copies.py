"""Copies of the programs of PostgreSQL, from which the embedded server runs.

What a package brings is copied once for each build, so that a virtual environment may be deleted
while its server runs, one in root's home is of use to the account of the server, and who owns a
database may create the extensions of TRUSTED. What a system has installed runs where it is.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import TYPE_CHECKING

from gen_migration.base.errors import Error
from gen_migration.scratch.location import account, locked, owned
from gen_migration.scratch.programs import NEEDED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gen_migration.scratch.programs import Build

# Which can do nothing to files, and whose scripts create objects of C and no more, so that nobody's
# can get in between. Only a control file tells PostgreSQL who may create one.
TRUSTED = ("autoinc", "insert_username", "moddatetime", "vector")
# Beside a copy: the names of its files, since who clears a directory of temporary files may take
# some of them.
NAMES = "names"
SAFE = re.compile(r"^\s*(?:trusted\s*=\s*true|superuser\s*=\s*false)\b", re.MULTILINE)
NOT_NEEDED = ("doc", "include", "locale", "man", "pgxs", "pkgconfig", "*.a")


@cache
def runnable(build: Build) -> Path:
    """Return the programs of a build that the account of the server can run.

    Where there can be no copy, they are the package's own, and the administrator alone creates
    extensions that are not trusted.
    """
    if build.package:
        with contextlib.suppress(Error, OSError):
            found = copied(build)
            if is_runnable(found):
                return found
    return build.programs


def copied(build: Build) -> Path:
    """Return the programs of a copy, made where it is not there whole. Raises Error, OSError."""
    # The server of root is another user's, who passes through.
    name = f"gen-migration-programs-{os.geteuid()}"
    copies = owned(Path(gettempdir(), name), mode=0o711 if account() else 0o700)
    copy = copies / build.key
    with locked(copies / "lock"):
        if not is_whole(copy):
            with TemporaryDirectory(dir=copies) as new:
                whole = Path(new, "whole")
                make(build, whole)
                if copy.exists():
                    copy.rename(Path(new, "old"))
                whole.rename(copy)
    return copy / build.programs.relative_to(build.programs.parents[2])


def is_trusted(build: Build, extension: str) -> bool:
    """Tell whether one who owns a database may create an extension. Raises OSError."""
    if build.package and extension in TRUSTED:
        return True
    control = build.extensions / f"{extension}.control"
    text = control.read_text(encoding="utf-8", errors="replace")
    return SAFE.search(text) is not None


def is_whole(copy: Path) -> bool:
    """Tell whether all files of a copy are there."""
    try:
        names = (copy / NAMES).read_text(encoding="utf-8")
    except OSError:
        return False
    return set(names.splitlines()) <= {*files(copy)}


def make(build: Build, whole: Path) -> None:
    """Copy what a server needs of a package, each file where its programs look for it."""
    tree = build.programs.parent
    package = tree.parent
    # Where those who make wheels put libraries, on Linux and on macOS.
    beside = package.with_name(f"{package.name}.libs"), package / ".dylibs"
    for part in (tree, *beside):
        if part.exists():
            shutil.copytree(
                part,
                whole / part.relative_to(package.parent),
                symlinks=True,
                ignore=left_out(build),
            )
    extensions = whole / build.extensions.relative_to(package.parent)
    for name in TRUSTED:
        control = extensions / f"{name}.control"
        if control.exists():
            text = control.read_text(encoding="utf-8")
            control.write_text(f"{text}\ntrusted = true\n", encoding="utf-8")
    opened(whole)
    (whole / NAMES).write_text("\n".join(files(whole)), encoding="utf-8")


def left_out(build: Build) -> Callable[[str, list[str]], set[str]]:
    """Return what tells, of the names in a directory, which a server does not need."""
    patterns = shutil.ignore_patterns(*NOT_NEEDED)

    def ignored(directory: str, names: list[str]) -> set[str]:
        if Path(directory) == build.programs:
            return {*names}.difference(NEEDED)
        return {*patterns(directory, names)}

    return ignored


def files(directory: Path) -> Iterator[str]:
    """Yield the names of all files in and below a directory, but for NAMES."""
    for place, _, names in os.walk(directory):
        start = os.path.relpath(place, directory)
        yield from (f"{start}/{one}" for one in names if one != NAMES)


def opened(root: Path) -> None:
    """Let others read, and run, what its owner can."""
    for path in (root, *root.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (mode & 0o500) >> 6)


def is_runnable(directory: Path) -> bool:
    """Tell whether the account of the server can run the programs of a directory."""
    try:
        subprocess.run(  # noqa: S603 - the package's own program
            [directory / "postgres", "--version"],
            check=True,
            cwd="/",
            capture_output=True,
            **account(),
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return True
