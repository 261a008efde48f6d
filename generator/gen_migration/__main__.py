"""The process `gen-migration`, and `python -m gen_migration`."""

from __future__ import annotations

import gc
import signal
import sys


def run() -> None:
    """Run the command line, and leave the process with its exit status.

    A run is short, and what it makes has no cycles: looking for some in a large spec takes five
    times as long as reading it, and once more as long when the process ends.
    """
    gc.disable()
    try:
        from gen_migration.cli import main

        main()
    except KeyboardInterrupt:  # while modules are imported, before anybody else looks
        sys.stderr.write("interrupted\n")
        sys.exit(128 + signal.SIGINT)
    finally:
        gc.freeze()


if __name__ == "__main__":
    run()
