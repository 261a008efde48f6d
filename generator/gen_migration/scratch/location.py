"""Where the embedded PostgreSQL keeps its data, and whose processes may touch it there."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from gen_migration.base.errors import Error

if TYPE_CHECKING:
    from collections.abc import Iterator

ANOTHER = "postgresql://user@host/database"
ELSEWHERE = f"name another server: --dev-url {ANOTHER}"
VARIABLE = "GEN_MIGRATION_SCRATCH"
MEMORY = Path("/dev/shm")  # noqa: S108 - each user has a directory of their own
ROOM = 256 * 2**20  # bytes that must be free in memory
PORT = 5432
SOCKET = f".s.PGSQL.{PORT}"
MAX_SOCKET = 103  # bytes in the path of a socket on macOS; Linux takes 107


def place(key: str) -> Path:
    """Return the directory of the servers, made where it is not there: in memory if possible.

    `key` is that of the build whose data is to be in it. Raises Error when it is another user's.
    """
    if sys.platform == "win32":
        raise Error("the embedded PostgreSQL runs on Linux and macOS", hint=ELSEWHERE)
    for base in places():
        if len(os.fsencode(base / key / SOCKET)) > MAX_SOCKET:
            continue
        try:
            # The server of root is another user's, who passes through.
            return owned(base, mode=0o711 if account() else 0o700)
        except OSError:
            continue
    raise Error(
        "there is no directory for the embedded PostgreSQL",
        where=os.environ.get(VARIABLE, ""),
        hint=f"name one of a short path that can be written: {VARIABLE}=/directory",
    )


def places() -> Iterator[Path]:
    """Yield where the directory may be, the best first."""
    import platformdirs

    name = f"gen-migration-{os.geteuid()}"
    chosen = os.environ.get(VARIABLE)
    if chosen:
        # In it, since what is in the directory itself may be dear to the user.
        yield Path(chosen).absolute() / name
        return
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK):
        room = os.statvfs(MEMORY)
        if room.f_bavail * room.f_frsize >= ROOM:
            yield MEMORY / name
    if not account():  # root's home is closed to the account of the server
        yield platformdirs.user_cache_path("gen-migration", appauthor=False) / "scratch"
    yield Path(tempfile.gettempdir()).resolve() / name


def owned(path: Path, mode: int) -> Path:
    """Return a directory that is this user's, made where it is not there.

    Raises Error when a stranger has put something in its place, as anyone can in /dev/shm.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=mode)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise Error(
            "this is no directory of yours, and the embedded PostgreSQL does not use it",
            where=str(path),
            hint=f"remove it, or name another place: {VARIABLE}=/directory",
        )
    if stat.S_IMODE(found.st_mode) != mode:
        path.chmod(mode)
    return path


@cache
def account() -> dict[str, Any]:
    """Return who runs the server, as `subprocess` takes it; PostgreSQL refuses root.

    Raises Error.
    """
    if os.geteuid() != 0:
        return {}
    import pwd

    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise Error(
            'the embedded PostgreSQL of root runs as "nobody", and there is no such user',
            hint=f"run as another user than root; or {ELSEWHERE}",
        ) from None
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock on a file; another process waits for it."""
    import fcntl

    with lock_file(path) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def lock_file(path: Path) -> IO[str]:
    """Open a file for locks, which no other user can open, and so hold."""
    return open(path, "a", opener=lambda name, flags: os.open(name, flags, 0o600))
