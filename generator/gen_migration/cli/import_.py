"""The command `import`: a database, or models, to a spec."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gen_migration.cli import options
from gen_migration.scratch.models_name import Models

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.catalog.values import Unheld
    from gen_migration.model.schema import Spec
    from gen_migration.workflows.sources import Source


@click.command(name="import", short_help="Write the spec of a database or of models.")
@click.argument("source")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="File of the spec, or a directory: one file for each table, and for each object"
    " with a body; - is stdout. [default: -]",
)
@options.flag(
    "--bodies",
    help="Write bodies (views, functions) to files of their own, sql/NAME.sql.",
)
@options.flag(
    "--refresh",
    help="For models: write what they say otherwise into the spec of --output, in place.",
)
@click.option(
    "--name", help="Name of the spec. [default: the database's, the module's]"
)
@click.option(
    "--schema", "schemas", multiple=True, help="Only this schema; repeatable."
)
@click.option("--table", "tables", multiple=True, help="Only this table; repeatable.")
@click.option(
    "--exclude-table",
    "without",
    multiple=True,
    help="Not this table, nor its partitions; repeatable.",
)
@options.flag("--versions", help="Pin extensions to the versions that they have.")
@options.flag("--owners", help="Write down who owns each object.")
@options.flag(
    "--grants",
    help="Write grants of each object, also where they are those that PostgreSQL gives.",
)
@click.option(
    "--dev-url",
    help="For models: server of the scratch database. [default: the embedded one]",
)
@options.flag(
    "--strict",
    help="Exit 1 when something could not be held; the spec is written all the same.",
)
@options.flag("-v", "--verbose", help="Name each object that is left out.")
def command(
    source: str,
    output: Path | None,
    bodies: bool,
    refresh: bool,
    name: str | None,
    schemas: tuple[str, ...],
    tables: tuple[str, ...],
    without: tuple[str, ...],
    versions: bool,
    owners: bool,
    grants: bool,
    dev_url: str | None,
    strict: bool,
    verbose: bool,
) -> None:
    """Write the spec that describes SOURCE.

    SOURCE is the URL of a database (postgresql://user@host/name), which is only read, or
    SQLAlchemy models (models:package.module:Base.metadata), whose modules are run, and which are
    created on a scratch database. What a spec cannot hold is left out, and named with its reason.

    With --refresh, models are the truth and the spec follows: what they say otherwise is written
    into the file of --output. Its comments and hints stay, what models cannot say (views,
    functions, partitions, ...), and the words of what has not changed.

    Exit status: 0; 1 with --strict where something could not be held; 2 on an error.
    """
    from gen_migration.catalog.values import Selection
    from gen_migration.kinds.scope import size
    from gen_migration.workflows import import_spec, sources
    from gen_migration.workflows.configured import configuration_here, scratch_of

    selection = Selection(
        schemas=schemas, tables=tables, without=without, only_usable=True
    )
    from_ = sources.parse(source)
    if dev_url is not None and not isinstance(from_, Models):
        raise click.UsageError("--dev-url goes with models: nothing else is built")
    if isinstance(from_, Models):
        dev_url, _ = scratch_of(configuration_here(), dev_url, None)
    place = None if output == Path("-") else output
    if refresh:
        others = (bodies, name, schemas, tables, without, versions, owners, strict)
        refresh_file(from_, place, dev_url, alone=not any(others))
        return
    check_place(place, bodies)
    if name is not None:
        import_spec.check_name(name)
    found = sources.catalog_of(from_, selection, dev_url)
    found = import_spec.said(found, owners=owners, grants=grants, versions=versions)
    named = import_spec.default_name(from_) if name is None else name
    spec, left_out = import_spec.spec_of(found, named, selection)
    put(spec, left_out, place, bodies)
    if not size(found.schema):
        click.echo(f"note: nothing found in {from_}", err=True)
    tell(left_out, verbose)
    tell_secrets(spec)
    if strict and left_out:
        click.get_current_context().exit(1)


def refresh_file(
    models: Source, path: Path | None, dev_url: str | None, *, alone: bool
) -> None:
    """Write a spec's files anew as its models are, and print those that change.

    `alone` tells whether no option stands beside it that is another import's.
    """
    from gen_migration.workflows.refresh import refreshed
    from gen_migration.workflows.refresh_files import write

    if not isinstance(models, Models) or path is None or not alone:
        raise click.UsageError(
            "--refresh goes with models and --output, and with no other option but --dev-url"
        )
    files = refreshed(path, models, dev_url)
    if not files:
        click.echo(f"no difference: {path} and {models}", err=True)
    write(files, path)
    for name, text in files.items():
        click.echo(name if text else f"{name} (removed)")


def check_place(place: Path | None, bodies: bool) -> None:
    """See that a spec can be written there. Raises Error, UsageError."""
    from gen_migration.workflows import import_spec

    if bodies and place is None:
        raise click.UsageError("--bodies goes with --output: files lie beside a spec")
    if place is not None:
        import_spec.check_output(place)


def put(
    spec: Spec, left_out: Iterable[Unheld], output: Path | None, bodies: bool
) -> None:
    """Write a spec to where it goes, and print the paths; without one, print the spec."""
    from gen_migration.workflows import import_files

    if output is None:
        click.echo(import_files.text(spec, left_out), nl=False)
    else:
        for path in import_files.write(spec, left_out, output, bodies=bodies):
            click.echo(path)


def tell_secrets(spec: Spec) -> None:
    """Name on standard error the variables that hold what no spec does."""
    from gen_migration.base.errors import visible
    from gen_migration.kinds.secrets import variables

    for variable, what in variables(spec.schema).items():
        told = f"note: a secret of {what} is not written: a revision reads it from {variable}"
        click.echo(visible(told).replace("\n", "\\n"), err=True)


def tell(left_out: Iterable[Unheld], verbose: bool) -> None:
    """Name on standard error what the spec cannot hold."""
    from gen_migration.base.errors import visible
    from gen_migration.cli.left_out import lines

    for line in lines([*left_out], verbose=verbose):
        # On one line, whatever is in a name.
        shown = visible(line).replace("\n", "\\n")
        click.echo(f"left out: {shown}", err=True)
