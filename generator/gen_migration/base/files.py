"""Files: those of a spec, and those that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, TypeVar

from gen_migration.base.errors import Error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PREFIX, SUFFIX = ".gen-migration-", ".tmp"
YAML = frozenset((".yaml", ".yml"))
MAX_FILES = 5_000
P = TypeVar("P", bound=PurePath)


def spec_files(path: Path) -> list[Path]:
    """Return the files of a spec: itself, or those of a directory in the order of their names.

    Raises Error for a directory without any, or with too many.
    """
    if not os.path.isdir(path):  # noqa: PTH112 - a path that is too long is no directory
        return [path]
    found = [one for one in path.iterdir() if is_yaml(one) and one.is_file()]
    return in_order(found, str(path))


def from_here(path: Path) -> Path:
    """Return a path as short as it can be written in the working directory."""
    with contextlib.suppress(ValueError):
        return path.relative_to(Path.cwd())
    return path


def is_yaml(path: PurePath) -> bool:
    """Tell whether a file in a directory belongs to a spec, by its name."""
    return path.suffix in YAML and not path.name.startswith(".")


def in_order(found: Iterable[P], where: str) -> list[P]:
    """Return the files of a spec's directory in order. Raises Error as `spec_files` does."""
    result = sorted(found)
    if not result:
        raise Error(
            "the directory holds no YAML file",
            where=where,
            hint="give the path of a spec",
        )
    if len(result) > MAX_FILES:
        raise Error(
            f"the directory holds more than {MAX_FILES:,} YAML files",
            where=where,
            hint="split the schema into several specs",
        )
    return result


@contextlib.contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Hold a directory against other runs of this tool; it is made where it is missing.

    The lock goes with the process, also when that is killed. Raises Error when the directory
    cannot be used.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        handle = os.open(directory, os.O_RDONLY)
    except OSError as error:
        raise unusable(directory, error) from None
    try:
        with contextlib.suppress(ImportError, OSError):  # no such locks on this system
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX)
        for leftover in directory.glob(f"{PREFIX}*{SUFFIX}"):
            leftover.unlink(missing_ok=True)  # of a run that was killed
        yield
    finally:
        os.close(handle)


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet, so that it is seen whole or not at all.

    The caller holds the directory (`locked`). Raises Error when the file exists or cannot be
    written; nothing is left behind then.
    """
    try:
        with finished(path, text) as name:
            put_in_place(name, path)
    except FileExistsError:
        raise Error(
            "the file exists and is not overwritten",
            where=str(path),
            hint="remove or rename it, then run again",
        ) from None


def replace_file(path: Path, text: str | bytes, mode: int | None = None) -> None:
    """Write a file anew; it is seen with the old or the new text.

    `mode` is its mode; left out, that of a new file. Raises Error when it cannot be written.
    """
    with finished(path, text, mode) as name:
        os.replace(name, path)  # noqa: PTH105 - a name of tempfile's


@contextlib.contextmanager
def finished(path: Path, text: str | bytes, mode: int | None = None) -> Iterator[str]:
    """Yield the name of a temporary file on the disk beside `path`; it is gone at the end.

    Raises Error for what the system refuses, FileExistsError aside.
    """
    import tempfile

    name = None
    try:
        handle, name = tempfile.mkstemp(prefix=PREFIX, suffix=SUFFIX, dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode() if isinstance(text, str) else text)
            file.flush()
            os.fchmod(file.fileno(), 0o666 & ~umask() if mode is None else mode)
            os.fsync(file.fileno())
        yield name
    except FileExistsError:
        raise
    except OSError as error:
        raise unusable(path, error) from None
    finally:
        if name is not None:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)  # noqa: PTH108 - a name of tempfile's


def put_in_place(name: str, path: Path) -> None:
    """Give a finished file its name; FileExistsError when that is taken."""
    try:
        os.link(name, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if path.exists():
            raise FileExistsError from None
        os.rename(name, path)  # noqa: PTH104 - a name of tempfile's
    with contextlib.suppress(OSError):
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def umask() -> int:
    """Return the process's umask, which can only be read by setting it."""
    value = os.umask(0o022)
    os.umask(value)
    return value


def unusable(path: Path, error: OSError) -> Error:
    """Return what to say of a directory or a file that the system refuses."""
    return Error(
        f"cannot be written: {error.strerror}",
        where=str(path),
        hint="give a directory that you may write to, with room in it",
    )
