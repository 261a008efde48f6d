"""The command `status`: where a database is in the history, and what is half done."""

from __future__ import annotations

from pathlib import Path

import click

from gen_migration.cli import options


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
    invalid index, a constraint that is not validated, and a backfill with rows left. The
    database and the revisions are only read.

    Exit status: 0 where the database is at the newest revision and nothing is half done; 1 where
    not; 2 on an error.
    """
    from gen_migration.history.target import find_target
    from gen_migration.status.report import lines
    from gen_migration.workflows.status import status

    found = status(url, find_target(output, config, Path(), {}).open(), version_table)
    for line in lines(found):
        click.echo(line)
    if not found.is_done:
        click.get_current_context().exit(1)
