"""Work that another process does meanwhile, where the machine has a processor for it."""

from __future__ import annotations

import contextlib
import marshal
import os
import signal
import sys
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar

from gen_migration.base.signals import ENDING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

T = TypeVar("T")
P = TypeVar("P")


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
        abandon(child)
        ended(child)
        raise


@contextlib.contextmanager
def answers(work: Callable[[], Iterable[bytes]]) -> Iterator[Iterator[bytes]]:
    """Let another process work while the body runs, which gets its answers, each once it is there.

    There are none where no other process works, and none after the one where it fails.
    """
    reading, writing = os.pipe()

    def answer() -> None:
        os.close(reading)
        widen(writing)
        with os.fdopen(writing, "wb") as file:
            for one in work():
                file.write(len(one).to_bytes(LENGTH, "big"))
                file.write(one)
                file.flush()

    child = started(answer)
    os.close(writing)
    try:
        with os.fdopen(reading, "rb") as file:
            yield read(file)
    finally:
        abandon(child)


LENGTH = 8  # bytes in front of an answer that say how long it is
ROOM = 1 << 20  # bytes that another process may be ahead; what Linux allows everyone


def widen(pipe: int) -> None:
    """Let a pipe hold many answers, so that who writes them does not wait for who reads them."""
    import fcntl

    with contextlib.suppress(OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, ROOM)


def read(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the answers in a file, but for one that is cut short."""
    while head := file.read(LENGTH):
        length = int.from_bytes(head, "big")
        found = file.read(length)
        if len(head) < LENGTH or len(found) < length:
            return
        yield found


def mapped(function: Callable[[T], P], items: Sequence[T]) -> list[P]:
    """Return what a function makes of each item; of many, another process does half.

    What it makes are plain values, which `marshal` knows.
    """
    half = (len(items) + 1) // 2 if len(items) >= MANY else len(items)

    def rest() -> Iterator[bytes]:
        yield marshal.dumps([function(one) for one in items[half:]])

    if half == len(items):
        return [function(one) for one in items]
    with answers(rest) as found:
        first = [function(one) for one in items[:half]]
        data = next(found, None)
    if data is None:
        return first + [function(one) for one in items[half:]]
    return first + marshal.loads(data)  # type: ignore[no-any-return]  # noqa: S302 - a fork of this process wrote it


# So many items take longer than a process.
MANY = 1000


def started(work: Callable[[], object]) -> int | None:
    """Return a process that does a work; None where there is none for it."""
    if not (has_another_processor() and is_idle()) or threading.active_count() > 1:
        return None
    for one in [*ABANDONED]:
        ended(one, os.WNOHANG)
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


def ended(child: int | None, how: int = 0) -> None:
    """Wait until a process has ended, or see whether it has."""
    if child is not None:
        with contextlib.suppress(ChildProcessError):
            if os.waitpid(child, how) == (0, 0):
                return
        RUNNING.discard(child)
        ABANDONED.discard(child)


def abandon(child: int | None) -> None:
    """End a process, without a wait for the system to take all of it away (10 ms)."""
    if child is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        RUNNING.discard(child)
        ABANDONED.add(child)


def is_idle() -> bool:
    """Tell whether a processor has nothing to do, now or for the last minute.

    Where others work on all of them, what is done twice costs more than a process gains. The
    minute alone would say so after the tests, when nobody is at work any more; the moment alone,
    where a pipe of the shell starts a few programs at once. Source: proc_loadavg(5).
    """
    try:
        minute, _, _, tasks, _ = LOAD.read_text("ascii").split()
        working = min(float(minute), int(tasks.partition("/")[0]))
    except (OSError, ValueError):
        return True
    return working < len(os.sched_getaffinity(0))


LOAD = Path("/proc/loadavg")

# The processes that are at work, and those that have been ended, and not waited for.
RUNNING: set[int] = set()
ABANDONED: set[int] = set()


def has_another_processor() -> bool:
    """Tell whether there are processes that can be forked, and another processor for one.

    Linux alone: elsewhere, what the system's libraries do in a fork is anyone's guess.
    """
    if sys.platform != "linux":
        return False
    return len(os.sched_getaffinity(0)) > 1 + len(RUNNING)
