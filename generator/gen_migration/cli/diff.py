"""The command `diff`: what differs between two schemas, wherever they are."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from gen_migration import api
from gen_migration.cli import idle_options, options, talk

if TYPE_CHECKING:
    from pathlib import Path

    from gen_migration.api import Review
    from gen_migration.api.comparisons import Sides

# Where code is hosted, files are looked for from the top of the repository.
FROM_TOP = ("github", "gitlab", "sarif")
LEVELS = ("danger", "warning", "never")


@click.command(name="diff", short_help="Show what differs between two schemas.")
@click.argument("old", shell_complete=options.sources)
@click.argument("new", required=False, shell_complete=options.sources)
@click.option(
    "--format",
    "name",
    type=click.Choice(api.FORMATS),
    default="text",
    show_default=True,
    help="How it is printed.",
)
@options.flag(
    "--all",
    "everything",
    help="Also what a database or models have beside the objects of the spec.",
)
@click.option(
    "--fail-on",
    type=click.Choice(LEVELS),
    help="Exit with 1 where there are findings of this level or a worse one, whatever differs."
    " [default: $GEN_MIGRATION_FAIL_ON, pyproject.toml, with 1 where something differs]",
)
@click.option(
    "--rules-from",
    metavar="REVISION",
    help="Take [tool.gen-migration] and the modules of its rules from a revision of git, which"
    " is trusted more than the files that are here.",
)
@options.stats
@options.scratch(options.SERVER, options.SQL)
@options.history
def command(
    old: str,
    new: str | None,
    name: str,
    everything: bool,
    fail_on: str | None,
    rules_from: str | None,
    stats: Path | None,
    dev_url: str | None,
    before: Path | None,
    output: Path | None,
    config: Path | None,
) -> None:
    """Print what changes from OLD to NEW, and what to know before it is merged.

    \b
    Each is one of
      spec/app.yaml            a spec: a file, or a directory of them
      main:spec/app.yaml       a spec at a revision of git
      history                  what the revisions of the spec have built
      postgresql://host/name   a database, which is only read
      models:app.db:Base.metadata
                               SQLAlchemy models, whose modules are run

    Without NEW, a spec is compared with its history, which is what its next revision does, and
    one at a revision of git with the working tree's.

    \b
    Formats:
      text      for a terminal; in colours there, unless NO_COLOR is set
      markdown  for a comment on a pull request, of 65,000 characters at most
      json      for programs; docs/diff.schema.json describes it
      sql       what upgrade and downgrade run
      mermaid   an entity-relationship diagram of NEW, with what changes marked
      github    the findings as annotations of a workflow of GitHub
      gitlab    the findings as a report of GitLab's code quality
      sarif     the findings for code scanning, as SARIF 2.1.0

    With sizes (--stats, which gen-migration stats reads of a database) findings say how many rows
    and bytes an edit works on, how long that takes and who waits, and their levels follow.

    Expressions of a database are PostgreSQL's own words, so what it is compared with is built
    on a scratch database first. Of a database or of models, only what the spec describes is
    looked at; what differs is drift, to which no revision leads, and there are no findings.
    Names are full ones, whatever search_path a database, a role or a URL sets, unless a spec
    leaves the schema open.

    Rules of your own, and the levels of others, are in [tool.gen-migration] of pyproject.toml;
    their modules are run (docs/custom-rules.md).

    \b
    Example:
      gen-migration diff main:spec/app.yaml

    Exit status: 0 where nothing differs; 1 where something does; 2 on an error. With --fail-on:
    1 where there are such findings, and else 0 ("never": always).
    """  # noqa: D301 - a backspace is what click asks for
    from gen_migration.api.comparisons import from_top, sides

    found = sides(old, new)
    given = {"--dev-url": dev_url, "--before": before, "--all": everything}
    given["--stats"] = stats
    check(found, given | {"--output": output, "--config": config})
    configured = api.configuration(rules_from)
    compared = api.diff(
        old,
        new,
        everything=everything,
        stats=stats,
        rules_from=rules_from,
        history=api.History(output=output, config=config),
        configuration=configured,
        scratch=api.Scratch(dev_url=dev_url, before=before),
    )
    for note in compared.notes:
        talk.say(f"note: {note}")
    review = compared.review
    if name in FROM_TOP and found.counts_from_here:
        review = from_top(review)
    # None lets click take the colours out where there is no terminal.
    talk.echo(
        api.render(review, name),
        nl=False,
        color=False if os.environ.get("NO_COLOR") else None,
    )
    if not review.changes:
        talk.say(f"no difference: {review.old} and {review.new}")
    if fails(review, fail_on or configured.fail_on or None):
        click.get_current_context().exit(1)


def check(found: Sides, given: dict[str, Any]) -> None:
    """Refuse options that two sources have no use for, or tell them."""
    for option in ("--dev-url", "--before"):
        if given[option] is not None and not found.builds:
            raise click.UsageError(
                f"{option} goes with models:, or with a database beside a spec or the"
                " history: nothing else is built"
            )
    output = given["--output"]
    if not found.has_history:
        idle_options.tell(given, ("--output", "--config"), "no history is looked at")
    elif output is not None and not output.is_dir():
        raise api.Error(
            "no such directory",
            where=str(output),
            hint="give the directory that the revisions are in",
        )
    if found.is_drift:
        idle_options.tell(given, ["--stats"], "of drift there are no findings")
    else:
        why = "neither a database nor models are looked at"
        idle_options.tell(given, ["--all"], why)


def fails(found: Review, level: str | None) -> bool:
    """Tell whether a review is to fail a job: for what differs, or for findings of a level."""
    if level is None:
        return bool(found.changes)
    counted = LEVELS[: LEVELS.index(level) + 1]  # those that are worse come first
    return level != "never" and any(
        one.severity.value in counted for one in found.findings
    )
