"""The command `verify`, and what `--verify` does before a revision is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gen_migration.base.data_class import replace
from gen_migration.cli import idle_options, options, talk

if TYPE_CHECKING:
    from collections.abc import Callable

    from gen_migration.history.drafts import Change
    from gen_migration.history.revision import Directory
    from gen_migration.verify.verify import Verdict, Workbench


@click.command(
    name="verify", short_help="Prove on PostgreSQL what the revision of SPEC does."
)
@click.argument("spec", type=click.Path(path_type=Path))
@options.scratch(options.SERVER, options.SQL)
@options.history
@options.parent
def command(
    spec: Path,
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

    Prints what differs as a diff of specs. Exit status: 0 where the revision does what it says;
    1 where it does not; 2 on an error, also of the history before it.
    """
    from gen_migration.history.request import Request
    from gen_migration.spec.load import load_file
    from gen_migration.workflows.configured import configuration_here, target_of
    from gen_migration.workflows.next_change import next_change

    configured = configuration_here()
    directory = target_of(configured, spec, output, config, parent).open()
    change = next_change(load_file(spec), spec, directory, Request(check=True))
    good = proven(change, spec, directory, place_of(dev_url, before))
    if change.is_empty:
        given = {"--head": parent["head"], "--depends-on": parent["depends_on"]}
        idle_options.tell(given, given, "the newest revision is there already")
    if not good:
        click.get_current_context().exit(1)


def prover(
    spec: Path, directory: Directory, dev_url: str | None, before: Path | None
) -> Callable[[Change], None]:
    """Return what lets a change through that is what its spec says, and else leaves with 1."""
    place = place_of(dev_url, before)

    def prove(change: Change) -> None:
        # Its notes are told by who writes it.
        if not proven(replace(change, notes=()), spec, directory, place):
            for note in change.notes:
                talk.say(note)
            talk.say("nothing is written")
            click.get_current_context().exit(1)

    return prove


def place_of(dev_url: str | None, before: Path | None) -> Workbench:
    """Return where a revision is tried, with its steps on standard error."""
    from gen_migration.verify.verify import Workbench
    from gen_migration.workflows.configured import configuration_here, scratch_of
    from gen_migration.workflows.sources import sql_of

    dev_url, before = scratch_of(configuration_here(), dev_url, before)
    return Workbench(
        dev_url=dev_url,
        before=sql_of(before),
        say=talk.say,
        progress=talk.progress,
    )


def proven(change: Change, spec: Path, directory: Directory, place: Workbench) -> bool:
    """Try a change, say what was found, and tell whether it is what its spec says."""
    from gen_migration.history import env_file
    from gen_migration.verify.candidate import candidate
    from gen_migration.verify.verify import verify

    with candidate(change, spec, directory) as one:
        what = f"revision {one.id}, {one.path}"
        if one.path is None:
            many = len(change.drafts)
            next_ones = f"next {many} revisions" if many > 1 else "next revision"
            not_yet = f"{'are' if many > 1 else 'is'} not written yet"
            what = f"the {next_ones} of {spec}, which {not_yet}"
            talk.say(
                f"{what}: {'; '.join(one.header.message for one in change.drafts)}"
            )
        verdict = verify(one, place)
    # A change that is not written yet has them in its notes.
    env = env_file.notes(directory.root) if change.is_empty else ()
    for note in (*change.notes, *env):
        talk.say(note)
    report(verdict, what)
    return verdict.is_good


def report(verdict: Verdict, what: str) -> None:
    """Say what was found; the difference is the product."""
    for note in verdict.notes:
        talk.say(f"note: {note}")
    for problem in verdict.problems:
        talk.say(problem if problem.startswith("error: ") else f"error: {problem}")
    click.echo(verdict.text, nl=False)
    if verdict.is_good:
        talk.say(f"verified: {what}")
    else:
        talk.say(f"not as it should be: {what}")
