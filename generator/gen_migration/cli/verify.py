"""The command `verify`, and what `--verify` says before a revision is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gen_migration import api
from gen_migration.cli import idle_options, options, talk
from gen_migration.cli.each import each

if TYPE_CHECKING:
    from gen_migration.api import Proof, Scratch


@click.command(
    name="verify", short_help="Prove on PostgreSQL what the revision of SPEC does."
)
@click.argument(
    "spec",
    type=click.Path(path_type=Path),
    shell_complete=options.specs,
    required=False,
)
@click.option(
    "--revision",
    metavar="REVISION",
    shell_complete=options.revisions,
    help="Of those that SPEC has, by its id or the beginning of it. [default: the next, else the"
    " newest]",
)
@options.scratch(options.SERVER, options.SQL)
@options.history
@options.parent
def command(
    spec: Path | None,
    revision: str | None,
    dev_url: str | None,
    before: Path | None,
    output: Path | None,
    config: Path | None,
    **parent: Any,
) -> None:
    """Run the next revision of SPEC, or where there is none its newest, on a scratch database.

    The history before it runs first, and rows are put into every table. Then: upgrade, which has
    to lead to the spec; downgrade, which has to lead back, rows included; upgrade again. Nothing
    is written. All of these revisions are run: read those of a stranger first.

    Without SPEC, do so for each of the specs in [tool.gen-migration] of pyproject.toml; the exit
    status is the worst of theirs.

    Prints what differs as a diff of specs. Exit status: 0 where the revision does what it says;
    1 where it does not; 2 on an error, also of the history before it.

    \b
    Example:
      gen-migration verify spec/app.yaml
    """  # noqa: D301 - a backspace is what click asks for
    history = api.History(output=output, config=config, **parent)
    configured = api.configuration()

    def of(one: Path) -> None:
        found = api.verify(
            one,
            revision,
            history=history,
            configuration=configured,
            scratch=scratch(dev_url, before),
        )
        report(found)
        if revision is not None or not found.is_new:
            given = {"--head": history.head, "--depends-on": history.depends_on}
            idle_options.tell(given, given, "the revision is there already")
        if not found.is_good:
            click.get_current_context().exit(1)

    each(of, spec, configured, {"--revision": revision})


def scratch(dev_url: str | None, before: Path | None) -> Scratch:
    """Return where a revision is tried, with its steps on standard error."""
    return api.Scratch(dev_url=dev_url, before=before, say=talk.say)


def report(found: Proof) -> None:
    """Say what was found; the difference is the product."""
    for note in found.notes:
        talk.say(f"note: {note}")
    for problem in found.problems:
        talk.say(f"error: {problem}")
    talk.echo(found.text, nl=False)
    if found.is_good:
        talk.say(f"verified: {found.what}")
    else:
        talk.say(f"not as it should be: {found.what}")
