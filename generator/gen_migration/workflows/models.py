"""The models of a spec as a file."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from gen_migration.base.errors import Error, listed
from gen_migration.base.files import locked, replace_file
from gen_migration.models import module
from gen_migration.models.unsaid import unsaid
from gen_migration.render.formatter import formatted
from gen_migration.spec.texts import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Spec

SHOWN = 5  # objects that a note names


def text_of(spec: Spec, style: str, output: Path | None) -> str:
    """Return the models of a spec, formatted with the user's settings of ruff for that file.

    Raises Error where ruff refuses.
    """
    path = output or Path("models.py")
    return formatted(lambda: module.text(spec, style), path, lambda _: None)[0]


def is_written(output: Path, text: str) -> bool:
    """Tell whether a file has a text already.

    Raises Error where it holds something that was not written by this tool.
    """
    if not output.exists():
        return False
    found = read_text(output, str(output))
    if module.MARK not in found.partition("\n")[0]:
        raise Error(
            "the file was not written by gen-migration models, and is kept",
            where=str(output),
            hint="name another file, or move this one away",
        )
    return found == text


def write(output: Path, text: str) -> None:
    """Write the file. Raises Error where it cannot be written."""
    with locked(output.absolute().parent):
        replace_file(output, text)


def notes(spec: Spec, *, verbose: bool) -> Iterator[str]:
    """Yield what models do not say of a spec."""
    found: dict[str, list[str]] = defaultdict(list)
    for word, name in unsaid(spec.schema, spec.external):
        found[word].append(name)
    if not found:
        return
    if verbose:
        for word, names in found.items():
            yield f"models do not say the {word}: {', '.join(names)}"
        return
    words = [f"{word} ({len(names)})" for word, names in found.items()]
    yield f"models do not say the {listed(words, SHOWN)}\n  hint: -v names them"
