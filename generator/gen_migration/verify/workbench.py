"""Where revisions are tried, and who hears of it."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from gen_migration.base import progress
from gen_migration.base.data_class import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbench:
    """Where it is tried: server, SQL to begin with, and who hears of each step."""

    dev_url: str | None = None
    before: str = ""
    say: Callable[[str], None] = lambda _: None

    @contextlib.contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Say how long a step took, once it is done."""
        progress.tell(what)
        start = time.perf_counter()
        yield
        self.say(f"{what:<42}{time.perf_counter() - start:6.2f} s")
