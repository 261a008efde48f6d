"""The command `completion`: what makes a shell complete commands, options, paths and revisions."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from gen_migration.cli import talk

SHELLS = ("bash", "zsh", "fish")


@click.command(name="completion", short_help="Print what makes a shell complete.")
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print a script with which SHELL completes commands, options, specs and revisions.

    Nothing of a project is run for it. Where each shell keeps such scripts is in
    docs/how-to/shell.md.

    \b
    Example:
      eval "$(gen-migration completion bash)"
    """  # noqa: D301 - a backspace is what click asks for
    from gen_migration.cli.commands import main

    made = get_completion_class(shell)
    assert made is not None  # noqa: S101 - click has these three
    name = "gen-migration"
    talk.echo(made(main, {}, name, "_GEN_MIGRATION_COMPLETE").source())
