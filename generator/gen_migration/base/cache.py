"""A cache between runs in the user's cache directory; losing it costs time and nothing else.

An entry is a pure function of its key. A key is a SHA-256 over what the entry was made from, and
over the tool that made it. An entry that is cut short or changed is none, and a directory that
cannot be read or written is an empty one. So is one that others may write to: an entry says what
a history amounts to, and whoever plants one decides it.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from gen_migration.base.own_files import own_directory

if TYPE_CHECKING:
    from collections.abc import Iterable

# So many entries stay; those that were not used for the longest time go.
MAX_ENTRIES = 200
DIGEST_BYTES = 32
# What the tool is made of: its code, its queries, and the templates of what it writes.
OWN = (".py", ".sql", ".j2")


def directory() -> Path:
    """Return the directory of the entries, which need not be there."""
    import platformdirs

    return platformdirs.user_cache_path("gen-migration", appauthor=False)


def is_empty() -> bool:
    """Tell whether there are no entries: nobody needs a key, which takes long to make."""
    try:
        with os.scandir(directory()) as entries:
            return next(entries, None) is None
    except OSError:
        return True


def key(*parts: bytes) -> str:
    """Return the key of what is made from these parts."""
    return digest((fingerprint(), *parts)).hex()


def digest(parts: Iterable[bytes]) -> bytes:
    """Return a hash over parts; where one ends and the next begins counts."""
    import hashlib  # and OpenSSL, which a first revision waits for while another process reads

    found = hashlib.sha256()
    for part in parts:
        found.update(len(part).to_bytes(8, "big"))
        found.update(part)
    return found.digest()


def own_files() -> list[str]:
    """Return the files of the tool: its package, and its templates, which may be elsewhere."""
    roots = (Path(__file__).parent.parent, own_directory("templates"))
    found = {
        os.path.join(place, name)  # noqa: PTH118 - ten times as fast
        for root in roots
        for place, _, names in os.walk(root)
        for name in names
        if name.endswith(OWN)
    }
    return sorted(found)


@cache
def fingerprint() -> bytes:
    """Return a hash of the tool: its own files, Python, and the versions of what it stands on."""
    installed = sorted(
        name
        for place in {*sys.path}
        if os.path.isdir(place)  # noqa: PTH112 - ten times as fast
        for name in os.listdir(place)  # noqa: PTH208
        if name.endswith(".dist-info")
    )
    return digest(
        [
            sys.version.encode(),
            *map(contents, own_files()),
            *(name.encode() for name in installed),
        ]
    )


def contents(path: str) -> bytes:
    """Return the bytes of one of five hundred files; without a buffer, in half the time."""
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123
        return file.read()


def load(key: str) -> bytes | None:
    """Return the entry of a key, or None."""
    path = directory() / key
    with contextlib.suppress(OSError):
        if not is_own(os.stat(path.parent)):  # noqa: PTH116 - the sister of `fstat`
            return None
        data = own_bytes(path)
        hashed, entry = data[:DIGEST_BYTES], data[DIGEST_BYTES:]
        if hashed == digest([entry]):
            with contextlib.suppress(OSError):
                os.utime(path)
            return entry
    return None


def own_bytes(path: Path) -> bytes:
    """Return the bytes of a file that only this user may have written. Raises OSError."""
    # A name may be a link to what another has written, or a pipe, on which one waits.
    flags = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    handle = os.open(path, os.O_RDONLY | flags | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or not is_own(found):
            raise PermissionError(f"{path} may be another's")
        return file.read()


def is_own(found: os.stat_result) -> bool:
    """Tell whether a file or directory is this user's, and no other may write to it."""
    if not hasattr(os, "geteuid"):  # Windows: a profile is its user's
        return True
    others = stat.S_IWGRP | stat.S_IWOTH
    return found.st_uid == os.geteuid() and not found.st_mode & others


def store(key: str, data: bytes) -> None:
    """Keep an entry; two runs at once write the same, one after the other."""
    import tempfile

    with contextlib.suppress(OSError):
        root = directory()
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not is_own(os.stat(root)):  # noqa: PTH116
            return
        handle, name = tempfile.mkstemp(dir=root)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(digest([data]) + data)
            os.replace(name, root / key)  # noqa: PTH105 - a name of tempfile's
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)  # noqa: PTH108
            raise
        tidy(root)


def tidy(root: Path) -> None:
    """Remove the entries that were not used for the longest time, where there are too many."""
    found = [entry for entry in os.scandir(root) if entry.is_file()]
    if len(found) <= MAX_ENTRIES:
        return
    for entry in sorted(found, key=lambda one: one.stat().st_mtime)[:-MAX_ENTRIES]:
        os.unlink(entry.path)  # noqa: PTH108
