"""The command `format`: the text of a spec in the one layout."""

from __future__ import annotations

import codecs
import functools
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gen_migration.base.errors import Error, Errors
from gen_migration.cli import idle_options, options

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gen_migration.base.errors import Place

BOM = codecs.BOM_UTF8.decode()


@click.command(
    name="format", short_help="Lay out the text of specs; --check looks only."
)
@click.argument(
    "specs", metavar="SPEC...", nargs=-1, required=True, type=click.Path(path_type=Path)
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
    """Write each SPEC in the one layout that there is for its text.

    SPEC is a file, or a directory whose YAML files are one spec. Comments, the order of columns,
    names and the text of values stay; keys get their order, and the rest its indentation and its
    brackets. Prints the paths of the files that were changed.

    A spec that is not valid is an error, and is left as it is; the others are laid out all the
    same. A file may also be a part of the spec that its directory is. What gen-migration stats has
    written is passed over.

    Exit status: 0; 1 with --check where a file would change; 2 on an error.
    """
    place = {"--output": output, "--config": config}
    if drop_used:
        from gen_migration.history.target import find_target
        from gen_migration.workflows.drop_used import used_hints

        directory = find_target(output, config, Path(), {}).open()
    else:
        idle_options.tell(place, place, "only --drop-used looks at the history")
    found: dict[Path, str | None] = {}
    errors: list[Error] = []
    known = functools.cache(is_valid)
    for spec in specs:
        try:
            parts = valid_files(spec, known)
            used = used_hints(spec, directory) if drop_used else {}
            for path in parts:
                found[path] = changed(path, used.get(str(path), ()))
        except Error as error:
            errors.append(error)
    texts = {path: text for path, text in found.items() if text is not None}
    for path, text in texts.items():
        if not check:
            write(path, text)
        click.echo(path)
    if found:
        done = "would be laid out anew" if check else "laid out anew"
        files = f"file{'s' * (len(found) != 1)}"
        click.echo(f"{len(texts)} of {len(found)} {files} {done}", err=True)
    if errors:
        raise Errors(one for each in errors for one in getattr(each, "errors", (each,)))
    click.get_current_context().exit(1 if check and texts else 0)


def valid_files(spec: Path, known: Callable[[Path], bool]) -> list[Path]:
    """Return the files of a spec, or of a part of one, but for sizes. Raises Error, OSError.

    `known` is `is_valid`, asked once for each directory.
    """
    from gen_migration.base.files import is_yaml, spec_files
    from gen_migration.spec.documents import holds_sizes
    from gen_migration.spec.load import load_file

    if spec.is_file() and holds_sizes(spec):
        return []
    try:
        load_file(spec)
    except Error:
        if spec.is_dir() or not is_yaml(spec) or not known(spec.parent):
            raise
    return [one for one in spec_files(spec) if not holds_sizes(one)]


def is_valid(directory: Path) -> bool:
    """Tell whether the YAML files of a directory are a valid spec together."""
    from gen_migration.spec.load import load_file

    try:
        load_file(directory)
    except Error:
        return False
    return True


def changed(path: Path, dropped: Sequence[Place] = ()) -> str | None:
    """Return the text that a file gets, without what is dropped; None where it has it already."""
    from gen_migration.spec.texts import read_text
    from gen_migration.spec.write.printer import formatted

    text = read_text(path, str(path))
    result = formatted(text, str(path), dropped)
    return None if result == text else result


def write(path: Path, text: str) -> None:
    """Write a file anew with its mode and its byte order mark, if it has one."""
    from gen_migration.base.files import locked, replace_file

    path = path.resolve()  # what a link leads to
    with locked(path.parent):
        with path.open("rb") as file:
            mark = BOM if file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8 else ""
        replace_file(path, mark + text, stat.S_IMODE(path.stat().st_mode))
