"""Programs in forks of a process that has imported all: without the time to start and import."""

from __future__ import annotations

import atexit
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class Ended:
    """How a process has ended, and what it has used."""

    status: int
    processor: float  # seconds
    memory: int  # bytes, over those of the process that it came from


class Fork:
    """A run of `gen-migration`, `alembic` or `python -c`, much as `subprocess.Popen` has one."""

    def __init__(
        self,
        command: Sequence[str],
        cwd: Path,
        environ: Mapping[str, str],
        *,
        out: int,
        err: int,
    ) -> None:
        asked = {"command": command, "cwd": str(cwd), "environ": {**environ}}
        line = json.dumps(asked) + "\n"
        self.connection = socket.socket(socket.AF_UNIX)
        self.connection.connect(address())
        with Path(os.devnull).open("rb") as nothing:
            streams = [nothing.fileno(), out, err]
            socket.send_fds(self.connection, [b"\0"], streams)
        self.connection.sendall(line.encode())
        self.said = self.connection.makefile()
        self.pid, self.before = map(int, self.said.readline().split())

    def wait(self) -> Ended:
        """Return how it has ended, once."""
        status, processor, memory = self.said.readline().split()
        self.said.close()
        self.connection.close()
        return Ended(int(status), float(processor), int(memory) - self.before)

    def send_signal(self, number: int) -> None:
        """Send a signal to a process that has not ended yet."""
        if not select.select([self.connection], [], [], 0)[0]:
            os.kill(self.pid, number)


@cache
def home() -> Path:
    """Return a directory that ends with this process."""
    made = tempfile.TemporaryDirectory(prefix="gm-")
    atexit.register(made.cleanup)
    return Path(made.name)


STARTING = threading.Lock()
SERVED = "GEN_MIGRATION_TESTS_SERVED"


def share() -> None:
    """Have one server for this process and those that it starts."""
    os.environ[SERVED] = served()


def address() -> str:
    """Return the socket of what forks itself, which ends with the process that has started it."""
    with STARTING:  # once, also where threads ask
        return os.environ.get(SERVED) or served()


@cache
def served() -> str:
    path = str(home() / "s")
    command = [sys.executable, str(Path(__file__).with_name("tool_server.py")), path]
    pipe = subprocess.PIPE
    server = subprocess.Popen(command, stdin=pipe, stdout=pipe)
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    atexit.register(server.communicate)
    return path


# A script without packages, which would take longer to find than all else.
PROGRAM = """\
#!{python} -IS
import json, os, socket, sys
command = [{name!r}, *sys.argv[1:]]
asked = {{"command": command, "cwd": os.getcwd(), "environ": {{**os.environ}}}}
server = socket.socket(socket.AF_UNIX)
server.connect({address!r})
socket.send_fds(server, [b"."], [0, 1, 2])
server.sendall(json.dumps(asked).encode() + b"\\n")
with server.makefile() as said:
    said.readline()
    sys.exit(int(said.readline().split()[0]))
"""


@cache
def programs() -> Path:
    """Return a directory for a PATH, of programs that are run by forks."""
    directory = home() / "bin"
    directory.mkdir()
    for name in ("gen-migration", "alembic"):
        path = directory / name
        text = PROGRAM.format(python=sys.executable, name=name, address=address())
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)
    return directory
