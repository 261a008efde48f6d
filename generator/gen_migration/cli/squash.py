"""The option --squash of `gen-migration SPEC`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gen_migration.base.errors import Error
from gen_migration.cli import talk

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gen_migration.history.revision import Directory, Draft
    from gen_migration.verify.same_history import Sameness
    from gen_migration.workflows.squash import Asked


def run(
    spec: Path,
    directory: Directory,
    asked: Asked,
    *,
    dev_url: str | None,
    before: Path | None,
) -> int:
    """Squash revisions of a spec; return the exit status. Raises Error."""
    from gen_migration.cli.verify import place_of
    from gen_migration.workflows.squash import squash

    found = squash(spec, directory, asked, place_of(dev_url, before))
    for note in found.notes:
        talk.say(note)
    if found.sameness is not None and not is_same(spec, found.sameness):
        return 1
    if not asked.write:
        texts = [directory.preview(draft) for draft in found.drafts]
        click.echo("\n\n".join(texts), nl=False)
    for path in found.paths:
        click.echo(path)
    for path in found.deleted:
        click.echo(f"deleted: {path}", err=True)
    if not (found.drafts or found.deleted):
        talk.say(f"nothing to squash: {spec}")
    say_replaced(found.drafts)
    return 0


def is_same(spec: Path, found: Sameness) -> bool:
    """Say what scratch databases have found; the difference is the product."""
    for note in found.notes:
        talk.say(f"note: {note}")
    if found.is_good:
        return True
    click.echo(found.text, nl=False)
    for problem in found.problems:
        talk.say(f"error: the squash builds something else: {problem}")
    error = Error(
        "the squash does not build what the revisions have built; nothing is written",
        where=str(spec),
        hint="give --up-to a revision before what differs",
    )
    talk.say(str(error))
    return False


def say_replaced(drafts: Sequence[Draft]) -> None:
    """Say what each squash is for databases."""
    for draft in drafts:
        header = draft.header
        talk.say(
            f"revision {header.revision} takes the place of {', '.join(header.replaces)};"
            f" a database at {header.revision} or later needs nothing, one at an earlier revision"
            f" has to be upgraded to {header.revision} first, with the files of before"
        )
