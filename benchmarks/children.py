"""Commands that are measured: their wall time, and their peak memory alone."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

BYTES_PER_RSS = 1 if sys.platform == "darwin" else 1024

# A process that is forked starts with the peak memory of the one it came from, and keeps it
# through exec. So commands are started from a small process, of 10 MB; it holds the clock too.
LAUNCHER = """
import json, os, sys, time
streams = [(os.POSIX_SPAWN_DUP2, 2, 1)]  # what the command prints is only read when it fails
start = time.perf_counter()
process = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=streams)
_, status, usage = os.wait4(process, 0)
seconds = time.perf_counter() - start
processor = usage.ru_utime + usage.ru_stime
print(json.dumps([os.waitstatus_to_exitcode(status), seconds, processor, usage.ru_maxrss]))
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command; `memory` is the peak, in bytes, of its largest process.

    `processor` are the seconds of processors that all of its processes took.
    """

    seconds: float
    memory: int
    processor: float


def run(command: Sequence[str | Path], directory: Path) -> Run:
    """Run a command and measure it. Raises RuntimeError with what it printed when it fails."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", LAUNCHER, *command],
        cwd=directory,
        capture_output=True,
        text=True,
        check=True,
    )
    status, seconds, processor, memory = json.loads(done.stdout)
    if status:
        raise RuntimeError(f"{command[0]} failed ({status}):\n{done.stderr}")
    return Run(seconds, memory * BYTES_PER_RSS, processor)
