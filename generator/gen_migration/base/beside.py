"""Files of SQL beside a spec, whose text stands in it as `{file: sql/recent.sql}`.

A spec may be a stranger's: such a file lies below the spec's directory, no link leads to it, and
its name stands in the spec as it is, so that whoever has the spec's bytes knows the files.
"""

from __future__ import annotations

import os
import re
import stat
from typing import TYPE_CHECKING

from gen_migration.base.errors import Error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MAX_BYTES = 1_000_000
MAX_NAME = 400  # characters
NAME = re.compile(r"(?<![\w./-])[\w./-]+\.sql(?![\w./-])")
GOOD = "write a path below the spec's directory, such as sql/recent.sql"
NO_FILE, NO_LINK = "no such file", "it is no plain file: a link is not followed"


def names(text: str) -> set[str]:
    """Return all that a spec's text may name as files beside it."""
    return {*NAME.findall(text)} if ".sql" in text else set()


def fault(name: str) -> str | None:
    """Return why a name is none of a file beside a spec; None where it is one."""
    if len(name) > MAX_NAME or NAME.fullmatch(name) is None:
        return (
            "a file of SQL has a name of letters, digits, _, - and ., and ends in .sql"
        )
    if any(part in {"", ".", ".."} for part in name.split("/")):
        return "the path leads out of the spec's directory"
    return None


def directory(spec: Path) -> Path:
    """Return what the files of a spec lie below."""
    return spec if spec.is_dir() else spec.parent


def read(root: Path, name: str) -> bytes:
    """Return what is in the file of a good name below a directory. Raises Error."""
    path = root
    for part in name.split("/"):
        path /= part
        if path.is_symlink():
            raise Error(NO_LINK, where=str(path))
    flags = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        handle = os.open(path, os.O_RDONLY | flags | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise Error(NO_LINK, where=str(path))
            data = file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise Error(NO_FILE, where=str(path), hint=GOOD) from None
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise Error(message, where=str(path)) from None
    return bounded(data, str(path))


def bounded(data: bytes, where: str) -> bytes:
    """Return what is in a file. Raises Error where it is too long."""
    if len(data) > MAX_BYTES:
        raise Error(f"the file is longer than {MAX_BYTES:,} bytes", where=where)
    return data


def contents(spec: Path, texts: Iterable[str]) -> Iterator[bytes]:
    """Yield the name of each file that a spec's texts may name, and what is in it."""
    for name in sorted({name for text in texts for name in names(text)}):
        if fault(name) is None:
            yield name.encode()
            try:
                yield b"+" + read(directory(spec), name)
            except Error:
                yield b"-"
