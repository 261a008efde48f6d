"""The command `diff`: what differs between two schemas, wherever they are."""

from __future__ import annotations

from pathlib import Path

import click

from gen_migration import options


@click.command(name="diff", short_help="Show what differs between two schemas.")
@click.argument("old")
@click.argument("new", required=False)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Also what a database or models have beside the objects of the spec.",
)
@options.scratch(options.SERVER, options.SQL)
@options.history
def command(
    old: str,
    new: str | None,
    everything: bool,
    dev_url: str | None,
    before: Path | None,
    output: Path | None,
    config: Path | None,
) -> None:
    """Print what differs between OLD and NEW, as a unified diff of their specs.

    \b
    Each is one of
      spec/app.yaml            a spec: a file, or a directory of them
      main:spec/app.yaml       a spec at a revision of git
      history                  what the revisions of the spec have built
      postgresql://host/name   a database, which is only read
      models:app.db:Base.metadata
                               SQLAlchemy models

    Without NEW, a spec is compared with its history, and one at a revision of git with the
    working tree's.

    Expressions of a database are PostgreSQL's own words, so what it is compared with is built
    on a scratch database first. Of a database or of models, only what the spec describes is
    looked at.

    Exit status: 0 where nothing differs; 1 where something does; 2 on an error.
    """  # noqa: D301 - a backspace is what click asks for
    from gen_migration.compare import both, builds, compare
    from gen_migration.errors import Error
    from gen_migration.sources import History, sql_of
    from gen_migration.target import find_target

    pair = both(old, new)
    for option, value in {"--dev-url": dev_url, "--before": before}.items():
        if value is not None and not builds(*pair):
            raise click.UsageError(
                f"{option} goes with models:, or with a database beside a spec or the"
                " history: nothing else is built"
            )
    target = find_target(output, config, Path(), {})
    if output is not None and not output.is_dir() and History() in pair:
        raise Error(
            "no such directory",
            where=str(output),
            hint="give the directory that the revisions are in",
        )
    found = compare(
        old,
        new,
        target,
        everything=everything,
        dev_url=dev_url,
        before=sql_of(before),
    )
    for note in found.notes:
        click.echo(f"note: {note}", err=True)
    click.echo(found.text, nl=False)
    if found.text:
        click.get_current_context().exit(1)
    click.echo(f"no difference: {found.old} and {found.new}", err=True)
