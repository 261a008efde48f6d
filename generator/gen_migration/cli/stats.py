"""The command `stats`: sizes of a database, for reviews that are made without it."""

from __future__ import annotations

from pathlib import Path

import click

from gen_migration import api
from gen_migration.cli import options, talk


@click.command(name="stats", short_help="Read the sizes that reviews tell of.")
@click.argument("url")
@click.argument(
    "specs",
    metavar="[SPEC]...",
    nargs=-1,
    type=click.Path(path_type=Path),
    shell_complete=options.specs,
)
@click.option(
    "--primary",
    metavar="URL",
    help="Where URL is a replica: the server that takes the writes. It is asked how tables and"
    " indexes are used; without it, that is unknown.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    default="-",
    show_default=True,
    help="File for it, which is written anew; - is standard output.",
)
def command(
    url: str, specs: tuple[Path, ...], primary: str | None, output: Path
) -> None:
    """Read how large the tables of each SPEC are in the database of URL, and how busy.

    Without SPEC, all tables of the database. No row of anybody is read: sizes, counters and
    settings are all that it asks for, for which a role needs no right but to connect. To see
    how long the longest transaction runs, and how far replicas are behind, it has to be a member
    of pg_monitor.

    Numbers have two digits, so that diffs of the file are quiet; what is unknown is said to
    be, and never 0. The file may lie among those of a spec.

    \b
    Example:
      gen-migration stats postgresql://db.internal/shop --output spec/stats.yaml

    Exit status: 0; 2 on an error.
    """  # noqa: D301 - a backspace is what click asks for
    found = api.stats(url, specs, primary=primary)
    for note in found.notes:
        talk.say(f"note: {note}")
    if output == Path("-"):
        talk.echo(found.text, nl=False)
    else:
        found.write(output)
        talk.echo(output)
