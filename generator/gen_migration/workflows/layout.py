"""The files of a spec in the one layout that there is for their text."""

from __future__ import annotations

import codecs
import stat
from typing import TYPE_CHECKING

from gen_migration.base.errors import Error
from gen_migration.base.files import is_yaml, locked, replace_file, spec_files
from gen_migration.spec.documents import holds_sizes
from gen_migration.spec.load import load_file
from gen_migration.spec.texts import read_text
from gen_migration.spec.write.printer import formatted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gen_migration.base.errors import Place
    from gen_migration.history.revision import Directory

BOM = codecs.BOM_UTF8.decode()


def layout(
    spec: Path, directory: Directory | None, known: dict[Path, bool]
) -> dict[Path, str | None]:
    """Return the text that each file of a spec gets; None where it has it already.

    `directory` is the history whose consumed hints are left out; None lets all stay. `known` keeps
    which directories are a spec. Raises Error where the spec is not valid.
    """
    parts = valid_files(spec, known)
    used: dict[str, list[Place]] = {}
    if directory is not None:
        from gen_migration.workflows.drop_used import used_hints

        used = used_hints(spec, directory)
    return {path: changed(path, used.get(str(path), ())) for path in parts}


def valid_files(spec: Path, known: dict[Path, bool]) -> list[Path]:
    """Return the files of a spec, or of a part of one, but for sizes. Raises Error, OSError."""
    if spec.is_file() and holds_sizes(spec):
        return []
    try:
        load_file(spec)
    except Error:
        if spec.is_dir() or not is_yaml(spec):
            raise
        if spec.parent not in known:
            known[spec.parent] = is_valid(spec.parent)
        if not known[spec.parent]:
            raise
    return [one for one in spec_files(spec) if not holds_sizes(one)]


def is_valid(directory: Path) -> bool:
    """Tell whether the YAML files of a directory are a valid spec together."""
    try:
        load_file(directory)
    except Error:
        return False
    return True


def changed(path: Path, dropped: Sequence[Place] = ()) -> str | None:
    """Return the text that a file gets, without what is dropped; None where it has it already."""
    text = read_text(path, str(path))
    result = formatted(text, str(path), dropped)
    return None if result == text else result


def write(path: Path, text: str) -> None:
    """Write a file anew with its mode and its byte order mark, if it has one."""
    path = path.resolve()  # what a link leads to
    with locked(path.parent):
        with path.open("rb") as file:
            mark = BOM if file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8 else ""
        replace_file(path, mark + text, stat.S_IMODE(path.stat().st_mode))
