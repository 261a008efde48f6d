"""The command `docs`: a data dictionary of a schema."""

from __future__ import annotations

from pathlib import Path

import click

from gen_migration import api
from gen_migration.cli import idle_options, options, talk
from gen_migration.cli.each import only


@click.command(name="docs", short_help="Write a data dictionary: a page per object.")
@click.argument("spec", shell_complete=options.sources, required=False)
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Directory to write, such as site/. Pages that this command wrote are replaced, and"
    " removed once their object is gone; all other files are kept.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("html", "markdown")),
    default="html",
    show_default=True,
    help="What the pages are written as.",
)
@options.flag(
    "--check", help="Write nothing; exit 1, with the files that would change."
)
@options.reading_history
@options.scratch(options.SERVER, options.SQL)
def command(
    spec: str | None,
    output: Path,
    form: str,
    check: bool,
    config: Path | None,
    dev_url: str | None,
    before: Path | None,
) -> None:
    """Write the data dictionary of SPEC: an index, and a page for each object.

    A table's page has its columns, types, defaults and comments, its relations both ways, indexes,
    constraints, triggers, policies and grants, a picture with its neighbours, and its SQL; the
    pages of views, functions, types and all other objects say what they use, and what uses them.

    SPEC is a source as in "gen-migration diff": a file or a directory, either at a revision of
    git (main:spec/app.yaml), history, a database, or models; left out, it is the one
    that pyproject.toml names. The pages of HTML need no network, and run no script but their own,
    whatever a spec says.

    \b
    Example:
      gen-migration docs spec/app.yaml --output site

    Exit status: 0; 1 with --check where a file would change; 2 on an error.
    """  # noqa: D301 - a backspace is what click asks for
    from gen_migration.api import pictures

    configured = api.configuration()
    spec = only(spec, configured)
    if spec != "history":
        idle_options.tell({"--config": config}, ["--config"], "no history is looked at")
    found = api.shown(
        spec,
        history=api.History(config=config),
        configuration=configured,
        scratch=api.Scratch(dev_url=dev_url, before=before),
    )
    pages = api.docs(found, form=form)
    changes = pictures.changes(output, pages, form)
    if not check:
        pictures.write_docs(output, changes)
        talk.echo(output / next(iter(pages)))
        talk.say(
            f"{changes.pages} files, {len(changes.written)} of them written;"
            f" {len(changes.removed)} removed"
        )
        return
    for path in (*changes.written, *changes.removed):
        talk.echo(path)
    if changes.written or changes.removed:
        talk.say(f"{output} is not what {spec} says: run without --check")
        click.get_current_context().exit(1)
