"""The command `doctor`: what is wrong, with the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gen_migration import api
from gen_migration.cli import options, talk

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    name="doctor", short_help="Say what is wrong with a project, and the way out."
)
@click.argument("url", required=False)
@options.history
@click.option("--dev-url", help=options.SERVER)
def command(
    url: str | None, output: Path | None, config: Path | None, dev_url: str | None
) -> None:
    """Look at the configuration, the specs, the history, env.py, drivers and scratch databases.

    With URL, also at the database that revisions run on: its version, and what the user may do.
    Nothing of the project is run, and nothing is written but a scratch database.

    \b
    Example:
      gen-migration doctor postgresql://deploy@db.internal/shop

    Exit status: 0 where nothing is wrong; 1 where something is; 2 on an error.
    """  # noqa: D301 - a backspace is what click asks for
    wrong = 0
    history = api.History(output=output, config=config)
    for one in api.doctor(url, history=history, scratch=api.Scratch(dev_url=dev_url)):
        wrong += one.level == "error"
        talk.say(f"{one.level:5} {one.text}", err=False)
        if one.hint:
            talk.say(f"      hint: {one.hint}", err=False)
    if wrong:
        click.get_current_context().exit(1)
