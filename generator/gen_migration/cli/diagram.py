"""The command `diagram`: a picture of a schema, and of what changed in it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from gen_migration import api
from gen_migration.cli import idle_options, options, talk
from gen_migration.cli.each import only


@click.command(name="diagram", short_help="Draw a schema: SVG, PNG, DBML, or a page.")
@click.argument("spec", shell_complete=options.sources, required=False)
@click.option("--old", help="Source to compare with: what changed is marked.")
@click.option(
    "--table",
    "tables",
    multiple=True,
    metavar="NAME",
    help="Draw this table or view and what is near it alone; may be given again.",
)
@click.option(
    "--depth",
    type=click.IntRange(0, 99),
    help="How many relations away from --table is near.  [default: 1]",
)
@click.option(
    "--detail",
    type=click.Choice(("keys", "columns", "all")),
    help="What is drawn of a table: its keys, its columns, or indexes, checks, policies and"
    " triggers as well. [default: as much as can be read]",
)
@options.flag("--no-groups", help="Draw all lines, in one picture without groups.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("svg", "html", "png", "dbml")),
    help="[default: that of the file's name, else svg]",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write; one that is there is replaced. [default: stdout]",
)
@options.reading_history
@options.scratch(options.SERVER, options.SQL)
def command(
    spec: str | None,
    old: str | None,
    tables: tuple[str, ...],
    depth: int | None,
    detail: str | None,
    no_groups: bool,
    form: str | None,
    output: Path | None,
    config: Path | None,
    dev_url: str | None,
    before: Path | None,
) -> None:
    """Draw the tables, columns, keys, views and relations of SPEC.

    SPEC and OLD are sources as in "gen-migration diff": a file or a directory, either at a
    revision of git (main:spec/app.yaml), history, a database, or models. Without SPEC, it is
    the one that pyproject.toml names.

    \b
    Formats:
      svg   a picture, light or dark as the reader has it
      html  one page with search, a list of objects, and each table with its
            neighbours; it needs no network
      png   an image; needs gen-migration[png]
      dbml  text for dbdiagram.io and its kin

    Where there are many tables, they stand in groups: the group: of a table in the spec, else the
    first word of its name.

    \b
    Example:
      gen-migration diagram spec/app.yaml --table orders --output orders.svg

    Exit status: 0; 2 on an error.
    """  # noqa: D301 - a backspace is what click asks for
    from gen_migration.api import pictures

    form = pictures.form_of(output) if form is None else form
    if output is None and form == "png" and sys.stdout.isatty():
        raise click.UsageError("a terminal shows no PNG: name a file as --output")
    if not tables:
        idle_options.tell({"--depth": depth}, ["--depth"], "no --table is given")
    configured = api.configuration()
    spec = only(spec, configured)
    if "history" not in {spec, old}:
        idle_options.tell({"--config": config}, ["--config"], "no history is looked at")
    found = api.shown(
        spec,
        old,
        history=api.History(config=config),
        configuration=configured,
        scratch=api.Scratch(dev_url=dev_url, before=before),
    )
    for note in found.notes:
        talk.say(f"note: {note}")
    made = api.diagram(
        found,
        form=form,
        tables=tables,
        depth=1 if depth is None else depth,
        detail=detail,
        groups=not no_groups,
    )
    if output is None:
        talk.echo(made, nl=False)
        return
    pictures.write(output, made)
    talk.echo(output)
