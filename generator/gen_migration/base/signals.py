"""Signals that end a process, as exceptions, so that what it made is cleared away first."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# A cancelled CI job gets SIGTERM, a closed terminal SIGHUP. Windows lacks the latter.
ENDING = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)
)


class Terminated(KeyboardInterrupt):
    """A signal asks the process to end.

    It is an interrupt like Ctrl-C, so that psycopg cancels a statement that runs.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


@contextlib.contextmanager
def raised() -> Iterator[None]:
    """Raise Terminated where SIGTERM or SIGHUP would end the process at once.

    One that is ignored (under `nohup`), or that others handle, is left to them.
    """

    def terminate(number: int, _: Any) -> None:
        raise Terminated(number)

    with handled_by(
        terminate, [one for one in ENDING if signal.getsignal(one) == signal.SIG_DFL]
    ):
        yield


@contextlib.contextmanager
def held(seconds: float = 5) -> Iterator[None]:
    """Let signals wait until a short clean-up has ended: Ctrl-C is often pressed twice.

    After so many seconds the clean-up hangs, and the next signal interrupts it.
    """
    came: list[int] = []
    end = time.monotonic() + seconds

    def note(number: int, _: Any) -> None:
        came.append(number)
        if time.monotonic() > end:
            raise KeyboardInterrupt

    heeded = [
        one
        for one in (signal.SIGINT, *ENDING)
        if signal.getsignal(one) not in {signal.SIG_IGN, None}
    ]
    try:
        with handled_by(note, heeded):
            yield
    finally:
        if came:
            signal.raise_signal(came[0])


@contextlib.contextmanager
def handled_by(
    handler: Callable[[int, Any], None], numbers: list[signal.Signals]
) -> Iterator[None]:
    """Handle signals, in the main thread: no other may, and no other gets any."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def status(error: BaseException) -> int:
    """Return the exit status after an interrupt, as shells count: 128 and the signal."""
    number = error.number if isinstance(error, Terminated) else signal.SIGINT
    return 128 + number
