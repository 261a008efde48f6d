"""A project: how it begins, and the layout of its specs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.api.places import HISTORY, PLAIN

if TYPE_CHECKING:
    from pathlib import Path

    from gen_migration.api.places import History
    from gen_migration.base.configuration import Configuration
    from gen_migration.workflows.init import Start


def init(root: Path, *, name: str | None = None, spec: Path | None = None) -> Start:
    """Return what a directory lacks to begin with; its `write` writes it.

    `name` is the spec's and `spec` its path, where the project does not say. Raises Error where it
    has begun already.
    """
    from gen_migration.workflows.import_spec import check_name
    from gen_migration.workflows.init import start

    if name is not None:
        check_name(name)
    return start(root, name, spec)


def layout(
    spec: Path,
    *,
    drop_used: bool = False,
    known: dict[Path, bool] | None = None,
    history: History = HISTORY,
    configuration: Configuration = PLAIN,
) -> dict[Path, str | None]:
    """Return the text that each file of a spec gets in the one layout; None where it has that.

    With `drop_used`, hints that the history has consumed are left out. `known` keeps between calls
    which directories are a spec, since a file may be a part of one. Raises Error where the spec is
    not valid.
    """
    from gen_migration.workflows import layout as workflow

    directory = history.target(configuration, spec).open() if drop_used else None
    return workflow.layout(spec, directory, {} if known is None else known)


def write_layout(path: Path, text: str) -> None:
    """Write a file anew with its mode and its byte order mark, if it has one."""
    from gen_migration.workflows import layout

    layout.write(path, text)
