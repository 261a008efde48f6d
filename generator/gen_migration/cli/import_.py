"""The command `import`: a database, or models, to a spec."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gen_migration import api
from gen_migration.base.errors import visible
from gen_migration.cli import options, talk

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gen_migration.api import Scratch
    from gen_migration.catalog.values import Unheld


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

    \b
    Example:
      gen-migration import postgresql://db.internal/shop --output spec/shop.yaml

    Exit status: 0; 1 with --strict where something could not be held; 2 on an error.
    """  # noqa: D301 - a backspace is what click asks for
    is_models = source.startswith("models:")
    if dev_url is not None and not is_models:
        raise click.UsageError("--dev-url goes with models: nothing else is built")
    place = None if output == Path("-") else output
    scratch = api.Scratch(dev_url=dev_url)
    if refresh:
        others = (bodies, name, schemas, tables, without, versions, owners, strict)
        if not is_models or place is None or any(others):
            raise click.UsageError(
                "--refresh goes with models and --output, and with no other option but --dev-url"
            )
        refresh_files(source, place, scratch)
        return
    if bodies and place is None:
        raise click.UsageError("--bodies goes with --output: files lie beside a spec")
    found = api.import_(
        source,
        name=name,
        schemas=schemas,
        tables=tables,
        without=without,
        versions=versions,
        owners=owners,
        grants=grants,
        output=place,
        configuration=api.configuration(),
        scratch=scratch,
    )
    if place is None:
        talk.echo(found.text, nl=False)
    else:
        for path in found.write(place, bodies=bodies):
            talk.echo(path)
    if found.is_empty:
        talk.say(f"note: nothing found in {found.source}")
    tell(found.left_out, verbose)
    tell_secrets(found.secrets)
    if strict and found.left_out:
        click.get_current_context().exit(1)


def refresh_files(models: str, path: Path, scratch: Scratch) -> None:
    """Write a spec's files anew as its models are, and print those that change."""
    configured = api.configuration()
    files = api.refresh(path, models, configuration=configured, scratch=scratch)
    if not files:
        talk.say(f"no difference: {path} and {models}")
    for name, text in files.items():
        talk.echo(name if text else f"{name} (removed)")


def tell_secrets(found: Mapping[str, str]) -> None:
    """Name on standard error the variables that hold what no spec does."""
    for variable, what in found.items():
        told = f"note: a secret of {what} is not written: a revision reads it from {variable}"
        talk.say(visible(told).replace("\n", "\\n"))


def tell(left_out: Iterable[Unheld], verbose: bool) -> None:
    """Name on standard error what the spec cannot hold."""
    from gen_migration.cli.left_out import lines

    for line in lines([*left_out], verbose=verbose):
        # On one line, whatever is in a name.
        shown = visible(line).replace("\n", "\\n")
        talk.say(f"left out: {shown}")
