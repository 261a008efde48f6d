"""A command for the spec that is named, or for those in `pyproject.toml`: each, or the only one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gen_migration.base.errors import Error, listed
from gen_migration.cli import contradictions, talk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gen_migration.api import Configuration

SHOWN = 5  # specs that a message names


def each(
    of: Callable[[Path], None],
    spec: Path | None,
    configured: Configuration,
    given: Mapping[str, object],
) -> None:
    """Do a command for one spec; for all, leave with the worst exit status.

    `given` are the options by their names, some of which are of one spec alone.
    """
    if spec is not None:
        of(spec)
        return
    paths = [Path(one.path) for one in configured.places]
    contradictions.refuse_many(given, len(paths))
    worst = max(status_of(of, one) for one in paths)
    click.get_current_context().exit(worst)


def only(spec: str | None, configured: Configuration) -> str:
    """Return the spec that is named, else the one of `pyproject.toml`."""
    if spec is not None:
        return spec
    paths = [one.path for one in configured.places]
    contradictions.refuse_many({}, len(paths))
    if paths[1:]:
        raise click.UsageError(
            f"pyproject.toml has {len(paths)} specs, and this is of one:"
            f" name it: {listed(paths, SHOWN)}"
        )
    return paths[0]


def status_of(of: Callable[[Path], None], spec: Path) -> int:
    """Return the exit status of the command for one spec of several; an error is said."""
    try:
        of(spec)
    except click.exceptions.Exit as done:
        return done.exit_code
    except Error as error:
        talk.say_error(error)
        return 2
    return 0
