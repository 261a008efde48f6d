"""The command `import`: a database, or models, to a spec."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from gen_migration.catalog import Catalog
    from gen_migration.schema import Spec


@click.command(name="import", short_help="Write the spec of a database or of models.")
@click.argument("source")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="File of the spec, or a directory: one file for each table; - is stdout."
    " [default: -]",
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
    from gen_migration.import_spec import (
        check_name,
        check_output,
        default_name,
        spec_of,
    )
    from gen_migration.scope import size

    selection = Selection(schemas=schemas, tables=tables)
    from_ = sources.parse(source)
    if dev_url is not None and not isinstance(from_, sources.Models):
        raise click.UsageError("--dev-url goes with models: nothing else is built")
    if output == Path("-"):
        output = None
    if output is not None:
        check_output(output)
    if name is not None:
        check_name(name)
    found = sources.catalog_of(from_, selection, dev_url)
    spec = spec_of(found, default_name(from_) if name is None else name, selection)
    put(spec, found, output)
    if not size(found.schema):
        click.echo(f"note: nothing found in {from_}", err=True)
    for one in found.unheld:
        click.echo(f"left out: {one}", err=True)
    if strict and found.unheld:
        click.get_current_context().exit(1)


def put(spec: Spec, found: Catalog, output: Path | None) -> None:
    """Write a spec to where it goes, and print the paths; without one, print the spec."""
    from gen_migration.import_spec import files, write

    if output is None:
        for text in files(spec, found.unheld, split=False).values():
            click.echo(text, nl=False)
    else:
        for path in write(spec, found.unheld, output):
            click.echo(path)
