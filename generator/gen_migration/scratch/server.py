"""The embedded PostgreSQL: a server for each user and build, started on demand.

Of the packages (`programs.PACKAGES`) only the programs are used. Their own `get_server` counts the
users of a server by their process ids in a file: a killed process stays in there, and the server
is never stopped; an id that another process got by now is taken for the server; a data directory
that is half made is never mended; and one lock in /tmp, of whoever came first, is for all users
of the machine. Here the kernel counts: who uses the server holds a shared lock on a file, and a
lock goes with its process, however that ends.

In the directory of `place` there are, for a build whose key is 18.6-a6ec60dc:

    18.6-a6ec60dc        the data of the server, with its log and its socket
    18.6-a6ec60dc-…      the same while it is made or removed
    18.6-a6ec60dc.lock   held by who starts or stops the server
    18.6-a6ec60dc.users  held, shared, by each process that uses it

What is in there is worth nothing: a data directory that does not start is made anew.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import IO
from urllib.parse import quote

from gen_migration.base import progress
from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Error
from gen_migration.scratch.copies import runnable
from gen_migration.scratch.location import (
    ELSEWHERE,
    PORT,
    SOCKET,
    account,
    lock_file,
    locked,
    place,
)
from gen_migration.scratch.programs import Build, environment

# Seconds after which data that nobody uses is that of a former installation.
OLD = 7 * 86400
SECONDS = 60  # that a program may take on a machine under load
# What a program prints, and `lower('Ä')`, is the same on each machine. A segment of the log is
# small, since 16 MB of memory would be much for nothing.
INITDB = (
    "--username=postgres",
    "--auth=trust",  # none but the owner of the directory reaches the socket in it
    "--encoding=UTF8",
    "--locale=C",
    "--no-sync",
    "--no-instructions",
    "--wal-segsize=1",
)
SETTINGS = {
    # Nothing waits for the disk: what a crash of the machine breaks is made anew.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "jit": "off",
    # A new connection plans all queries of the catalog anew, which takes far longer than they do
    # on catalogs of this size: joins are made as they are written.
    "join_collapse_limit": "1",
    # In the data directory, so that a killed server leaves nothing elsewhere.
    "dynamic_shared_memory_type": "mmap",
    "max_connections": "200",  # tests run side by side
    "log_min_messages": "fatal",  # what fails is told to who asked; the log is never rotated
    "timezone": "UTC",
    "listen_addresses": "''",
    "port": str(PORT),  # whatever PGPORT says
    # The data directory itself. Where that was removed under a running server, which notices
    # within a minute, the old server finds no socket of the new one to take away.
    "unix_socket_directories": ".",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server: the build whose programs it runs, and the directory that its data is in."""

    build: Build
    base: Path

    @property
    def data(self) -> Path:
        """Return the directory of its data, which is that of its socket."""
        return self.base / self.build.key

    def beside(self, suffix: str) -> Path:
        """Return the file of a suffix that belongs to the data."""
        return self.base / f"{self.build.key}{suffix}"

    def get_uri(self) -> str:
        """Return the URL of its database for administration."""
        return (
            f"postgresql://postgres@/postgres?host={quote(str(self.data))}&port={PORT}"
        )

    def listens(self) -> bool:
        """Tell whether it runs. A process id could be another process's by now."""
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.data / SOCKET))
            except OSError:
                return False
        return True

    def start(self) -> None:
        """Start it, on data that is made anew where there is none or it does not start.

        Raises Failure.
        """
        if self.data.exists():
            with contextlib.suppress(Failure):
                self.start_on_data()
                return
        self.make_data()
        self.start_on_data()

    def start_on_data(self) -> None:
        """Start it. Raises Failure."""
        log = self.data / "log"
        settings = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
        log.unlink(missing_ok=True)
        try:
            self.run(
                "pg_ctl",
                "start",
                "--wait",
                f"--log={log}",
                f"--options={settings}",
            )
        except Failure as failure:
            with contextlib.suppress(OSError):
                failure.add(log.read_text(errors="replace"))
            raise

    def stop(self) -> None:
        """Stop it, with all its connections. Raises Failure."""
        try:
            self.run("pg_ctl", "stop", "--wait", "--mode=fast")
        except Failure:
            self.run("pg_ctl", "stop", "--wait", "--mode=immediate")

    def make_data(self) -> None:
        """Make its data directory, which has its name only when it is whole. Raises Failure."""
        # Another process of a run or a server that was killed may still write to an old one.
        if self.data.exists():
            self.data.rename(self.aside())
        for old in self.base.glob(f"{self.build.key}-*"):
            shutil.rmtree(old, ignore_errors=True)
        self.clear_others()
        new = self.aside()
        if account():
            os.chown(new, account()["user"], account()["group"])
        self.run("initdb", *INITDB, data=new)
        new.rename(self.data)

    def aside(self) -> Path:
        """Return a new directory for data that is made, or is thrown away."""
        return Path(tempfile.mkdtemp(dir=self.base, prefix=f"{self.build.key}-"))

    def clear_others(self) -> None:
        """Remove the data of other builds that nobody uses: those of former installations."""
        for path in self.base.glob("*.users"):
            other = path.with_name(path.name.removesuffix(".users"))
            with contextlib.suppress(OSError), lock_file(path) as users:
                # Whoever starts it meanwhile makes its data anew.
                if other != self.data and is_old(other) and is_alone(users):
                    shutil.rmtree(other.rename(self.aside()))

    def run(self, program: str, *arguments: str, data: Path | None = None) -> None:
        """Run a program of the package on a data directory. Raises Failure."""
        # A file, since the server that pg_ctl leaves behind may hold a pipe open.
        with tempfile.TemporaryFile() as output:
            try:
                subprocess.run(  # noqa: S603 - the package's own programs
                    [
                        runnable(self.build) / program,
                        f"--pgdata={data or self.data}",
                        *arguments,
                    ],
                    check=True,
                    cwd="/",
                    env=environment(),
                    start_new_session=True,  # Ctrl-C in a terminal is for us alone
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    timeout=SECONDS,
                    **account(),
                )
            except subprocess.SubprocessError as error:
                output.seek(0)
                said = output.read().decode(errors="replace")
                raise Failure(said or str(error)) from None


