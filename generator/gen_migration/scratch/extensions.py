"""What a scratch server lacks of extensions: asked before, or told by PostgreSQL in the middle.

That is where no spec and no text of a revision has told of it: the run begins again on a server of
this machine that has it, where there is one.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any, TypeVar

from gen_migration.base.errors import Error
from gen_migration.history.step_hints import HINTS
from gen_migration.scratch.choice import ways_out
from gen_migration.scratch.needs import Needs
from gen_migration.scratch.programs import ICU, builds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from gen_migration.scratch.programs import Build

T = TypeVar("T")
NAME = re.compile(r'extension(?: "|/)([\w-]+)(?:" is not available|\.control)')


class ElsewhereError(Error):
    """A server lacks what another one of this machine has; `needs` says it."""

    def __init__(self, error: Error, wanted: Iterable[str], able: Build) -> None:
        hint = (
            f"{able.words} has it, and is chosen where extensions: of the spec or the SQL of"
            " --before names it: CREATE EXTENSION IF NOT EXISTS"
        )
        super().__init__(error.message, hint=hint, where=error.where)
        self.needs = Needs(told=frozenset(wanted))


def where_it_is(needs: Needs, run: Callable[[Needs], T]) -> T:
    """Return what a run returns on a server for needs, and for those that it turns out to have.

    Raises what it raises.
    """
    while True:
        try:
            return run(needs)
        except ElsewhereError as error:
            if error.needs.told <= needs.told:
                raise
            needs |= error.needs


@contextlib.contextmanager
def told(*, is_embedded: bool, note: str = "") -> Iterator[None]:
    """Let an error that PostgreSQL lacks something say who else does, and how to get it.

    `note` is what every error has to say of the server. Raises ElsewhereError where another server
    of this machine has it.
    """
    try:
        yield
    except Error as error:
        if is_embedded and (wanted := lacked(error)):
            there = [*builds()]
            for one in there:
                if not one.lacking(wanted):
                    raise ElsewhereError(error, wanted, one) from None
            error.hint = ways_out(wanted, there)
        if note and note not in getattr(error, "__notes__", ()):
            error.add_note(note)
        raise


def lacked(error: Error) -> list[str]:
    """Return what a server lacks, as an error says; nothing where it says something else."""
    if error.hint == HINTS["icu"]:
        return [ICU]
    found = NAME.search(error.message) if error.hint == HINTS["extension"] else None
    return [] if found is None else [found[1]]


def lacking(connection: Any, extensions: Iterable[str]) -> list[str]:
    """Return the extensions, of those that are named, which a server cannot create."""
    rows = connection.execute("SELECT name FROM pg_available_extensions").fetchall()
    available = {name for (name,) in rows}
    return [name for name in extensions if name not in available]


def require(connection: Any, extensions: Iterable[str]) -> None:
    """See that the server of `--dev-url` has extensions. Raises Error."""
    missing = lacking(connection, extensions)
    if not missing:
        return
    words = "extension" if len(missing) == 1 else "extensions"
    names = ", ".join(f'"{name}"' for name in missing)
    them = "it" if len(missing) == 1 else "them"
    raise Error(
        f"the scratch server has no {words} {names}",
        hint=f"install {them} on the server of --dev-url",
    )
