"""Runs the tool and Alembic in processes that need not import them: forks of one that has.

Started by `environment.forked`, which sends a line of JSON for each run and reads its exit status.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import json
import os
import pkgutil
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

PROGRAMS = {"gen-migration": __main__.run, "alembic": config.main}


def prepare() -> None:
    for module in pkgutil.walk_packages(gen_migration.__path__, "gen_migration."):
        importlib.import_module(module.name)
    for name in LATE.split():
        importlib.import_module(name)
    for _ in programs.builds():
        pass  # which are known then
    warm()


def warm() -> None:
    """Do once what is kept for the next time: shapes of a spec, templates, tables of types."""
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        Path("spec.yaml").write_text(SPEC, encoding="utf-8")
        for more in ((), ("--check",)):
            CliRunner().invoke(main, ["spec.yaml", "--output", "output", *more])


def run(
    command: list[str], cwd: str, environ: dict[str, str], out: str, err: str
) -> NoReturn:
    """Be the process of a command."""
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    streams = (os.devnull, os.O_RDONLY), (out, os.O_WRONLY), (err, os.O_WRONLY)
    for number, (path, mode) in enumerate(streams):
        os.dup2(os.open(path, mode), number)
    sys.argv = command
    sys.path.insert(0, cwd)
    status = 1
    try:
        PROGRAMS[command[0]]()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - as the interpreter does it
        traceback.print_exc()
    atexit._run_exitfuncs()
    with contextlib.suppress(OSError):
        sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def serve() -> None:
    prepare()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            run(**json.loads(line))
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(f"{status}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.path[:] = [one for one in sys.path if one != str(Path(__file__).parent)]
    serve()
