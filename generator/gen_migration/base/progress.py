"""What goes on, for whoever looks on: a line at the beginning of each step that may take long.

Who wants to hear of it says so around a call; nobody does otherwise. It is one for the process, as
a terminal is.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Listener = Callable[[str], object]

_listeners: list[Listener] = []


@contextlib.contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    """Let a function hear of what goes on meanwhile, line by line; an empty line is the end."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.pop()
        listener("")


def tell(line: str) -> None:
    """Tell what begins now."""
    if _listeners:
        _listeners[-1](line)
