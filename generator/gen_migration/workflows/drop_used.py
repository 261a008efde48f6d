"""Places of the hints of a spec that history has consumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.errors import Error
from gen_migration.diff.spent_hints import idle
from gen_migration.history.request import Request
from gen_migration.spec.documents import owner, read_document
from gen_migration.spec.load import spec_of
from gen_migration.workflows.next_change import next_change

if TYPE_CHECKING:
    from pathlib import Path

    from gen_migration.base.errors import Place
    from gen_migration.history.revision import Directory


def used_hints(path: Path, directory: Directory) -> dict[str, list[Place]]:
    """Return where the hints of a spec stand that history has consumed, by the names of its files.

    Raises Error where the spec has no revision yet, or its next change is not sound.
    """
    document = read_document(path)
    spec = spec_of(document)
    change = next_change(spec, path, directory, Request(check=True))
    if change.newest is None:
        raise Error(
            f"the history in {directory.root} has no revision of this spec, so nothing tells which"
            " hints it has consumed",
            where=str(path),
            hint="name the revisions' place as for generate: --output, or --config",
        )
    found: dict[str, list[Place]] = {}
    for problem in idle(spec.hints, change.plan.operations):
        number, *start = owner(document, problem.path)
        place = (*start, *problem.path[len(start) :])
        found.setdefault(document.parts[number].source, []).append(place)
    return found
