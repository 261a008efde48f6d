"""Work that another process does meanwhile, where the machine has a processor for it."""

from __future__ import annotations

import contextlib
import marshal
import mmap
import os
import select
import signal
import sys
import threading
import weakref
from functools import cache
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar

from gen_migration.base.signals import ENDING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Self

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
def answers(work: Callable[[], Iterable[bytes]]) -> Iterator[Answers]:
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
            yield Answers(file)
    finally:
        abandon(child)


LENGTH = 8  # bytes in front of an answer that say how long it is
ROOM = 1 << 20  # bytes that another process may be ahead; what Linux allows everyone


def widen(pipe: int) -> None:
    """Let a pipe hold many answers, so that who writes them does not wait for who reads them."""
    import fcntl

    with contextlib.suppress(OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, ROOM)


class Answers:
    """The answers of another process in a file, but for one that is cut short."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        head = self.file.read(LENGTH)
        length = int.from_bytes(head, "big")
        found = self.file.read(length)
        if len(head) < LENGTH or len(found) < length:
            raise StopIteration
        return found

    @property
    def is_there(self) -> bool:
        """Whether one begins to be there, or none will come."""
        return bool(select.select([self.file], [], [], 0)[0])


def mapped(function: Callable[[T], P], items: Sequence[T]) -> list[P]:
    """Return what a function makes of each item; of many, another process does some."""
    return begun(function, items)()


def begun(function: Callable[[T], P], items: Sequence[T]) -> Callable[[], list[P]]:
    """Begin what a function makes of each item, and return what gives all of it.

    Of many, another process makes it part by part, from the last one on. Once all is asked for,
    this one does the same from the first one on, until they meet. What the function makes are
    plain values, which `marshal` knows; of some items, both may make it.
    """
    if len(items) < MANY:
        return cache(lambda: [function(one) for one in items])
    parts = [items[at : at + PART] for at in range(0, len(items), PART)]
    taken = mmap.mmap(-1, len(parts))  # which parts somebody makes; both see it

    def made(numbers: Iterable[int]) -> Iterator[list[P]]:
        for number in numbers:
            if taken[number]:
                return
            taken[number] = True
            yield [function(one) for one in parts[number]]

    def from_the_last() -> Iterator[bytes]:
        return map(marshal.dumps, made(reversed(range(len(parts)))))

    scope = contextlib.ExitStack()
    others = scope.enter_context(answers(from_the_last))

    @cache
    def every() -> list[P]:
        first: list[list[P]] = []
        last: list[bytes] = []
        with scope:
            for one in made(range(len(parts))):
                first.append(one)
                # A pipe does not hold all of them.
                last += islice(others, others.is_there)
            last += islice(others, max(len(parts) - len(first) - len(last), 0))
        rest = parts[len(first) : len(parts) - len(last)]  # where the other one failed
        first += [[function(one) for one in part] for part in rest]
        held = map(marshal.loads, reversed(last[: len(parts) - len(first)]))
        return [one for part in (*first, *held) for one in part]

    # The other process ends with whoever could ask for it.
    weakref.finalize(every, scope.close)
    return every


# So many items take longer than a process.
MANY = 1000
# What is done between one look at the other process and the next.
PART = 50


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
