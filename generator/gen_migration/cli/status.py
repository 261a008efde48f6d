"""The command `status`: where a database is in the history, and what is half done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gen_migration import api
from gen_migration.cli import options, talk

if TYPE_CHECKING:
    from pathlib import Path


@click.command(name="status", short_help="Say where a database is in the history.")
@click.argument("url")
@options.history
@click.option(
    "--version-table",
    metavar="[SCHEMA.]TABLE",
    help="Table of Alembic's, where env.py gives it another name. [default: alembic_version,"
    " in whichever schema it is]",
)
def command(
    url: str, output: Path | None, config: Path | None, version_table: str | None
) -> None:
    """Say which revisions the database of URL has run, what is half done, and what comes next.

    Half done are a revision whose statements commit one by one and that was interrupted, an
    invalid index, a constraint that is not validated, and a backfill with rows left. What the next
    revision makes and somebody has made by hand is told, too, and which process to wait for. The
    database and the revisions are only read.

    \b
    Example:
      gen-migration status postgresql://deploy@db.internal/shop

    Exit status: 0 where the database is at the newest revision and nothing is half done; 1 where
    not; 2 on an error.
    """  # noqa: D301 - a backspace is what click asks for
    history = api.History(output=output, config=config)
    found = api.status(url, version_table=version_table, history=history)
    for line in found.lines:
        talk.say(line, err=False)
    if not found.is_done:
        click.get_current_context().exit(1)
