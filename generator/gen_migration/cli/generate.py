"""The command `generate`, which `gen-migration SPEC` is short for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gen_migration.cli import contradictions, idle_options, instead, options, talk

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from gen_migration.base.configuration import Configuration
    from gen_migration.history.request import Request
    from gen_migration.history.revision import Directory
    from gen_migration.history.target import Target
    from gen_migration.operations.base import Operation
    from gen_migration.workflows.generate import Prove
    from gen_migration.workflows.up_to_date import UpToDate


@click.command(name="generate", short_help="Write the revision that SPEC asks for.")
@click.argument("spec", type=click.Path(path_type=Path), required=False)
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
    help="With --squash: the newest that goes into it. [default: all]",
)
@click.option(
    "--drop-data",
    metavar="REVISION",
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
    """
    from gen_migration.workflows.configured import configuration_here, target_of

    given = {f"--{name.replace('_', '-')}": value for name, value in asked.items()}
    contradictions.refuse(given)
    configured = configuration_here()
    place = {name: asked[name] for name in PLACE}
    asked["verify"] = asked["verify"] or (
        configured.verify and contradictions.may_verify(given)
    )

    def of(one: Path) -> None:
        target = target_of(configured, one, output, config, place)
        do(one, target, asked, given, configured)

    if spec is not None:
        of(spec)
        return
    paths = [Path(one.path) for one in configured.places]
    contradictions.refuse_many(given, len(paths))
    worst = max(status_of(of, one) for one in paths)
    click.get_current_context().exit(worst)


def status_of(of: Callable[[Path], None], spec: Path) -> int:
    """Return the exit status of the command for one spec of several; an error is said."""
    from gen_migration.base.errors import Error

    try:
        of(spec)
    except click.exceptions.Exit as done:
        return done.exit_code
    except Error as error:
        talk.say_error(error)
        return 2
    return 0


def do(
    spec: Path,
    target: Target,
    asked: Mapping[str, Any],
    given: Mapping[str, object],
    configured: Configuration,
) -> None:
    """Do what was asked for with one spec; leave with its exit status."""
    from gen_migration.workflows import up_to_date

    idle = idle_options.of_look(given)
    special = next((one for one in instead.WAYS if asked[one]), None)
    if special is not None:
        status = instead.WAYS[special](spec, target.open(), asked)
        click.get_current_context().exit(status)
    is_edit = not (asked["amend"] or asked["contract"])
    known = up_to_date.recall(spec, target) if is_edit else None
    if known is not None:
        say_up_to_date(known, given, idle)
        return
    directory = target.open()
    seen = up_to_date.observe(spec, target, directory) if is_edit else None
    found = done(spec, directory, asked, configured)
    if found is not None:
        up_to_date.remember(seen, spec, target, directory, found)
        say_up_to_date(found, given, idle)


# What Alembic's own options say of the place of a revision.
PLACE = ("head", "splice", "branch_label", "version_path", "depends_on")


def done(
    spec: Path,
    directory: Directory,
    asked: Mapping[str, Any],
    configured: Configuration,
) -> UpToDate | None:
    """Write the next revision, or show it; return what to say where there is none."""
    from gen_migration.history.request import Request
    from gen_migration.workflows.sizes import sizes_here

    request = Request(
        message=asked["message"],
        allow_data_loss=asked["allow_data_loss"],
        check=asked["check"],
        contract=asked["contract"],
        amend=asked["amend"],
        force=asked["force"],
        database=asked["dev_url"] if asked["amend"] else None,
        levels=configured.levels,
        sizes=sizes_here(asked["stats"], configured),
        rev_id=asked["rev_id"],
        numbered=configured.is_numbered,
    )
    look = next((one for one in ("check", "sql", "dry_run") if asked[one]), None)
    if look is not None:
        return show(spec, directory, request, look)
    prove: Prove = None
    if asked["verify"]:
        from gen_migration.cli.verify import prover

        prove = prover(spec, directory, asked["dev_url"], asked["before"])
    return write(spec, directory, request, prove)


def say_up_to_date(
    found: UpToDate, given: Mapping[str, object], told: Collection[str] = ()
) -> None:
    """Say that nothing is to be written, and which options had no effect but those `told`."""
    for note in found.notes:
        talk.say(note)
    places = [
        one for one in ("--message", "--rev-id", *idle_options.PLACE) if one not in told
    ]
    idle_options.tell(given, places, "there is nothing to write")
    idle_options.tell(
        given,
        ["--verify"],
        "there is nothing to write; gen-migration verify SPEC proves what is there",
    )
    click.echo(f"up to date: {found.path}", err=True)


def write(
    spec: Path, directory: Directory, request: Request, prove: Prove
) -> UpToDate | None:
    """Write the next revision and print its path; return what to say where there is none."""
    from gen_migration.workflows.generate import generate
    from gen_migration.workflows.up_to_date import UpToDate

    result = generate(spec, directory, request, prove)
    if not result.written:
        return UpToDate(path=str(result.paths[-1]), notes=result.notes)
    for note in result.notes:
        talk.say(note)
    if not result.operations:
        for path in result.paths:
            click.echo(f"deleted: {path}", err=True)
        return None
    for path in result.paths:
        click.echo(path)
    parents = ", ".join(result.parents) or "nothing"
    many = result.revisions[1:]
    listed = ", ".join(result.revisions)
    click.echo(
        f"revision{'s' if many else ''} {listed} follow{'' if many else 's'} {parents}:"
        f" {count(result.operations)}",
        err=True,
    )
    return None


def show(
    spec: Path, directory: Directory, request: Request, what: str
) -> UpToDate | None:
    """Print what would be written, and exit 1 where a check finds something.

    Return what to say where nothing would be written.
    """
    from gen_migration.workflows.ahead import load_ahead
    from gen_migration.workflows.generate import newest_result
    from gen_migration.workflows.up_to_date import UpToDate

    found = load_ahead(spec, directory)
    from gen_migration.workflows.next_change import next_change

    change = next_change(found, spec, directory, request)
    if change.is_empty:
        newest = newest_result(spec, change)
        return UpToDate(path=str(newest.paths[-1]), notes=newest.notes)
    for note in (*change.notes, *change.unseen):
        talk.say(note)
    if what == "dry_run":
        texts = [directory.preview(draft) for draft in change.drafts]
        click.echo("\n\n".join(texts), nl=False)
    elif what == "sql":
        from gen_migration.history.offline_sql import both_ways

        texts = [directory.preview(draft) for draft in change.drafts]
        headers = [draft.header for draft in change.drafts]
        click.echo(both_ways(texts, headers), nl=False)
    else:
        for operation in change.plan.operations:
            click.echo(operation.summary)
        click.echo(f"{spec}: the history is behind the spec", err=True)
        click.get_current_context().exit(1)
    return None


def count(operations: Iterable[Operation]) -> str:
    """Return what operations do, counted: `create table: 3, create index: 5`."""
    counted = Counter(operation.wire.replace("_", " ") for operation in operations)
    return ", ".join(f"{name}: {number}" for name, number in counted.items())
