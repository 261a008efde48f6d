"""What a scratch server lacks of extensions: asked before, or told by PostgreSQL too late.

Too late is where no spec and no text of a revision has told of it.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import Error
from gen_migration.history.step_hints import HINTS
from gen_migration.scratch.choice import ways_out
from gen_migration.scratch.programs import ICU, builds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gen_migration.scratch.programs import Build

NAME = re.compile(r'extension(?: "|/)([\w-]+)(?:" is not available|\.control)')


@contextlib.contextmanager
def told(*, is_embedded: bool, note: str = "") -> Iterator[None]:
    """Let an error that PostgreSQL lacks something say who else does, and how to get it.

    `note` is what every error has to say of the server.
    """
    try:
        yield
    except Error as error:
        if is_embedded and (wanted := lacked(error)):
            error.hint = way_out(wanted, [*builds()])
        if note and note not in getattr(error, "__notes__", ()):
            error.add_note(note)
        raise


def way_out(wanted: list[str], there: list[Build]) -> str:
    """Return how to run where a server has something that no text has named before."""
    able = [one for one in there if not one.lacking(wanted)]
    if not able:
        return ways_out(wanted, there)
    return (
        f"{able[0].words} has it, and is chosen where extensions: of the spec, SQL in a revision"
        " or that of --before names it: CREATE EXTENSION IF NOT EXISTS"
    )


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
