"""The command `import`: a database, or models, to a spec."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(name="import", short_help="Write the spec of a database or of models.")
@click.argument("source")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="File of the spec, or a directory: one file for each table. [default: stdout]",
)
@click.option(
    "--name", help="Name of the spec. [default: the database's, the module's]"
)
@click.option(
    "--schema", "schemas", multiple=True, help="Only this schema; repeatable."
)
@click.option("--table", "tables", multiple=True, help="Only this table; repeatable.")
@click.option(
    "--dev-url",
    help="For models: server of the scratch database. [default: the embedded one]",
)
@click.option(
    "--strict",
    is_flag=True,
    help="Exit 1 when something could not be held; the spec is written all the same.",
)
def command(
    source: str,
    output: Path | None,
    name: str | None,
    schemas: tuple[str, ...],
    tables: tuple[str, ...],
    dev_url: str | None,
    strict: bool,
) -> None:
    """Write the spec that describes SOURCE.

    SOURCE is the URL of a database (postgresql://user@host/name), which is only read, or
    SQLAlchemy models (models:package.module:Base.metadata), which are created on a scratch
    database.

    Exit status: 0; 1 with --strict where something could not be held; 2 on an error.
    """
    from gen_migration import sources
    from gen_migration.catalog import Selection
    from gen_migration.import_spec import default_name, files, spec_of, write

    selection = Selection(schemas=schemas, tables=tables)
    from_ = sources.parse(source)
    found = sources.catalog_of(from_, selection, dev_url)
    spec = spec_of(found, name or default_name(from_), selection)
    if output is None:
        for text in files(spec, found.unheld, split=False).values():
            click.echo(text, nl=False)
    else:
        for path in write(spec, found.unheld, output):
            click.echo(path)
    for one in found.unheld:
        click.echo(f"left out: {one}", err=True)
    if strict and found.unheld:
        click.get_current_context().exit(1)
