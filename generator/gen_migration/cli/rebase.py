"""The option --rebase of `gen-migration SPEC`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.cli import talk

if TYPE_CHECKING:
    from gen_migration.api import Rebase


def say(found: Rebase, *, dry_run: bool) -> int:
    """Say what came of a rebase; return the exit status."""
    if dry_run:
        talk.echo("\n\n".join(one.text for one in found.revisions), nl=False)
        return 0
    for path in found.paths:
        talk.echo(path)
    for path in found.deleted:
        talk.say(f"deleted: {path}")
    if found.deleted:
        say_rebased(found)
    else:
        talk.say(
            f"nothing to rebase: {found.base} has all revisions, or they follow it"
        )
    return 0


def say_rebased(found: Rebase) -> None:
    """Say what follows what now, and how a database gets there."""
    ids = ", ".join(one.id for one in found.revisions)
    parents = ", ".join(found.parents) or "nothing"
    if ids:
        many = found.revisions[1:]
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
