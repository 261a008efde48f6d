"""The process `gen-migration`, and `python -m gen_migration`."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys


def run() -> None:
    """Run the command line, and leave the process with its exit status.

    A run is short, and what it makes has no cycles: looking for some in a large spec takes five
    times as long as reading it.
    """
    gc.disable()
    try:
        from gen_migration.cli import main

        main()
    except KeyboardInterrupt:  # while modules are imported, before anybody else looks
        sys.stderr.write("interrupted\n")
        leave(128 + signal.SIGINT)
    except SystemExit as end:
        if end.code is not None and not isinstance(end.code, int):
            raise
        leave(end.code or 0)


def leave(status: int) -> None:
    """Leave the process as `sys.exit` does, but for freeing all that it holds, one by one."""
    atexit._run_exitfuncs()  # noqa: SLF001 - `os._exit` forgets them
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):  # nobody reads any more: Python says so
        sys.exit(status)
    os._exit(status)


if __name__ == "__main__":
    run()
