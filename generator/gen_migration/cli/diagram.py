"""The command `diagram`: a picture of a schema, and of what changed in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gen_migration.cli import idle_options, options
from gen_migration.scratch.models_name import Models

if TYPE_CHECKING:
    from gen_migration.history.target import Target
    from gen_migration.model.schema import Schema


@click.command(name="diagram", short_help="Draw a schema: SVG, or a page with search.")
@click.argument("spec")
@click.option("--old", help="Source to compare with: what changed is marked.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write, .svg or .html; one that is there is replaced. [default: SVG on stdout]",
)
@click.option(
    "-c",
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Alembic configuration, for the history."
    " [default: $ALEMBIC_CONFIG, alembic.ini, pyproject.toml, else the directory output]",
)
@options.scratch(options.SERVER, options.SQL)
def command(
    spec: str,
    old: str | None,
    output: Path | None,
    config: Path | None,
    dev_url: str | None,
    before: Path | None,
) -> None:
    """Draw the tables, columns, keys and relations of SPEC.

    SPEC and OLD are sources as in "gen-migration diff": a file or a directory, either at a
    revision of git (main:spec/app.yaml), history, a database, or models. An .html file is one
    page with search, which needs no network.

    Exit status: 0; 2 on an error.
    """
    from gen_migration.base.errors import Error
    from gen_migration.base.files import locked, replace_file
    from gen_migration.review.diagram.model import shown
    from gen_migration.review.diagram.picture import diagram
    from gen_migration.workflows.configured import configuration_here, target_of

    suffix = ".svg" if output is None else output.suffix.lower()
    if suffix not in {".svg", ".html"}:
        raise Error(
            "neither an .svg nor an .html file", where=str(output), hint="name one"
        )
    if "history" not in {spec, old}:
        idle_options.tell({"--config": config}, ["--config"], "no history is looked at")
    target = target_of(configuration_here(), spec, None, config, {})
    schemas, names, home = schemas_of(spec, old, target, dev_url, before)
    title = f"Schema of {names[0]}" + (f", compared with {names[1]}" if old else "")
    drawn = diagram(schemas[0], schemas[1] if old else None, home)
    if suffix == ".html":
        from gen_migration.review.diagram.html import page as text_of
    else:
        from gen_migration.review.diagram.svg import svg as text_of
    text = text_of(drawn, shown(title))
    if output is None:
        click.echo(text, nl=False)
        return
    with locked(output.absolute().parent):
        replace_file(output, text)
    click.echo(output)


def schemas_of(
    spec: str, old: str | None, target: Target, dev_url: str | None, before: Path | None
) -> tuple[list[Schema], list[str], str | None]:
    """Return the schema of SPEC, then that of OLD, their names, and whose names stand alone.

    Raises Error where a source cannot be read.
    """
    from gen_migration.spec.git import GitPath
    from gen_migration.workflows import compare, sources
    from gen_migration.workflows.configured import configuration_here, scratch_of

    found = [sources.parse(each) for each in (spec, old) if each is not None]
    directory = None
    if sources.History() in found:
        directory = target.open()
        place = sources.History(sources.place_of(directory))
        found = [place if each == sources.History() else each for each in found]
    names = [str(each) for each in found]
    one, other = found[0], found[-1]
    built = isinstance(one, Models) if old is None else compare.builds(other, one)
    if not built and (dev_url is not None or before is not None):
        raise click.UsageError(
            "--dev-url and --before go with models:, or with a database beside a spec or the"
            " history: nothing else is built"
        )
    if built:
        dev_url, before = scratch_of(configuration_here(), dev_url, before)
    document = None
    if isinstance(one, Path | GitPath):
        document = sources.document_at(one)
    read, _ = compare.specs(other, one, directory, document)
    specs = read[::-1]
    given = next((each for each in specs if each is not None), None)
    if specs[0] is not None and specs[-1] is not None:
        schemas = [each.schema for each in specs if each is not None][: len(found)]
        return schemas, names, specs[0].default_schema
    sql = sources.sql_of(before)
    if isinstance(one, Models) and old is None:
        from gen_migration.scratch import models

        return [models.read(one, dev_url=dev_url, before=sql).schema], names, None
    if old is None:
        return [sources.catalog_of(one).schema], names, None
    catalogs = compare.catalogs((other, one), specs[::-1], dev_url, sql)
    pair, notes = compare.counted(
        catalogs, specs[::-1], (names[1], names[0]), everything=given is None
    )
    for note in notes:
        if note:
            click.echo(f"note: {note}", err=True)
    return [pair[1], pair[0]], names, None
