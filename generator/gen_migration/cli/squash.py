"""The option --squash of `gen-migration SPEC`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.errors import Error
from gen_migration.cli import talk

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gen_migration.api import NewRevision, Sameness, Squash


def say(spec: Path, found: Squash, *, dry_run: bool) -> int:
    """Say what came of a squash; return the exit status."""
    for note in found.notes:
        talk.say(f"note: {note}")
    if found.sameness is not None and not is_same(spec, found.sameness):
        return 1
    if dry_run:
        talk.echo("\n\n".join(one.text for one in found.revisions), nl=False)
    for path in found.paths:
        talk.echo(path)
    for path in found.deleted:
        talk.say(f"deleted: {path}")
    if not (found.revisions or found.deleted):
        talk.say(f"nothing to squash: {spec}")
    say_replaced(found.revisions)
    return 0


def is_same(spec: Path, found: Sameness) -> bool:
    """Say what scratch databases have found; the difference is the product."""
    for note in found.notes:
        talk.say(f"note: {note}")
    if found.is_good:
        return True
    talk.echo(found.text, nl=False)
    for problem in found.problems:
        talk.say(f"error: the squash builds something else: {problem}")
    error = Error(
        "the squash does not build what the revisions have built; nothing is written",
        where=str(spec),
        hint="give --up-to a revision before what differs",
    )
    talk.say(str(error))
    return False


def say_replaced(revisions: Sequence[NewRevision]) -> None:
    """Say what each squash is for databases."""
    for one in revisions:
        talk.say(
            f"revision {one.id} takes the place of {', '.join(one.replaces)};"
            f" a database at {one.id} or later needs nothing, one at an earlier revision"
            f" has to be upgraded to {one.id} first, with the files of before"
        )
