"""The option --adopt of `gen-migration SPEC`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.errors import Error
from gen_migration.cli import talk

if TYPE_CHECKING:
    from pathlib import Path

    from gen_migration.api import Adoption

MEND = (
    "edit the spec until it says what the lines with - say, or write it anew from a database"
    " that is at the head: gen-migration import URL --output FILE"
)


def say(spec: Path, found: Adoption, *, dry_run: bool) -> int:
    """Say what came of an adoption; return the exit status."""
    if found.difference:
        talk.echo(found.difference, nl=False)
        error = Error(
            "the history builds something else than the spec says; nothing is written",
            where=str(spec),
            hint=MEND,
        )
        talk.say_error(error)
        return 1
    for note in found.notes:
        talk.say(f"note: {note}")
    new = found.revision
    if found.path is not None:
        talk.echo(found.path)
        talk.say(
            f"revision {new.id} follows {', '.join(new.parents)}, which builds the spec: from now"
            " on an edit of the spec gives its next revision"
        )
    elif dry_run:
        talk.echo(new.text, nl=False)
    else:
        talk.say(f"{spec}: the history builds it, so it can be adopted")
    return 0
