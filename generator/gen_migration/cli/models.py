"""The command `models`: classes of SQLAlchemy from a spec."""

from __future__ import annotations

from pathlib import Path

import click

from gen_migration import api
from gen_migration.cli import options, talk
from gen_migration.cli.each import only


@click.command(name="models", short_help="Write SQLAlchemy models of a spec.")
@click.argument("spec", shell_complete=options.specs, required=False)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write, such as app/models.py; one that this command wrote is replaced."
    " [default: stdout]",
)
@click.option(
    "--style",
    type=click.Choice(api.STYLES),
    default=api.STYLES[0],
    show_default=True,
    help="What the models are written as.",
)
@options.flag(
    "--check", help="Write nothing; exit 1 when the file is not what would be written."
)
@options.flag("-v", "--verbose", help="Name each object that models do not say.")
def command(
    spec: str | None, output: Path | None, style: str, check: bool, verbose: bool
) -> None:
    """Write the models of SPEC: a module of Python with a class for each table.

    \b
    Styles:
      declarative  classes of SQLAlchemy 2 (Mapped, mapped_column, relationship)
      tables       Table objects, for hybrid mappings and SQLAlchemy Core
      dataclass    declarative classes that are dataclasses
      sqlmodel     classes of SQLModel
      pydantic     what is read of a row, and what creates and updates one

    Without SPEC, of the one that pyproject.toml names.

    Names, types and base classes of yours stand in the spec, as python: (docs/models.md). What
    SQLAlchemy has no words for is left to the revisions, and counted on standard error.

    \b
    Example:
      gen-migration models spec/app.yaml --output app/models.py

    Exit status: 0; 1 with --check where the file would change; 2 on an error.
    """  # noqa: D301 - a backspace is what click asks for
    from gen_migration.api import specs

    if check and output is None:
        raise click.UsageError("--check goes with --output: a file is looked at")
    path = Path(only(spec, api.configuration()))
    found = api.load(path)
    text = api.models(found, style=style, output=output)
    if output is None:
        talk.echo(text, nl=False)
    elif not specs.is_written(output, text):
        if not check:
            specs.write_models(output, text)
        talk.echo(output)
        if check:
            talk.say(f"{output} is not what {path} says: run without --check")
            click.get_current_context().exit(1)
    for note in specs.unsaid(found, verbose=verbose):
        talk.say(f"note: {note}")
