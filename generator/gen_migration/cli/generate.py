"""The command `generate`, which `gen-migration SPEC` is short for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gen_migration import api
from gen_migration.cli import contradictions, idle_options, options, talk
from gen_migration.cli.each import each

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from gen_migration.api import Configuration, Generated, History, Pending
    from gen_migration.api.revisions import Asked
    from gen_migration.operations.base import Operation


@click.command(name="generate", short_help="Write the revision that SPEC asks for.")
@click.argument(
    "spec",
    type=click.Path(path_type=Path),
    shell_complete=options.specs,
    required=False,
)
@options.history
@click.option(
    "-m",
    "--message",
    help="Message of the revision, and its file's name. [default: description, name]",
)
@click.option(
    "--rev-id",
    metavar="ID",
    help="Id of the revision; where an edit is several, ID_1, ID_2 and so on. [default: a hash, or"
    " a number that goes on: revision-ids in pyproject.toml]",
)
@options.parent
@click.option("--branch-label", help="Branch label of the revision.")
@click.option("--version-path", help="Version location that the file goes to.")
@options.flag("--check", help="Write nothing; exit 1, with what would change.")
@options.flag("--dry-run", help="Write nothing; print the revision.")
@options.flag(
    "--sql", help="Write nothing; print the SQL of its upgrade and downgrade."
)
@options.flag(
    "--amend", help="Write the newest revision of SPEC anew: same id, same file."
)
@options.flag(
    "--force",
    help="With --amend: also where it was edited by hand, which is lost. With --squash and"
    " --rebase: also where git does not have a file that goes.",
)
@options.flag(
    "--adopt",
    help="Take over what the revisions before have built: the revision changes nothing.",
)
@options.flag(
    "--squash",
    help="Write one revision in the place of those of SPEC so far, which builds the same.",
)
@click.option(
    "--up-to",
    metavar="REVISION",
    shell_complete=options.revisions,
    help="With --squash: the newest that goes into it. [default: all]",
)
@click.option(
    "--drop-data",
    metavar="REVISION",
    shell_complete=options.revisions,
    multiple=True,
    help="With --squash: leave out what this revision does to rows.",
)
@options.flag(
    "--rebase",
    help="After a merge of two branches: write this one's revisions of SPEC anew behind those of"
    " the other.",
)
@click.option(
    "--base",
    metavar="BRANCH",
    help="With --rebase: the other branch. [default: origin/HEAD, main or master]",
)
@options.flag(
    "--contract",
    help="Close the expansions that are open, once no old code runs: drop the old columns.",
)
@options.flag(
    "--verify",
    help="Write only what a scratch database has proven: see gen-migration verify --help.",
)
@options.scratch(
    "With --adopt, --squash and --verify: server for scratch databases. [default: the embedded"
    " one] With --amend and --rebase: a database that must not have the revision.",
    "With --adopt, --squash and --verify: SQL file for scratch databases to begin with.",
)
@options.stats
@options.flag(
    "--allow-data-loss",
    help="Go on where rows, columns or values are destroyed, a table is rewritten under lock, or"
    " rows lack the value of a new column.",
)
def command(
    spec: Path | None, output: Path | None, config: Path | None, **asked: Any
) -> None:
    """Write the revision that leads from the history to SPEC; nothing when there is none.

    Without SPEC, do so for each of the specs in [tool.gen-migration] of pyproject.toml; the exit
    status is the worst of theirs.

    Revisions are read and not run, but by --verify, --adopt and --squash. Prints the path of a
    revision that was written. Exit status: 0; 1 with --check where something would change, and
    with --adopt and --squash where the history builds something else than what would be written;
    2 on an error, or where data would be lost.

    \b
    Example:
      gen-migration spec/app.yaml --dry-run
    """  # noqa: D301 - a backspace is what click asks for
    given = {f"--{name.replace('_', '-')}": value for name, value in asked.items()}
    contradictions.refuse(given)
    configured = api.configuration()
    history = api.History(
        output=output, config=config, **{name: asked[name] for name in PLACE}
    )
    asked["verify"] = asked["verify"] or (
        configured.verify and contradictions.may_verify(given)
    )

    def of(one: Path) -> None:
        do(one, asked, given, history, configured)

    each(of, spec, configured, given)


# What Alembic's own options say of the place of a revision.
PLACE = ("head", "splice", "branch_label", "version_path", "depends_on")


def do(
    spec: Path,
    asked: Mapping[str, Any],
    given: Mapping[str, object],
    history: History,
    configured: Configuration,
) -> None:
    """Do what was asked for with one spec; leave with its exit status."""
    idle = idle_options.of_look(given)
    special = next((one for one in ("adopt", "squash", "rebase") if asked[one]), None)
    if special is not None:
        from gen_migration.cli import instead

        status = instead.run(special, spec, asked, history, configured)
        click.get_current_context().exit(status)
    edit: Asked = {
        "message": asked["message"],
        "rev_id": asked["rev_id"],
        "allow_data_loss": asked["allow_data_loss"],
        "contract": asked["contract"],
        "amend": asked["amend"],
        "force": asked["force"],
        "database": asked["dev_url"] if asked["amend"] else None,
        "stats": asked["stats"],
        "history": history,
        "configuration": configured,
    }
    look = next((one for one in ("check", "sql", "dry_run") if asked[one]), None)
    if look is not None:
        pending = api.plan(spec, strict=look != "check", **edit)
        if pending.newest is None:
            show(pending, look)
        else:
            say_up_to_date(pending.newest, pending.notes, given, idle)
        return
    found = write(spec, asked, edit)
    if found.written:
        say_written(found)
    else:
        say_up_to_date(found.paths[-1], found.notes, given, idle)


def write(spec: Path, asked: Mapping[str, Any], edit: Asked) -> Generated:
    """Write the next revision, with --verify a proven one; else leave with 1."""
    if not asked["verify"]:
        return api.generate(spec, **edit)
    from gen_migration.cli import verify

    scratch = verify.scratch(asked["dev_url"], asked["before"])
    try:
        found = api.generate(spec, scratch=scratch, **edit)
    except api.UnprovenError as error:
        verify.report(error.proof)
        for note in error.notes:
            talk.say(f"note: {note}")
        talk.say("nothing is written")
        click.get_current_context().exit(1)
    if found.proof is not None:
        verify.report(found.proof)
    return found


def say_up_to_date(
    newest: Path,
    notes: Iterable[str],
    given: Mapping[str, object],
    told: Collection[str],
) -> None:
    """Say that nothing is to be written, and which options had no effect but those `told`."""
    for note in notes:
        talk.say(f"note: {note}")
    places = [
        one for one in ("--message", "--rev-id", *idle_options.PLACE) if one not in told
    ]
    idle_options.tell(given, places, "there is nothing to write")
    idle_options.tell(
        given,
        ["--verify"],
        "there is nothing to write; gen-migration verify SPEC proves what is there",
    )
    talk.say(f"up to date: {newest}")


def say_written(found: Generated) -> None:
    """Print the paths of revisions that were written, or say which went."""
    for note in found.notes:
        talk.say(f"note: {note}")
    if not found.operations:
        for path in found.paths:
            talk.say(f"deleted: {path}")
        return
    for path in found.paths:
        talk.echo(path)
    parents = ", ".join(found.parents) or "nothing"
    many = found.revisions[1:]
    listed = ", ".join(found.revisions)
    talk.say(
        f"revision{'s' if many else ''} {listed} follow{'' if many else 's'} {parents}:"
        f" {count(found.operations)}"
    )


def show(pending: Pending, what: str) -> None:
    """Print what would be written, and exit 1 where a check finds something."""
    for note in pending.notes:
        talk.say(f"note: {note}")
    if what == "dry_run":
        talk.echo("\n\n".join(one.text for one in pending.revisions), nl=False)
    elif what == "sql":
        talk.echo(pending.sql, nl=False)
    else:
        for operation in pending.operations:
            talk.say(operation.summary, err=False)
        talk.say(
            f"{pending.spec}: the history is behind the spec\n"
            "  hint: the same command without --check writes the revision"
        )
        click.get_current_context().exit(1)


def count(operations: Iterable[Operation]) -> str:
    """Return what operations do, counted: `create table: 3, create index: 5`."""
    counted = Counter(operation.wire.replace("_", " ") for operation in operations)
    return ", ".join(f"{name}: {number}" for name, number in counted.items())
