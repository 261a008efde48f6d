"""The option --adopt of `gen-migration SPEC`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gen_migration.base.errors import Error
from gen_migration.cli import talk

if TYPE_CHECKING:
    from pathlib import Path

    from gen_migration.history.revision import Directory

MEND = (
    "edit the spec until it says what the lines with - say, or write it anew from a database"
    " that is at the head: gen-migration import URL --output FILE"
)


def run(
    spec: Path,
    directory: Directory,
    *,
    message: str | None,
    rev_id: str | None,
    dev_url: str | None,
    before: Path | None,
    check: bool,
    dry_run: bool,
) -> int:
    """Adopt what the history has built; return the exit status. Raises Error."""
    from gen_migration.history.revision_ids import Ids
    from gen_migration.workflows.adopt import adopt
    from gen_migration.workflows.configured import configuration_here, scratch_of
    from gen_migration.workflows.sources import sql_of

    configured = configuration_here()
    dev_url, before = scratch_of(configured, dev_url, before)
    found = adopt(
        spec,
        directory,
        message=message,
        ids=Ids(given=rev_id, is_numbered=configured.is_numbered),
        dev_url=dev_url,
        before=sql_of(before),
        write=not (check or dry_run),
        on_step=talk.progress,
    )
    if found.difference:
        click.echo(found.difference, nl=False)
        error = Error(
            "the history builds something else than the spec says; nothing is written",
            where=str(spec),
            hint=MEND,
        )
        click.echo(str(error), err=True)
        return 1
    for note in found.notes:
        click.echo(note, err=True)
    header = found.draft.header
    if found.path is not None:
        click.echo(found.path)
        parents = ", ".join(header.parents)
        click.echo(
            f"revision {header.revision} follows {parents}, which builds the spec: from now on"
            " an edit of the spec gives its next revision",
            err=True,
        )
    elif dry_run:
        click.echo(directory.preview(found.draft), nl=False)
    else:
        click.echo(f"{spec}: the history builds it, so it can be adopted", err=True)
    return 0
