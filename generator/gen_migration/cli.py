"""The command line. It parses, calls and prints; what it imports, it imports where it is used."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gen_migration.errors import Error

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gen_migration.operations import Operation

INTERRUPTED = 130  # 128 + SIGINT, as shells count
FAILED = 2


class Commands(click.Group):
    """`gen-migration SPEC` is `gen-migration generate SPEC`, and an Error is no traceback."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command's name before a spec."""
        own = {"--help", "-h", "--version"}
        if args and args[0] not in self.commands and args[0] not in own:
            args = ["generate", *args]
        return super().parse_args(ctx, args)

    def main(self, args: Sequence[str] | None = None, **extra: Any) -> Any:  # type: ignore[override]
        """Run, and leave the process with 0, 2 for an error, or 130 after Ctrl-C."""
        extra["standalone_mode"] = False
        try:
            status = super().main(args=args, **extra)
        except Error as error:
            click.echo(str(error), err=True)
            status = FAILED
        except click.ClickException as error:
            error.show()
            status = FAILED
        except (click.Abort, KeyboardInterrupt):
            click.echo(
                "interrupted; a revision is written whole or not at all", err=True
            )
            status = INTERRUPTED
        except OSError as error:
            click.echo(
                f"error: {error.filename or 'output'}: {error.strerror}", err=True
            )
            status = FAILED
        sys.exit(status if isinstance(status, int) else 0)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the two ways to call it."""
        formatter.write_usage(ctx.command_path, "SPEC [OPTIONS]")
        formatter.write_usage(ctx.command_path, "COMMAND [ARGS]...")


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
)
@click.version_option(package_name="gen-migration", prog_name="gen-migration")
def main() -> None:
    """Write the Alembic revision that a YAML spec of a PostgreSQL schema asks for.

    The options of "gen-migration SPEC" are those of the command "generate".
    """


@main.command(short_help="Write the revision that SPEC asks for.")
@click.argument("spec", type=click.Path(path_type=Path))
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Directory of the revisions, where no Alembic configuration is used. [default: output]",
)
@click.option(
    "-c",
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Alembic configuration. [default: $ALEMBIC_CONFIG, alembic.ini, pyproject.toml]",
)
@click.option(
    "-m",
    "--message",
    help="Message of the revision, and its file's name. [default: description, name]",
)
@click.option("--head", help="Head, or REV@head, on which the revision is based.")
@click.option(
    "--splice", is_flag=True, help="Allow a revision that is no head to be the parent."
)
@click.option("--branch-label", help="Branch label of the revision.")
@click.option("--version-path", help="Version location that the file goes to.")
@click.option("--depends-on", multiple=True, help="Revision that this one depends on.")
def generate(
    spec: Path,
    output: Path | None,
    config: Path | None,
    message: str | None,
    **options: Any,
) -> None:
    """Write the revision that SPEC asks for; nothing when it is there already.

    Prints the path of a revision that was written. Exit status: 0, or 2 on an error.
    """
    from gen_migration.generate import find_directory, generate

    directory = find_directory(output, config, Path(), **options)
    result = generate(spec, directory, message)
    if not result.written:
        click.echo(f"up to date: {result.path}", err=True)
        return
    click.echo(result.path)
    parents = ", ".join(result.parents) or "nothing"
    click.echo(
        f"revision {result.revision} follows {parents}: {count(result.operations)}",
        err=True,
    )


def count(operations: Iterable[Operation]) -> str:
    """Return what operations do, counted: `create table: 3, create index: 5`."""
    counted = Counter(
        operation.template().replace("_", " ") for operation in operations
    )
    return ", ".join(f"{name}: {number}" for name, number in counted.items())


@main.command()
def schema() -> None:
    """Print the JSON Schema of a spec, for editors."""
    from gen_migration.json_schema import text

    click.echo(text(), nl=False)
