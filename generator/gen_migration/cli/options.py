"""Options that several commands have in common."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    Decorator = Callable[[Any], Any]


# What a shell completes is looked for when it asks.


def specs(_: click.Context, __: click.Parameter, incomplete: str) -> Any:
    """Complete the path of a spec."""
    from gen_migration.cli import completions

    return completions.specs(incomplete)


def sources(_: click.Context, __: click.Parameter, incomplete: str) -> Any:
    """Complete a source of a schema."""
    from gen_migration.cli import completions

    return completions.sources(incomplete)


def revisions(ctx: click.Context, _: click.Parameter, incomplete: str) -> Any:
    """Complete the id of a revision."""
    from gen_migration.cli import completions

    return completions.revisions(ctx, incomplete)


def codes(_: click.Context, __: click.Parameter, incomplete: str) -> Any:
    """Complete the code of a finding."""
    from gen_migration.cli import completions

    return completions.codes(incomplete)


def flag(*names: str, help: str) -> Decorator:  # noqa: A002 - as click calls it
    """Return an option without a value."""
    return click.option(*names, is_flag=True, help=help)


def history(command: Any) -> Any:
    """Say where the revisions are: `output` and `config`."""
    output = click.option(
        "--output",
        type=click.Path(path_type=Path, file_okay=False),
        help="Directory of the revisions, where no Alembic configuration is used."
        " [default: output]",
    )
    config = click.option(
        "-c",
        "--config",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Alembic configuration. [default: $ALEMBIC_CONFIG, alembic.ini, pyproject.toml]",
    )
    return output(config(command))


def parent(command: Any) -> Any:
    """Say what the next revision follows, as Alembic does: `head`, `splice`, `depends_on`."""
    head = click.option(
        "--head",
        shell_complete=revisions,
        help="Head, or REV@head, on which the revision is based.",
    )
    splice = flag("--splice", help="Allow a revision that is no head to be the parent.")
    depends_on = click.option(
        "--depends-on",
        multiple=True,
        shell_complete=revisions,
        help="Revision that this one depends on.",
    )
    return head(splice(depends_on(command)))


def scratch(url: str, before: str) -> Decorator:
    """Say what scratch databases are made of: `dev_url` and `before`, with these helps."""

    def decorated(command: Any) -> Any:
        server = click.option("--dev-url", help=url)
        sql = click.option(
            "--before", type=click.Path(path_type=Path, dir_okay=False), help=before
        )
        return server(sql(command))

    return decorated


def stats(command: Any) -> Any:
    """Say where the sizes are that findings tell of: `stats`."""
    return click.option(
        "--stats",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Sizes that findings tell of: a file of gen-migration stats."
        " [default: $GEN_MIGRATION_STATS, pyproject.toml]",
    )(command)


SERVER = (
    "Server for scratch databases, of random names; superuser: the embedded one, where SQL may then"
    " do all that a superuser may."
    " [default: $GEN_MIGRATION_DEV_URL, pyproject.toml, the embedded one]"
)
SQL = (
    "SQL file for scratch databases to begin with: functions and types of others."
    " [default: $GEN_MIGRATION_BEFORE, pyproject.toml]"
)


def reading_history(command: Any) -> Any:
    """Say by which configuration the history is read: `config`."""
    return click.option(
        "-c",
        "--config",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Alembic configuration, for the history."
        " [default: $ALEMBIC_CONFIG, alembic.ini, pyproject.toml, else the directory output]",
    )(command)