class Failure(Exception):
    """A program of PostgreSQL failed. Its message is what was printed."""

    def add(self, text: str) -> None:
        """Put a text after the message."""
        self.args = (f"{self}\n{text}",)

    def reason(self) -> str:
        """Return the line that says most."""
        lines = [line.strip() for line in str(self).splitlines() if line.strip()]
        marks = ("PANIC:", "FATAL:", "error:", "could not", "")
        telling = (line for mark in marks for line in lines if mark in line)
        return next(telling, "no answer")


# The servers that this process uses. The lock of an entry is held as long as it is open.
_used: dict[Path, tuple[Server, IO[str]]] = {}


def running(build: Build) -> Server | None:
    """Return the server of a build that this process uses already, if it runs.

    Raises Error, as `started` does.
    """
    found, _ = _used.get(place(build.key) / build.key, (None, None))
    return found if found is not None and found.listens() else None


def started(build: Build) -> Server:
    """Return the server of a build; it stops with the last process that uses it.

    Raises Error when it does not start.
    """
    base = place(build.key)
    progress.tell(f"starting {build.words}")
    try:
        return use(Server(build=build, base=base))
    except Failure as failure:
        reason = failure.reason()
    except OSError as error:
        reason = f"{error.filename or base}: {error.strerror}"
    raise Error(
        f"the embedded PostgreSQL {build.version} does not start: {reason}",
        hint=f"its data is in {base}; or {ELSEWHERE}",
    )


def use(found: Server) -> Server:
    """Return a server that runs, and that this process is known to use. Raises Failure, OSError."""
    with locked(found.beside(".lock")):
        mine, users = _used.pop(found.data, (None, None))
        if users is None:
            users = lock_file(found.beside(".users"))
        with contextlib.ExitStack() as after_failure:
            after_failure.callback(users.close)
            if mine is None and is_alone(users) and found.listens():
                # Its users were killed: it may be of another installation, and busy for them.
                with contextlib.suppress(Failure):
                    found.stop()
            if not found.listens():
                found.start()
            share(users)
            after_failure.pop_all()
        _used[found.data] = found, users
    atexit.register(leave, found.data, os.getpid())
    return found


def leave(data: Path, process: int) -> None:
    """Stop a server when this process was its last user. A fork of the process is no user."""
    if os.getpid() != process or data not in _used:
        return
    found, users = _used.pop(data)
    # Whatever goes wrong here, the next run finds a server without users.
    with contextlib.suppress(OSError, Failure, KeyboardInterrupt), users:
        path = found.beside(".users")
        with locked(found.beside(".lock")):
            # The directory may have been removed, and be another run's now.
            if os.path.samestat(os.fstat(users.fileno()), path.stat()) and is_alone(
                users
            ):
                found.stop()


def is_old(path: Path) -> bool:
    """Tell whether a data directory has seen no start and no stop of its server for long."""
    return time.time() - path.stat().st_mtime > OLD


def is_alone(users: IO[str]) -> bool:
    """Take the lock of a server's users, which nobody else may have."""
    import fcntl

    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def share(users: IO[str]) -> None:
    """Take the lock of a server's users along with the others."""
    import fcntl

    fcntl.flock(users, fcntl.LOCK_SH)
