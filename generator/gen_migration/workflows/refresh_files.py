"""The files of a spec, of one or of many, with other values at some places of the spec."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gen_migration.base.files import locked, replace_file, write_new
from gen_migration.spec.documents import owner
from gen_migration.spec.write.editing import edited
from gen_migration.spec.write.printer import formatted
from gen_migration.spec.write.spec import text_of
from gen_migration.spec.yaml_reader import read
from gen_migration.workflows.import_files import file_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gen_migration.base.errors import Place
    from gen_migration.spec.documents import Document


def edited_files(
    found: Document, path: Path, edits: Iterable[tuple[Place, Any]]
) -> dict[Path, str | None]:
    """Return the texts of the files that edits change; None for one of which nothing is left.

    What is new goes to the file with the most of its kind; where each has a file of its own, it
    gets one as well.
    """
    by_part: dict[int, dict[Place, Any]] = {}
    new: dict[Path, str | None] = {}
    for place, value in edits:
        number = part_of(found, place)
        if number is None:
            section, name = map(str, place)
            taken = [one.name for one in (*path.iterdir(), *new)]
            file = path / file_name(name, ".yaml", taken)
            new[file] = formatted(text_of({section: {name: value}}), str(file))
        else:
            by_part.setdefault(number, {})[place] = value
    changed: dict[Path, str | None] = {}
    for number, values in by_part.items():
        source, text = found.parts[number].source, found.parts[number].text
        changed[Path(source)] = text_with(text, values, is_alone=len(found.parts) == 1)
    return changed | new


def write(files: Mapping[Path, str | None], spec: Path) -> None:
    """Write files of a spec, each whole or not at all: first what is new, last what goes."""
    order = sorted(files, key=lambda one: (files[one] is None, one.exists(), one))
    directory = spec if spec.is_dir() else spec.parent
    with locked(directory.absolute()):
        for one in order:
            text = files[one]
            if text is None:
                one.unlink()
            elif one.exists():
                replace_file(one, text)
            else:
                write_new(one, text)


def part_of(found: Document, place: Place) -> int | None:
    """Return the number of the file in which something stands, or goes; None is one of its own."""
    key = place[:2]
    if key in found.owners:
        number: int = owner(found, place)[0]
        return number
    section = place[0]
    there = Counter(
        number
        for key, (number, _) in found.owners.items()
        if key[0] == section and key[1:]
    )
    if len(place) == 2 and len(there) > 1 and {*there.values()} == {1}:
        return None
    if there:
        return max(there, key=lambda number: (there[number], -number))
    if (section,) in found.owners:
        return found.owners[section,][0]
    # Where the spec has its name.
    return found.owners["name",][0]


def text_with(text: str, values: dict[Place, Any], *, is_alone: bool) -> str | None:
    """Return a file's text with other values; None for one that has nothing left to say.

    A comment is something to say: with one, the file stays, and has none of its objects.
    """
    result = edited(text, values)
    if is_alone or read(result, "") is not None:
        return result
    if not result.strip():
        return None
    ((section, *_), *_) = values
    return f"{result.rstrip()}\n{section}: {{}}\n"
