"""Runs the tool and Alembic in processes that need not import them: forks of one that has.

Started by `forks`, with the path of a socket, for all processes of the tests. Who connects to it,
which may be before it has imported all, sends the three streams of a run and a line of JSON, and
hears two lines: of the process, once it is there, and how it has ended.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import resource
import select
import signal
import socket
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import NoReturn

import gen_migration
from alembic import config
from click.testing import CliRunner
from gen_migration import __main__
from gen_migration.cli import main
from gen_migration.scratch import programs

# What the tool imports only when it is needed.
LATE = """
alembic.command alembic.runtime.environment alembic.script psycopg
sqlalchemy.dialects.postgresql.psycopg
"""
SPEC = """
name: warm
tables:
  a:
    columns: {id: {type: bigint, primary_key: true}, at: {type: timestamptz, default: {sql: now()}}}
    indexes: {ix_a_at: [at]}
    checks: {ck_a_id: id > 0}
"""

UNIT = 1 if sys.platform == "darwin" else 1024  # of the memory that a system tells


def python() -> None:
    """Run `python -c CODE …`."""
    _, _, code, *rest = sys.argv
    sys.argv = ["-c", *rest]
    exec(compile(code, "<string>", "exec"), {"__name__": "__main__"})  # noqa: S102


PROGRAMS = {"gen-migration": __main__.run, "alembic": config.main, "python": python}


def prepare() -> None:
    gc.disable()  # what is imported stays
    for module in pkgutil.walk_packages(gen_migration.__path__, "gen_migration."):
        importlib.import_module(module.name)
    for name in LATE.split():
        importlib.import_module(name)
    for _ in programs.builds():
        pass  # which are known then
    warm()
    gc.freeze()
    gc.enable()  # as a program has it that starts


def warm() -> None:
    """Do once what is kept for the next time: shapes of a spec, templates, tables of types."""
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        Path("spec.yaml").write_text(SPEC, encoding="utf-8")
        for more in ((), ("--check",)):
            CliRunner().invoke(main, ["spec.yaml", "--output", "output", *more])


def run(command: list[str], cwd: str, environ: dict[str, str]) -> NoReturn:
    """Be the process of a command."""
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    sys.argv = command
    sys.path.insert(0, cwd)
    status = 1
    try:
        PROGRAMS[command[0]]()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
    except BaseException:  # noqa: BLE001 - as the interpreter does it
        traceback.print_exc()
    atexit._run_exitfuncs()
    with contextlib.suppress(OSError):
        sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def memory(used: resource.struct_rusage) -> int:
    return used.ru_maxrss * UNIT


class Server:
    """A socket, and the connections of the processes that run."""

    def __init__(self, path: str) -> None:
        self.running: dict[int, socket.socket] = {}
        # A signal becomes something to read: that a child has ended is heard as a request is.
        self.ended, wakes = socket.socketpair()
        wakes.setblocking(False)
        signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.wakes = wakes
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()

    def serve(self) -> None:
        """Answer until the process that has started this one ends."""
        sources: list[socket.socket | int] = [self.listener, self.ended, 0]
        while True:
            ready, _, _ = select.select(sources, [], [])
            if self.ended in ready:
                self.ended.recv(4096)
                self.reap()
            if self.listener in ready:
                self.start()
            if 0 in ready:
                return

    def start(self) -> None:
        connection, _ = self.listener.accept()
        _, streams, _, _ = socket.recv_fds(connection, 1, 3)
        with connection.makefile() as file:
            asked = json.loads(file.readline())
        child = os.fork()
        if child:
            self.running[child] = connection
            for one in streams:
                os.close(one)
            return
        before = memory(resource.getrusage(resource.RUSAGE_SELF))
        connection.sendall(f"{os.getpid()} {before}\n".encode())
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        ours = (connection, self.listener, self.ended, self.wakes)
        for end in (*ours, *self.running.values()):
            end.close()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        run(**asked)

    def reap(self) -> None:
        while self.running:
            child, status, used = os.wait4(-1, os.WNOHANG)
            if not child:
                return
            told = (
                f"{os.waitstatus_to_exitcode(status)} {used.ru_utime + used.ru_stime}"
            )
            # What `prepare` has left is nobody's.
            if connection := self.running.pop(child, None):
                with connection, contextlib.suppress(OSError):
                    connection.sendall(f"{told} {memory(used)}\n".encode())


if __name__ == "__main__":
    sys.path[:] = [one for one in sys.path if one != str(Path(__file__).parent)]
    server = Server(sys.argv[1])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):  # all of the tests are interrupted
        prepare()
        server.serve()
