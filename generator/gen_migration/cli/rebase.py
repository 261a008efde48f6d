"""The option --rebase of `gen-migration SPEC`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gen_migration.cli import talk

if TYPE_CHECKING:
    from pathlib import Path

    from gen_migration.history.revision import Directory
    from gen_migration.workflows.rebase import Rebase, Wanted


def run(spec: Path, directory: Directory, wanted: Wanted) -> None:
    """Write a branch's revisions anew behind the base branch's. Raises Error."""
    from gen_migration.workflows.rebase import rebase

    found = rebase(spec, directory, wanted)
    if not wanted.write:
        texts = [directory.preview(draft) for draft in found.drafts]
        click.echo("\n\n".join(texts), nl=False)
        return
    for path in found.paths:
        click.echo(path)
    for path in found.deleted:
        click.echo(f"deleted: {path}", err=True)
    if not found.deleted:
        talk.say(
            f"nothing to rebase: {found.base} has all revisions, or they follow it"
        )
        return
    say_rebased(found)


def say_rebased(found: Rebase) -> None:
    """Say what follows what now, and how a database gets there."""
    ids = ", ".join(draft.header.revision for draft in found.drafts)
    parents = ", ".join(found.parents) or "nothing"
    if ids:
        many = found.drafts[1:]
        follow = (
            f"revision{'s' if many else ''} {ids} follow{'' if many else 's'} {parents}"
        )
        talk.say(f"{follow}, the head of {found.base}")
    else:
        talk.say(f"{found.base} has made the same edits: nothing is left to write")
    before = " ".join(found.before) or "base"
    talk.say(
        "note: a database that has what was deleted needs those files to go back\n"
        f'  hint: "git stash -u", "alembic downgrade {before}", "git stash pop", and then'
        ' "alembic upgrade head"'
    )
