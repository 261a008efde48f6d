"""Work that another process does meanwhile, where the machine has a processor for it."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

from gen_migration.base.signals import ENDING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextlib.contextmanager
def meanwhile(work: Callable[[], object]) -> Iterator[None]:
    """Let another process work while the body runs, and wait for it then.

    It leaves nothing behind but files, and says nothing, also where it fails: who needs what it
    was to make looks, and makes it. When the body raises, it ends.
    """
    child = started(work)
    try:
        yield
        ended(child)
    except BaseException:
        if child is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            ended(child)
        raise


@contextlib.contextmanager
def answered(work: Callable[[], bytes]) -> Iterator[Callable[[], bytes]]:
    """Let another process work while the body runs, which gets what asks for the answer.

    That waits for it; it is empty where no other process works, or where it fails.
    """
    reading, writing = os.pipe()

    def answer() -> None:
        os.close(reading)
        with os.fdopen(writing, "wb") as file:
            file.write(work())

    with meanwhile(answer):
        os.close(writing)
        # Closed before the end is waited for: nobody reads what was not asked for.
        with os.fdopen(reading, "rb") as file:
            yield file.read


def started(work: Callable[[], object]) -> int | None:
    """Return a process that does a work; None where there is none for it."""
    if not (has_another_processor() and is_idle()) or threading.active_count() > 1:
        return None
    try:
        child = os.fork()
    except OSError:
        return None
    if child:
        RUNNING.add(child)
        return child
    try:
        for one in (signal.SIGINT, *ENDING):
            signal.signal(one, signal.SIG_DFL)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nowhere, stream)
        work()
    finally:
        os._exit(0)


def ended(child: int | None) -> None:
    """Wait until a process has ended."""
    if child is not None:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(child, 0)
        RUNNING.discard(child)


def is_idle() -> bool:
    """Tell whether a processor has nothing to do, by the load of the last minute.

    Where others work on all of them, what is done twice costs more than a process gains.
    """
    return os.getloadavg()[0] < os.sysconf("SC_NPROCESSORS_ONLN")


# The processes that are at work.
RUNNING: set[int] = set()


def has_another_processor() -> bool:
    """Tell whether there are processes that can be forked, and another processor for one.

    Linux alone: elsewhere, what the system's libraries do in a fork is anyone's guess.
    """
    if sys.platform != "linux":
        return False
    return len(os.sched_getaffinity(0)) > 1 + len(RUNNING)
