"""A spec's file to the next revision."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Error
from gen_migration.base.files import locked
from gen_migration.history.request import Request
from gen_migration.workflows.ahead import load_ahead

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gen_migration.history.drafts import Change
    from gen_migration.history.revision import Directory
    from gen_migration.operations.base import Operation

    Prove = Callable[[Change], None] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a run did: the revisions that are there now, and whether this run wrote them."""

    paths: tuple[Path, ...]
    revisions: tuple[str, ...]
    parents: tuple[str, ...]
    operations: tuple[Operation, ...]
    written: bool
    notes: tuple[str, ...] = ()


def generate(
    path: Path,
    directory: Directory,
    request: Request | None = None,
    prove: Prove = None,
) -> Result:
    """Write the revision that a spec asks for, unless it is there already.

    Raises Error or Errors; nothing is written then. `prove` is asked before anything is written,
    and raises what it likes.
    """
    request = request or Request()
    spec = load_ahead(path, directory)
    # Another process works while these are imported.
    from gen_migration.history.edit_parts import IncompleteError
    from gen_migration.workflows.next_change import next_change

    with locked(directory.root):
        try:
            change = next_change(spec, path, directory, request)
        except IncompleteError as error:
            from gen_migration.workflows.completion import completion

            change = completion(error, spec, path, directory, request)
            if prove is not None and not error.gap.is_open:
                raise Error(
                    error.message,
                    where=error.where,
                    hint="run without --verify to write it, and then: gen-migration verify SPEC",
                ) from None
        if prove is not None and not change.is_empty:
            prove(change)
        if change.replaces:
            from gen_migration.workflows.amend import amend

            targets, written = amend(change, directory, request)
        elif change.is_empty:
            return newest_result(path, change)
        else:
            targets, written = write(change, directory), True
    headers = [draft.header for draft in change.drafts]
    return Result(
        paths=targets,
        revisions=tuple(header.revision for header in headers),
        parents=headers[0].parents if headers else (),
        operations=change.plan.operations,
        written=written,
        notes=change.notes if prove else (*change.notes, *change.unseen),
    )


def write(change: Change, directory: Directory) -> tuple[Path, ...]:
    """Write revisions, all or none, and return their paths. Raises Error."""
    paths: list[Path] = []
    with contextlib.ExitStack() as undo:
        for draft in change.drafts:
            if change.beside is None:
                paths.append(directory.write(draft))
            else:
                paths.append(directory.restore(draft, change.beside))
            undo.callback(paths[-1].unlink, missing_ok=True)
        undo.pop_all()
    return tuple(paths)


def newest_result(path: Path, change: Change) -> Result:
    """Return the newest revision of a spec that has not changed since; the spec where none is.

    A spec may describe nothing: that of an empty database does.
    """
    newest = change.newest
    if newest is None:
        empty = f'note: {path}: the spec describes nothing yet\n  hint: add a table under "tables:"'
        return Result(
            paths=(path,),
            revisions=(),
            parents=(),
            operations=(),
            written=False,
            notes=(*change.notes, empty),
        )
    return Result(
        paths=(newest.path,),
        revisions=(newest.id,),
        parents=newest.parents,
        operations=(),
        written=False,
        notes=change.notes,
    )
