"""The command `format`: the text of a spec in the one layout."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gen_migration import api
from gen_migration.cli import contradictions, idle_options, options, talk

if TYPE_CHECKING:
    from gen_migration.api import Error


@click.command(
    name="format", short_help="Lay out the text of specs; --check looks only."
)
@click.argument(
    "specs",
    metavar="[SPEC]...",
    nargs=-1,
    type=click.Path(path_type=Path),
    shell_complete=options.specs,
)
@options.flag("--check", help="Write nothing; exit 1 where a file would change.")
@options.flag(
    "--drop-used",
    help="Take out the hints (renamed_from, using, backfill, …) that the history has consumed.",
)
@options.history
def command(
    specs: tuple[Path, ...],
    check: bool,
    drop_used: bool,
    output: Path | None,
    config: Path | None,
) -> None:
    """Write each SPEC, or those of pyproject.toml, in the one layout that there is for its text.

    SPEC is a file, or a directory whose YAML files are one spec. Comments, the order of columns,
    names and the text of values stay; keys get their order, and the rest its indentation and its
    brackets. Prints the paths of the files that were changed.

    A spec that is not valid is an error, and is left as it is; the others are laid out all the
    same. A file may also be a part of the spec that its directory is. What gen-migration stats has
    written is passed over.

    \b
    Example:
      gen-migration format spec/app.yaml --check

    Exit status: 0; 1 with --check where a file would change; 2 on an error.
    """  # noqa: D301 - a backspace is what click asks for
    from gen_migration.api.projects import write_layout

    place = {"--output": output, "--config": config}
    history = api.History(output=output, config=config)
    if not drop_used:
        idle_options.tell(place, place, "only --drop-used looks at the history")
    found: dict[Path, str | None] = {}
    errors: list[Error] = []
    known: dict[Path, bool] = {}
    configured = api.configuration()
    if not specs:
        specs = tuple(Path(one.path) for one in configured.places)
        contradictions.refuse_many({}, len(specs))
    for spec in specs:
        try:
            found |= api.layout(
                spec,
                drop_used=drop_used,
                known=known,
                history=history,
                configuration=configured,
            )
        except api.Error as error:
            errors.append(error)
    texts = {path: text for path, text in found.items() if text is not None}
    for path, text in texts.items():
        if not check:
            write_layout(path, text)
        talk.echo(path)
    if found:
        done = "would be laid out anew" if check else "laid out anew"
        files = f"file{'s' * (len(found) != 1)}"
        talk.say(f"{len(texts)} of {len(found)} {files} {done}")
    if errors:
        raise api.Errors(one for each in errors for one in each.errors)
    click.get_current_context().exit(1 if check and texts else 0)
