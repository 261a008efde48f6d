"""The command `init`: a spec to begin with, and what names it."""

from __future__ import annotations

from pathlib import Path

import click

from gen_migration import api
from gen_migration.cli import options, talk


@click.command(name="init", short_help="Write a spec to begin with, and what names it.")
@click.option("--name", help="Name of the spec. [default: the project's]")
@click.option(
    "--spec",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Its path. [default: spec/NAME.yaml]",
)
@options.flag("--dry-run", help="Write nothing; print what would be written.")
def command(name: str | None, spec: Path | None, dry_run: bool) -> None:
    """Write a spec to begin with, [tool.gen-migration] in pyproject.toml, and hooks.

    Nothing is asked: the name is the project's, ids of revisions are as the history has them,
    specs that are in the directory spec are the project's, and where there is a directory .github,
    a workflow comes with it. What is there stays as it is.

    \b
    Example:
      gen-migration init --dry-run

    Exit status: 0; 2 on an error, also where the project has begun already.
    """  # noqa: D301 - a backspace is what click asks for
    made = api.init(Path(), name=name, spec=spec)
    if dry_run:
        for path, text in made.files.items():
            if path.suffix != ".json":
                talk.echo(f"# {path}\n{text}")
        talk.echo(f"# pyproject.toml\n{made.table}", nl=False)
    else:
        for path in made.write(Path()):
            talk.echo(path)
    for note in made.notes:
        talk.say(f"note: {note}")
    if not dry_run and made.is_there:
        talk.say(
            "next: gen-migration writes what the history lacks of it; where revisions by hand have"
            " built its tables: gen-migration --adopt"
        )
    elif not dry_run:
        talk.say(
            f"next: write the tables into {made.spec}, then run gen-migration; or take those of"
            f" a database: gen-migration import URL --output {made.spec}"
        )
